import { invalid } from '../errors/imap-error.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
const four = (n: number): string => String(n).padStart(4, '0')

const checkDate = (date: Date): void => {
  if (Number.isNaN(date.getTime())) throw invalid('an invalid Date cannot be sent')
}

const checkYear = (year: number): void => {
  if (year < 0 || year > 9999)
    throw invalid(`the year ${year} cannot be written with four digits (RFC 9051 §9, date-year)`)
}

/**
 * A day for SEARCH: `1-Jan-2026` (RFC 9051 §9, date).
 *
 * @param day `'2026-01-01'`, taken as it is; or a Date, whose day in UTC counts
 * @throws ImapError `EINVALID`
 */
export const formatDate = (day: Date | string): string => {
  if (typeof day === 'string') return formatDay(day)
  checkDate(day)
  const year = day.getUTCFullYear()
  checkYear(year)
  return `${day.getUTCDate()}-${MONTHS[day.getUTCMonth()]}-${four(year)}`
}

const formatDay = (text: string): string => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const [year, month, day] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])]
  if (parts === null || month < 1 || month > 12 || day < 1 || day > daysIn(year, month))
    throw invalid(`${JSON.stringify(text.slice(0, 40))} is not a day as 2026-01-31 is`)
  return `${day}-${MONTHS[month - 1]}-${four(year)}`
}

/**
 * A moment for APPEND: `" 1-Jan-2026 00:00:00 +0000"` without the quotes (RFC 9051 §9, date-time).
 *
 * @param zone minutes east of UTC to write it in; -1439 to 1439. Default 0
 * @throws ImapError `EINVALID`
 */
export const formatDateTime = (date: Date, zone = 0): string => {
  checkDate(date)
  if (!Number.isInteger(zone) || Math.abs(zone) >= 24 * 60) throw invalid(`${zone} is not an offset in minutes`)
  const local = new Date(date.getTime() + zone * 60_000)
  const year = local.getUTCFullYear()
  checkYear(year)
  const day = String(local.getUTCDate()).padStart(2, ' ')
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}${two(Math.abs(zone) % 60)}`
  return `${day}-${MONTHS[local.getUTCMonth()]}-${four(year)} ${time} ${offset}`
}

/** A moment and the offset it was written with. */
export interface DateTimeValue {
  readonly date: Date
  /** Minutes east of UTC. */
  readonly zone: number
}

/**
 * Reads a date-time as servers send it. The day may be padded by a space, a zero, or nothing; the month may be spelt in
 * any case. Null for what is no date-time.
 */
export const parseDateTime = (text: string): DateTimeValue | null => {
  const found = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(text.trimEnd())
  if (found === null) return null
  const [day, year, hours, minutes, seconds] = [found[1], found[3], found[4], found[5], found[6]].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const name = found[2] as string
  const month = MONTHS.findIndex((each) => each.toLowerCase() === name.toLowerCase()) + 1
  const zone = (Number(found[8]) * 60 + Number(found[9])) * (found[7] === '-' ? -1 : 1)
  if (month === 0 || day < 1 || day > daysIn(year, month) || Math.abs(zone) >= 24 * 60) return null
  if (hours > 23 || minutes > 59 || seconds > 60) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hours, minutes - zone, seconds)
  return { date, zone }
}

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
