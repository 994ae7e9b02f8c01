import { invalid } from '../../errors/imap-error.ts'
import { searchText } from './text.ts'
import type { SearchKey, Term } from './search-key.ts'

/**
 * Search keys as IMAP writes them, for those that have no key here: `X-GM-RAW "has:attachment"`.
 *
 * The text is taken apart and written anew, in parentheses: so a key that lacks an argument cannot take it from what
 * follows, and no part of the text can be anything but words, quoted strings and balanced parentheses. Literals are
 * made of quoted strings where need be, and nowhere else.
 */
export const raw: SearchKey<string> = {
  clauses(value, { path }) {
    if (typeof value !== 'string') throw invalid(`${path} must be text`)
    const terms = new RawReader(value, path).read()
    return [[terms]]
  },
}

/** What may stand in an unquoted word: ATOM-CHAR and what flags, wild cards and sets need. No `{`: it begins a literal. */
const word = /[\x21\x23-\x27\x2a-\x7a\x7c\x7d\x7e]+/y

class RawReader {
  private readonly text: string
  private readonly path: string
  private at = 0

  constructor(text: string, path: string) {
    this.text = text
    this.path = path
  }

  read(): Term[] {
    const terms = this.list(0)
    if (this.at < this.text.length) this.fail('a parenthesis is closed that was not opened')
    return terms
  }

  private list(depth: number): Term[] {
    const terms: Term[] = []
    for (;;) {
      while (this.text[this.at] === ' ') this.at += 1
      const char = this.text[this.at]
      if (char === undefined || char === ')') break
      if (char === '(') terms.push(this.group(depth))
      else terms.push(char === '"' ? this.quoted() : this.word())
    }
    if (terms.length === 0) this.fail('there is nothing in it')
    return terms
  }

  private group(depth: number): Term[] {
    if (depth === 50) this.fail('it is nested too deeply')
    this.at += 1
    const terms = this.list(depth + 1)
    if (this.text[this.at] !== ')') this.fail('a parenthesis is not closed')
    this.at += 1
    return terms
  }

  private quoted(): Term {
    let text = ''
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const char = this.text[this.at] as string
      if (char === '"') {
        this.at += 1
        if (!/^[ )]?$/.test(this.text[this.at] ?? '')) this.fail('a quoted string must stand by itself')
        return searchText(text, this.path, true)
      }
      if (char === '\r' || char === '\n') this.fail('it holds a line end')
      if (char !== '\\') text += char
      else {
        const escaped = this.text[(this.at += 1)]
        if (escaped !== '"' && escaped !== '\\') this.fail('only quotes and backslashes can be escaped')
        text += escaped
      }
    }
    return this.fail('a quote is not closed')
  }

  private word(): string {
    word.lastIndex = this.at
    const found = word.exec(this.text)?.[0]
    if (found === undefined) return this.fail('it holds what can only stand in quotes')
    this.at += found.length
    if (this.text[this.at] === '"' || this.text[this.at] === '(') this.fail('a space is missing')
    return found
  }

  private fail(why: string): never {
    throw invalid(`${this.path} cannot be sent: ${why}`)
  }
}
