import type { Scanner } from '../wire/scanner.ts'
import { daysIn, daysSince1970, monthOf } from './calendar.ts'
import { parseMessageDate } from './message-date.ts'
import type { ParseContext } from './response-parser.ts'

/** Seconds since 1970 and the server's offset in minutes east of UTC. One object, overwritten by each call. */
export interface DateTime {
  seconds: number
  zone: number
}

const result: DateTime = { seconds: 0, zone: 0 }

const QUOTE = 0x22
const SPACE = 0x20
const DASH = 0x2d
const COLON = 0x3a
const PLUS = 0x2b

/** `" 1-Jul-1996 02:44:25 -0700"` without the quotes: always this long (RFC 9051 §9, date-time). */
const LENGTH = 26

/**
 * A date-time, or null for `NIL` and for what is no date. The fixed form is read in place by its columns; anything else
 * in quotes is given to the reader of header dates.
 */
export const readDateTime = (scan: Scanner, context: ParseContext): DateTime | null => {
  const { bytes, pos } = scan
  if (scan.peek() === QUOTE && scan.peekAt(LENGTH + 1) === QUOTE && readColumns(bytes, pos + 1)) {
    scan.pos = pos + LENGTH + 2
    return result
  }
  const text = scan.nstring()
  context.repaired('date-odd')
  if (text === null) return null
  const time = parseMessageDate(text)
  if (Number.isNaN(time)) return null
  result.seconds = Math.floor(time / 1000)
  result.zone = 0
  return result
}

const readColumns = (bytes: Buffer, at: number): boolean => {
  const day = (bytes[at] === SPACE ? 0 : digit(bytes, at) * 10) + digit(bytes, at + 1)
  const month = monthOf(bytes[at + 3] as number, bytes[at + 4] as number, bytes[at + 5] as number)
  const year = two(bytes, at + 7) * 100 + two(bytes, at + 9)
  const hours = two(bytes, at + 12)
  const minutes = two(bytes, at + 15)
  const seconds = two(bytes, at + 18)
  const zone = two(bytes, at + 22) * 60 + two(bytes, at + 24)
  const sign = bytes[at + 21]
  if (bytes[at + 2] !== DASH || bytes[at + 6] !== DASH || bytes[at + 11] !== SPACE || bytes[at + 20] !== SPACE)
    return false
  if (bytes[at + 14] !== COLON || bytes[at + 17] !== COLON || (sign !== PLUS && sign !== DASH)) return false
  // A sum with NaN in it, of what is no digit, passes no comparison.
  if (month === -1 || !(year >= 0 && day >= 1 && day <= daysIn(year, month))) return false
  if (!(hours < 24 && minutes < 60 && seconds <= 60 && zone < 24 * 60)) return false
  result.zone = sign === DASH ? -zone : zone
  result.seconds = daysSince1970(year, month, day) * 86_400 + hours * 3600 + minutes * 60 + seconds - result.zone * 60
  return true
}

const digit = (bytes: Buffer, at: number): number => {
  const value = (bytes[at] as number) - 0x30
  return value >= 0 && value <= 9 ? value : Number.NaN
}

const two = (bytes: Buffer, at: number): number => digit(bytes, at) * 10 + digit(bytes, at + 1)
