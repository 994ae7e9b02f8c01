import { typeError, valueError } from './imap4-errors.ts'
import { latin1 } from './flags-and-numbers.ts'
import { InternalDate, Mon2num, Months } from './patterns.ts'

/**
 * Python's `time.struct_time` for local time: nine numbers, which also have names, and besides them the instant itself.
 *
 * `[year, month 1-12, day, hour, minute, second, weekday (0 is Monday), day of the year from 1, DST (1, 0; -1 unknown)]`
 */
export type StructTime = readonly [number, number, number, number, number, number, number, number, number] & {
  readonly tm_year: number
  readonly tm_mon: number
  readonly tm_mday: number
  readonly tm_hour: number
  readonly tm_min: number
  readonly tm_sec: number
  readonly tm_wday: number
  readonly tm_yday: number
  readonly tm_isdst: number
  /** East of Greenwich, in seconds. */
  readonly tm_gmtoff: number
  /** The instant, whatever zone it is shown in. */
  readonly date: Date
}

/** An instant with the zone in which to write it, like an aware `datetime`. */
export interface ZonedDate {
  readonly date: Date
  /** East of Greenwich, in minutes: `-300` for `-0500`. */
  readonly utcOffset: number
}

/** See {@link Time2Internaldate}. */
export type DateTime = number | Date | ZonedDate | StructTime | readonly number[] | string

/**
 * Finds `INTERNALDATE "…"` in a FETCH response and converts it to local time; null if there is none, or it has no valid
 * form. Its `date` is the instant, in no zone.
 *
 * @example
 * Internaldate2tuple(Buffer.from('25 (INTERNALDATE "01-Jan-2000 11:30:00 +1130")'))?.date
 */
export const Internaldate2tuple = (resp: Uint8Array | string): StructTime | null => {
  const found = InternalDate.exec(latin1(resp))?.groups
  if (found === undefined) return null
  const month = Mon2num.get(found['mon'] ?? '')
  if (month === undefined) return null
  const part = (name: string) => Number(found[name])
  const zone = (part('zoneh') * 60 + part('zonem')) * (found['zonen'] === '-' ? -1 : 1)
  const utc = utcTime(part('year'), month, part('day'), part('hour'), part('min'), part('sec'))
  return localTime(new Date(utc - zone * 60_000))
}

/**
 * Writes a time as IMAP has it, double quotes included: `"17-Jul-1996 02:44:25 -0700"`, in local time unless a zone is
 * given.
 *
 * @param date_time seconds since 1970 (as in Python, not milliseconds), a `Date`, `{ date, utcOffset }`, a local time of
 * nine numbers ({@link StructTime}), or a string that is already in double quotes and is returned as it is
 * @throws RangeError for anything else
 */
export const Time2Internaldate = (date_time: DateTime): string => {
  if (typeof date_time === 'string') {
    if (date_time.startsWith('"') && date_time.endsWith('"')) return date_time
    throw valueError('date_time not of a known type')
  }
  if (typeof date_time === 'number') return local(new Date(date_time * 1000))
  if (date_time instanceof Date) return local(date_time)
  if (Array.isArray(date_time)) return fromTuple(date_time as readonly number[])
  const { date, utcOffset } = date_time as ZonedDate
  if (!(date instanceof Date) || !Number.isInteger(utcOffset)) throw valueError('date_time not of a known type')
  return written(date, utcOffset)
}

const local = (date: Date): string => written(date, -date.getTimezoneOffset())

const fromTuple = (tuple: readonly number[]): string => {
  const [year, month, day, hour, minute, second] = tuple
  if (tuple.length !== 9 || [year, month, day, hour, minute, second].some((n) => !Number.isInteger(n)))
    throw typeError('date_time must be nine numbers')
  const wall = utcTime(
    year as number,
    month as number,
    day as number,
    hour as number,
    minute as number,
    second as number,
  )
  const offset = offsetOf(tuple, wall)
  return written(new Date(wall - offset * 60_000), offset)
}

/** In minutes, of a local time: what it says itself, or what its DST field says, or what the zone's rules say. */
const offsetOf = (tuple: readonly number[], wall: number): number => {
  const stated = (tuple as Partial<StructTime>).tm_gmtoff
  if (typeof stated === 'number') return Math.trunc(stated / 60)
  const at = new Date(wall)
  const here = new Date(
    at.getUTCFullYear(),
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  )
  const { standard, daylight } = offsets(here.getFullYear())
  const dst = tuple[8]
  if (standard !== daylight && dst === 1) return daylight
  if (standard !== daylight && dst === 0) return standard
  return -here.getTimezoneOffset()
}

/** The zone's offsets in a year, in minutes east; the same twice where clocks are not changed. */
const offsets = (year: number): { standard: number; daylight: number } => {
  const january = -new Date(year, 0, 1).getTimezoneOffset()
  const july = -new Date(year, 6, 1).getTimezoneOffset()
  return { standard: Math.min(january, july), daylight: Math.max(january, july) }
}

const written = (date: Date, utcOffset: number): string => {
  const shifted = new Date(date.getTime() + utcOffset * 60_000)
  if (Number.isNaN(shifted.getTime())) throw valueError('date_time is not a valid time')
  const year = shifted.getUTCFullYear()
  if (year < 1 || year > 9999) throw valueError(`year ${year} is out of range`)
  const time = [shifted.getUTCHours(), shifted.getUTCMinutes(), shifted.getUTCSeconds()].map(two).join(':')
  const east = Math.abs(utcOffset)
  const zone = `${utcOffset < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${two(east % 60)}`
  return `"${two(shifted.getUTCDate())}-${Months[shifted.getUTCMonth() + 1]}-${String(year).padStart(4, '0')} ${time} ${zone}"`
}

const two = (n: number): string => String(n).padStart(2, '0')

/** `Date.UTC` that takes the years below 100 for what they are. */
const utcTime = (year: number, month: number, day: number, hour: number, minute: number, second: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.setUTCHours(hour, minute, second, 0)
}

const localTime = (date: Date): StructTime => {
  const year = date.getFullYear()
  const offset = -date.getTimezoneOffset()
  const { standard, daylight } = offsets(year)
  const midnight = utcTime(year, date.getMonth() + 1, date.getDate(), 0, 0, 0)
  const fields = {
    tm_year: year,
    tm_mon: date.getMonth() + 1,
    tm_mday: date.getDate(),
    tm_hour: date.getHours(),
    tm_min: date.getMinutes(),
    tm_sec: date.getSeconds(),
    tm_wday: (date.getDay() + 6) % 7,
    tm_yday: Math.round((midnight - utcTime(year, 1, 1, 0, 0, 0)) / 86_400_000) + 1,
    tm_isdst: standard !== daylight && offset === daylight ? 1 : 0,
  }
  const tuple = Object.values(fields) as unknown as StructTime
  for (const [name, value] of Object.entries({ ...fields, tm_gmtoff: offset * 60, date }))
    Object.defineProperty(tuple, name, { value, enumerable: false })
  return Object.freeze(tuple)
}
