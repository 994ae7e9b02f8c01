import type { ReceivedCommand } from 'imap-test-servers'
import { decodeMailboxName } from '../../src/wire/mailbox-name.ts'

/** One piece of a command: a word or parenthesis, or the value of a string. */
export type Token = { readonly word: string } | { readonly string: Buffer }

const piece = / |[()]|"(?:[^"\\\r\n\0]|\\["\\])*"|~?\{\d+\+?\}|(?:\[[^\]\r\n\0]*\]|[^\s(){"\0-\x1f\x7f])+/y

/** Reads a command as the strictest server would. Throws where a byte stands that must not. */
export const tokensOf = ({ args, literals }: ReceivedCommand): Token[] => {
  const tokens: Token[] = []
  let next = 0
  let depth = 0
  piece.lastIndex = 0
  while (piece.lastIndex < args.length) {
    const at = piece.lastIndex
    const text = piece.exec(args)?.[0]
    if (text === undefined) throw new Error(`no server could read on from ${JSON.stringify(args.slice(at, at + 60))}`)
    if (text === ' ') continue
    if (text === '(') depth += 1
    else if (text === ')') depth -= 1
    if (depth < 0) throw new Error('a parenthesis too many')
    const literal = /^~?\{\d+\+?\}$/.test(text) ? literals[next++] : undefined
    if (literal !== undefined) tokens.push({ string: literal })
    else if (text.startsWith('"'))
      tokens.push({ string: Buffer.from(text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')) })
    else if (text.startsWith('{') || text.startsWith('~{')) throw new Error('the header of a literal without a literal')
    else tokens.push({ word: text })
  }
  if (depth !== 0) throw new Error('a parenthesis is missing')
  if (next !== literals.length) throw new Error('a literal that no server would expect')
  return tokens
}

/** Whether the value is said by one of the tokens: as a word, a string, or the name of a mailbox. */
export const says = (tokens: readonly Token[], value: string): boolean => {
  const bytes = Buffer.from(value)
  return tokens.some((token) => {
    // Words of the protocol have no case: names of resources and rights go out as the RFCs write them.
    if ('word' in token)
      return token.word === value || token.word === value.toUpperCase() || decodeMailboxName(token.word).name === value
    return token.string.equals(bytes) || decodeMailboxName(token.string).name === value
  })
}
