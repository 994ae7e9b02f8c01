import type { SequenceSet } from '../../wire/sequence-set.ts'

/** Text to search for: a quoted string or a literal, in UTF-8 when it is not ASCII. */
export interface SearchText {
  readonly text: string
}

/**
 * A piece of a search program: a word that goes out as it is, messages, text, or several keys in parentheses. A program is
 * data until it is written, so that its charset and its length are known before its first byte.
 */
export type Term = string | SequenceSet | SearchText | readonly Term[]

/** One search key with its arguments, such as `FROM "smith"` (RFC 9051 §6.4.4). */
export type Clause = readonly Term[]

/** Where a key stands, and what it needs of its surroundings. */
export interface Scope {
  /** For error messages: `search.or[1].from`. */
  readonly path: string
  /** The keys of an object, all of which must hold. Never none. */
  all(criteria: unknown, path: string): Clause[]
  /** Says that message sequence numbers are used, so that nothing that renumbers may run beside the search. */
  usesNumbers(): void
  /** Says that the saved result `$` is used (RFC 5182). */
  usesSaved(): void
}

/** One key of the criteria: how its value is understood. A bad value throws `EINVALID`. */
export interface SearchKey<Value> {
  /** The capability without which the server does not know it; several: any of them. */
  readonly needs?: string | readonly string[]
  /** RFC 9051 App. E has taken it out of IMAP4rev2. */
  readonly onlyRev1?: true
  clauses(value: Value, scope: Scope): readonly Clause[]
  /** @internal never there; carries the type of the value */
  readonly value?: Value
}

/** Several keys as one: a single key by itself, more in parentheses. */
export const asOne = (clauses: readonly Clause[]): Clause =>
  clauses.length === 1 ? (clauses[0] as Clause) : [clauses.flat()]
