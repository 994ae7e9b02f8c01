import { invalid } from '../../errors/imap-error.ts'
import { isAtom } from '../../wire/grammar.ts'
import { SequenceSet } from '../../wire/sequence-set.ts'
import type { SearchKey } from './search-key.ts'

/** Messages by number: a set, one number, several, or text such as `1:5,9`. */
export type MessageNumbers = SequenceSet | number | Iterable<number> | string

/** @throws ImapError `EINVALID`, also for none: it must never be taken for all */
export const messageSet = (value: unknown, path: string): SequenceSet => {
  const set = readSet(value as MessageNumbers, path)
  if (set.isEmpty) throw invalid(`${path}: the set is empty`)
  return set
}

const readSet = (value: MessageNumbers, path: string): SequenceSet => {
  if (value instanceof SequenceSet) return value
  if (typeof value === 'string') return SequenceSet.parse(value)
  if (typeof value === 'number') return SequenceSet.of(value)
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
    throw invalid(`${path} must be a set of messages`)
  return SequenceSet.ofNumbers(value)
}

/** `'$'` is the result that was saved last (RFC 5182). */
export const uid: SearchKey<MessageNumbers> = {
  clauses(value, scope) {
    if (value !== '$') return [['UID', messageSet(value, scope.path)]]
    scope.usesSaved()
    return [['UID', '$']]
  },
}

/** By sequence number. */
export const seq: SearchKey<MessageNumbers> = {
  clauses(value, scope) {
    scope.usesNumbers()
    return [[messageSet(value, scope.path)]]
  },
}

/** RFC822.SIZE in octets; 0 is a size like any other. */
const sizeKey = (word: string): SearchKey<number> => ({
  clauses(value, { path }) {
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(`${path} must be a number of octets`)
    return [[word, String(value)]]
  },
})

export const larger = sizeKey('LARGER')
export const smaller = sizeKey('SMALLER')

/** Messages whose mod-sequence is this or higher (RFC 7162 §3.1.5). */
export type ModSeqCriteria =
  | bigint
  | number
  | {
      readonly value: bigint | number
      /** Only changes of this flag: `\\Seen`. */
      readonly flag?: string
      /** Whose flag, with {@link flag}. Default `all`. */
      readonly scope?: 'priv' | 'shared' | 'all'
    }

export const modSeq: SearchKey<ModSeqCriteria> = {
  needs: ['CONDSTORE', 'QRESYNC'],
  clauses(criteria, { path }) {
    const {
      value,
      flag,
      scope = 'all',
    } = typeof criteria === 'object' && criteria !== null ? criteria : { value: criteria }
    if (typeof value === 'bigint' ? value < 0n || value > 2n ** 63n - 1n : !Number.isSafeInteger(value) || value < 0)
      throw invalid(`${path} must be a mod-sequence`)
    if (flag === undefined) return [['MODSEQ', String(value)]]
    if (typeof flag !== 'string' || !isAtom(flag.startsWith('\\') ? flag.slice(1) : flag))
      throw invalid(`${path}.flag is not a flag`)
    if (scope !== 'priv' && scope !== 'shared' && scope !== 'all')
      throw invalid(`${path}.scope must be 'priv', 'shared' or 'all'`)
    // RFC 7162 §7, entry-flag-name: the backslash is escaped within the quotes.
    return [['MODSEQ', `"/flags/${flag.replace('\\', '\\\\')}"`, scope, String(value)]]
  },
}

const idKey = (word: string): SearchKey<string> => ({
  needs: 'OBJECTID',
  clauses(value, { path }) {
    // RFC 8474 §7, objectid
    if (typeof value !== 'string' || !/^[A-Za-z0-9_-]{1,255}$/.test(value)) throw invalid(`${path} is not an object id`)
    return [[word, value]]
  },
})

export const emailId = idKey('EMAILID')
export const threadId = idKey('THREADID')
