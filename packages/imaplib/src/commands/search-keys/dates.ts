import { invalid } from '../../errors/imap-error.ts'
import { formatDate } from '../../wire/date-time.ts'
import type { SearchKey } from './search-key.ts'

/** `'2026-01-31'`, or a Date, of which the day in UTC counts. */
export type Day = string | Date

/** Servers compare days, without time or zone (RFC 9051 §6.4.4). */
const dayKey = (word: string, more: Pick<SearchKey<Day>, 'needs'> = {}): SearchKey<Day> => ({
  ...more,
  clauses(value, { path }) {
    if (typeof value !== 'string' && !(value instanceof Date)) throw invalid(`${path} must be a day: '2026-01-31'`)
    return [[word, formatDate(value)]]
  },
})

/** RFC 5032 §3: seconds back from now, at least one. */
const interval = (word: string): SearchKey<number> => ({
  needs: 'WITHIN',
  clauses(value, { path }) {
    if (!Number.isInteger(value) || value < 1 || value > 0xffff_ffff)
      throw invalid(`${path} must be a whole number of seconds from 1 on`)
    return [[word, String(value)]]
  },
})

export const before = dayKey('BEFORE')
export const on = dayKey('ON')
/** That day, or later. */
export const since = dayKey('SINCE')
export const sentBefore = dayKey('SENTBEFORE')
export const sentOn = dayKey('SENTON')
export const sentSince = dayKey('SENTSINCE')
/** RFC 8514 §4.4 */
export const savedBefore = dayKey('SAVEDBEFORE', { needs: 'SAVEDATE' })
export const savedOn = dayKey('SAVEDON', { needs: 'SAVEDATE' })
export const savedSince = dayKey('SAVEDSINCE', { needs: 'SAVEDATE' })
export const older = interval('OLDER')
export const younger = interval('YOUNGER')
