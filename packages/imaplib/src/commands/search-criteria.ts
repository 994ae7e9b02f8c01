import { isAscii } from 'node:buffer'
import { invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import type { CommandContext } from './command.ts'
import { require } from './require.ts'
import { type SearchCriteria, searchKeys } from './search-keys/index.ts'
import type { Clause, Scope, SearchKey, Term } from './search-keys/search-key.ts'

/** Objects within objects; more is a mistake, or a circle. */
const DEEPEST = 50

/** Characters of a set within a search: beyond it lines get longer than servers bear (RFC 7162 §4: 8192 octets). */
const LONGEST_SET = 7500

/** A search that has been understood: checked, and ready to be written. */
export interface SearchProgram {
  readonly clauses: readonly Clause[]
  /** The keys in use, by name. */
  readonly keys: ReadonlySet<string>
  /** Some text is not ASCII. */
  readonly unicode: boolean
  readonly usesNumbers: boolean
  readonly usesSaved: boolean
  /** Only these UIDs, whatever else: what a server has left over of an earlier search (RFC 9738). */
  readonly within?: SequenceSet
}

/**
 * Understands criteria.
 * @throws ImapError `EINVALID` for whatever cannot be searched for, naming its place: `search.or[1].from`
 */
export const compileSearch = (criteria: SearchCriteria): SearchProgram => {
  const keys = new Set<string>()
  const program = { keys, usesNumbers: false, usesSaved: false }
  const all = (value: unknown, path: string, depth: number): Clause[] => {
    if (depth > DEEPEST) throw invalid(`${path} is nested too deeply`)
    return entriesOf(value, path).flatMap(([name, each]) => {
      const where = `${path}.${name}`
      const key = keyNamed(name, where)
      if (each === undefined) throw invalid(`${where} is undefined; leave the key out if it does not matter`)
      keys.add(name)
      const scope: Scope = {
        path: where,
        all: (inner, innerPath) => all(inner, innerPath, depth + 1),
        usesNumbers: () => void (program.usesNumbers = true),
        usesSaved: () => void (program.usesSaved = true),
      }
      return [...key.clauses(each, scope)]
    })
  }
  const clauses = all(criteria, 'search', 1)
  return { ...program, clauses, unicode: clauses.some(isUnicode) }
}

const entriesOf = (value: unknown, path: string): [string, unknown][] => {
  const prototype: unknown =
    typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : (undefined as unknown)
  if (prototype !== Object.prototype && prototype !== null) throw invalid(`${path} must be an object of search keys`)
  const entries = Object.entries(value as object)
  if (entries.length === 0) throw invalid(`${path} is empty; { all: true } finds all messages`)
  return entries
}

const keyNamed = (name: string, path: string): SearchKey<unknown> => {
  const key = searchKeys.get(name)
  if (key === undefined) throw invalid(`${path}: there is no such search key`)
  return key
}

const isUnicode = (term: Term | Clause): boolean => {
  if (typeof term === 'string' || term instanceof SequenceSet) return false
  if ('text' in term) return !isAscii(Buffer.from(term.text))
  return term.some(isUnicode)
}

/**
 * Writes the charset, if one is needed, and the keys (RFC 9051 §9, search-program without its return options). After
 * UTF8=ACCEPT or IMAP4rev2 was enabled text is UTF-8 anyhow, and the server may refuse a charset (RFC 9755 §3).
 *
 * @throws MissingCapability for a key that the server does not know
 */
export const writeSearch = (out: CommandWriter, program: SearchProgram, context: CommandContext): void => {
  const rev2 = context.isEnabled('IMAP4rev2')
  for (const name of program.keys) {
    const { needs, onlyRev1 } = searchKeys.get(name) as SearchKey<unknown>
    if (needs !== undefined) require(context, needs, `SEARCH ${name}`)
    if (onlyRev1 === true && rev2) throw invalid(`search.${name} does not exist in IMAP4rev2 (RFC 9051 App. E)`)
  }
  if (program.usesSaved) require(context, ['SEARCHRES', 'IMAP4rev2'], 'SEARCH $')
  if (program.unicode && !rev2 && !context.isEnabled('UTF8=ACCEPT')) out.atom('CHARSET').atom('UTF-8')
  if (program.within !== undefined) out.atom('UID').set(program.within)
  for (const clause of program.clauses) for (const term of clause) writeTerm(out, term)
}

const writeTerm = (out: CommandWriter, term: Term): void => {
  if (typeof term === 'string') out.verbatim(term)
  else if (term instanceof SequenceSet) {
    const text = term.toString()
    if (text.length > LONGEST_SET)
      throw invalid('search: a set of messages inside of other criteria is too long; name it as `uid` at the top')
    out.set(term)
  } else if ('text' in term) out.string(term.text)
  else {
    out.open()
    for (const each of term) writeTerm(out, each)
    out.close()
  }
}
