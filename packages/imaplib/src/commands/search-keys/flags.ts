import { invalid } from '../../errors/imap-error.ts'
import { checkKeyword } from '../../wire/flags.ts'
import type { SearchKey } from './search-key.ts'

/** True for messages that have it, false for those that have not. */
const either = (yes: string, no: string, more: Pick<SearchKey<boolean>, 'onlyRev1'> = {}): SearchKey<boolean> => ({
  ...more,
  clauses(value, { path }) {
    if (typeof value !== 'boolean') throw invalid(`${path} must be true or false`)
    return [[value ? yes : no]]
  },
})

/** Only `true` makes sense. */
const only = (word: string, more: Pick<SearchKey<true>, 'onlyRev1' | 'needs'> = {}): SearchKey<true> => ({
  ...more,
  clauses(value, { path }) {
    if (value !== true) throw invalid(`${path} can only be true`)
    return [[word]]
  },
})

/** One keyword, or several that must all be there. */
const keywordKey = (word: string): SearchKey<string | readonly string[]> => ({
  clauses(value, { path }) {
    const names = typeof value === 'string' ? [value] : value
    if (!Array.isArray(names) || names.length === 0) throw invalid(`${path} must be a keyword, or several`)
    return names.map((name) => {
      if (typeof name !== 'string') throw invalid(`${path} must be a keyword, or several`)
      return [word, checkKeyword(name)]
    })
  },
})

export const all = only('ALL')
export const answered = either('ANSWERED', 'UNANSWERED')
export const unanswered = either('UNANSWERED', 'ANSWERED')
export const deleted = either('DELETED', 'UNDELETED')
export const undeleted = either('UNDELETED', 'DELETED')
export const draft = either('DRAFT', 'UNDRAFT')
export const undraft = either('UNDRAFT', 'DRAFT')
export const flagged = either('FLAGGED', 'UNFLAGGED')
export const unflagged = either('UNFLAGGED', 'FLAGGED')
export const seen = either('SEEN', 'UNSEEN')
export const unseen = either('UNSEEN', 'SEEN')
export const recent = either('RECENT', 'OLD', { onlyRev1: true })
export const old = either('OLD', 'RECENT', { onlyRev1: true })
/** Recent and not seen. */
export const fresh = only('NEW', { onlyRev1: true })
export const keyword = keywordKey('KEYWORD')
export const unkeyword = keywordKey('UNKEYWORD')
/** Messages in a mailbox that tells when they were put there (RFC 8514 §4.4). */
export const saveDateSupported = only('SAVEDATESUPPORTED', { needs: 'SAVEDATE' })
