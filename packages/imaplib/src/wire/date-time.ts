import { invalid } from '../errors/imap-error.ts'
import { shown } from './grammar.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

const SPACE = 0x20
const PLUS = 0x2b
const MINUS = 0x2d
const COLON = 0x3a

const DAY = 86_400_000
const MINUTE = 60_000

/** A moment, and the zone in which it was written. */
export interface DateTimeValue {
  /** Milliseconds since 1970-01-01 UTC, as of `Date`. */
  readonly time: number
  /** Minutes east of UTC, -1439 to 1439: `-300` for `-0500`. */
  readonly zone: number
}

// --- days

/**
 * A day for SEARCH: `1-Jan-2026` (RFC 9051 §9, date).
 *
 * @param day `'2026-01-01'`, which is taken as it is; or a Date, whose day in UTC counts
 * @throws ImapError `EINVALID` for what is no day of the years 0 to 9999
 */
export const formatDate = (day: Date | string): string => {
  if (typeof day === 'string') {
    const [year, month, date] = [digits(day, 0, 4), digits(day, 5, 2), digits(day, 8, 2)]
    const dashes = day.length === 10 && day.charCodeAt(4) === MINUS && day.charCodeAt(7) === MINUS
    if (!dashes || !isDay(year, month, date)) throw invalid(`${shown(day)} is not a day as 2026-01-31 is`)
    return `${date}-${MONTHS[month - 1]}-${four(year)}`
  }
  const date = new Date(checkedTime(day.getTime()))
  return `${date.getUTCDate()}-${MONTHS[date.getUTCMonth()]}-${four(date.getUTCFullYear())}`
}

/**
 * Reads a day as IMAP writes it (RFC 9051 §9, date-text), the month in any case.
 *
 * @returns `'2026-01-01'`, or null for what is no day
 */
export const parseDate = (text: string): string | null => {
  const dash = text.indexOf('-')
  if (dash < 1 || dash > 2 || text.length !== dash + 9 || text.charCodeAt(dash + 4) !== MINUS) return null
  const [year, month, day] = [digits(text, dash + 5, 4), monthAt(text, dash + 1), digits(text, 0, dash)]
  return isDay(year, month, day) ? `${four(year)}-${two(month)}-${two(day)}` : null
}

// --- moments

/**
 * A moment for APPEND: `" 1-Jan-2026 00:00:00 +0000"` without the quotes (RFC 9051 §9, date-time). Parts of a second are
 * left off.
 *
 * @param moment a Date; a moment with its zone; or text that {@link parseDateTime} can read
 * @param zone minutes east of UTC to write it in, -1439 to 1439. Default: the moment's own, UTC for a Date
 * @throws ImapError `EINVALID` for what is no moment of the years 0 to 9999
 */
export const formatDateTime = (moment: Date | DateTimeValue | string, zone?: number): string => {
  const value = typeof moment === 'string' ? parseDateTime(moment) : moment
  if (value === null) throw invalid(`${shown(moment as string)} is not a moment as 1-Jan-2026 00:00:00 +0000 is`)
  const [time, own] = value instanceof Date ? [value.getTime(), 0] : [value.time, value.zone]
  const offset = zone ?? own
  if (!Number.isInteger(offset) || Math.abs(offset) >= 24 * 60)
    throw invalid(`${offset} is not an offset in minutes from UTC`)
  const local = new Date(checkedTime(time + offset * MINUTE))
  const day = String(local.getUTCDate()).padStart(2, ' ')
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const east = Math.abs(offset)
  return (
    `${day}-${MONTHS[local.getUTCMonth()]}-${four(local.getUTCFullYear())} ${clock} ` +
    `${offset < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${two(east % 60)}`
  )
}

/** Length of `-Jan-2026 00:00:00 +0000`: behind the day, every column is fixed. */
const BEHIND_DAY = 24

/**
 * Reads a date-time as servers send it, without its quotes. The day may be padded by a space, a zero, or nothing; the
 * month may be spelt in any case. A leap second (`:60`) is the second after.
 *
 * @param start where it begins. Default 0
 * @param end the position after it. Default the end of the text
 * @returns null for what is no date-time
 */
export const parseDateTime = (text: string, start = 0, end: number = text.length): DateTimeValue | null => {
  let at = text.charCodeAt(start) === SPACE ? start + 1 : start
  const digitsOfDay = text.charCodeAt(at + 1) === MINUS ? 1 : 2
  const day = digits(text, at, digitsOfDay)
  at += digitsOfDay
  if (end - at !== BEHIND_DAY) return null
  const month = monthAt(text, at + 1)
  const year = digits(text, at + 5, 4)
  const hour = digits(text, at + 10, 2)
  const minute = digits(text, at + 13, 2)
  const second = digits(text, at + 16, 2)
  const zoneHour = digits(text, at + 20, 2)
  const zoneMinute = digits(text, at + 22, 2)
  const sign = text.charCodeAt(at + 19)
  if (text.charCodeAt(at) !== MINUS || text.charCodeAt(at + 4) !== MINUS || text.charCodeAt(at + 9) !== SPACE)
    return null
  if (text.charCodeAt(at + 12) !== COLON || text.charCodeAt(at + 15) !== COLON) return null
  if (text.charCodeAt(at + 18) !== SPACE || (sign !== PLUS && sign !== MINUS)) return null
  // What is no digit has made a NaN, which passes no comparison.
  if (!isDay(year, month, day) || !(hour < 24 && minute < 60 && second <= 60 && zoneHour < 24 && zoneMinute < 60))
    return null
  const east = zoneHour * 60 + zoneMinute
  const zone = sign === MINUS && east !== 0 ? -east : east
  const time = daysSince1970(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 - zone * MINUTE
  return { time, zone }
}

// --- arithmetic

/** Days from 1970-01-01 to a day of the Gregorian calendar, years before its invention included. */
const daysSince1970 = (year: number, month: number, day: number): number => {
  // Years that begin in March have their leap day at the end, so that month lengths follow one formula.
  const y = month > 2 ? year : year - 1
  const m = month > 2 ? month - 3 : month + 9
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * m + 2) / 5) +
    day -
    719_469
  )
}

const isDay = (year: number, month: number, day: number): boolean =>
  year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** 1 to 12, or NaN. */
const monthAt = (text: string, at: number): number => {
  const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)]
  return (a | b | c) < 0x80 ? (monthsByLetters.get(letters(a, b, c)) ?? Number.NaN) : Number.NaN
}

/** Three letters in one number, folded to lower case. */
const letters = (a: number, b: number, c: number): number => ((a | 0x20) << 16) | ((b | 0x20) << 8) | (c | 0x20)

const monthsByLetters = new Map(
  MONTHS.map((name, index) => [letters(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), index + 1]),
)

/** `count` digits as a number; NaN when one is none. */
const digits = (text: string, at: number, count: number): number => {
  let value = 0
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN
  }
  return value
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
const four = (n: number): string => String(n).padStart(4, '0')

const FIRST_TIME = daysSince1970(0, 1, 1) * DAY
const END_OF_TIME = daysSince1970(10_000, 1, 1) * DAY

/** date-year is four digits (RFC 9051 §9). */
const checkedTime = (time: number): number => {
  if (Number.isNaN(time)) throw invalid('An invalid Date cannot be sent')
  if (!(time >= FIRST_TIME && time < END_OF_TIME)) throw invalid('Only the years 0 to 9999 can be sent (RFC 9051 §9)')
  return time
}
