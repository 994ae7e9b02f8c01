import { daysIn, daysSince1970, monthAt } from './calendar.ts'

/**
 * Reads the date of a header, `Wed, 17 Jul 1996 02:23:25 -0700 (PDT)` (RFC 5322 §3.3), as leniently as §4.3 asks and
 * mail in the wild needs: years of two or three digits, names of zones, comments, no day of the week, no seconds, no
 * zone (then UTC), dashes between the parts, `Jul 17` for `17 Jul`, the order of asctime and ISO 8601.
 *
 * One pass over the characters, arithmetic instead of `Date.parse`, whose answer differs between engines.
 *
 * @returns milliseconds since 1970, or NaN when no date can be made out
 */
export const parseMessageDate = (text: string): number => {
  const usual = readColumns(text)
  return Number.isNaN(usual) ? new DateReader(text).read() : usual
}

/** The form that nearly all mail has, `Wed, 17 Jul 1996 02:23:25 -0700`, by its columns; NaN for any other. */
const readColumns = (text: string): number => {
  let at = text.charCodeAt(3) === COMMA && text.charCodeAt(4) === SPACE ? 5 : 0
  let day = digitAt(text, at)
  if (text.charCodeAt(at + 1) !== SPACE) {
    at += 1
    day = day * 10 + digitAt(text, at)
  }
  const month = monthAt(text, at + 2)
  const year = twoAt(text, at + 6) * 100 + twoAt(text, at + 8)
  const hours = twoAt(text, at + 11)
  const minutes = twoAt(text, at + 14)
  const seconds = twoAt(text, at + 17)
  const zone = twoAt(text, at + 21) * 60 + twoAt(text, at + 23)
  const sign = text.charCodeAt(at + 20)
  if (text.charCodeAt(at + 1) !== SPACE || text.charCodeAt(at + 5) !== SPACE || text.charCodeAt(at + 10) !== SPACE)
    return Number.NaN
  if (text.charCodeAt(at + 13) !== COLON || text.charCodeAt(at + 16) !== COLON || text.charCodeAt(at + 19) !== SPACE)
    return Number.NaN
  if ((sign !== PLUS && sign !== MINUS) || (text.length > at + 25 && text.charCodeAt(at + 25) !== SPACE))
    return Number.NaN
  if (month === -1 || year > 9999 || day < 1 || day > daysIn(year, month)) return Number.NaN
  if (hours >= 24 || minutes >= 60 || seconds > 60 || zone >= 24 * 60) return Number.NaN
  const local = daysSince1970(year, month, day) * DAY + (hours * 3600 + minutes * 60 + seconds) * 1000
  return sign === MINUS ? local + zone * 60_000 : local - zone * 60_000
}

/** More than any number where there is no digit: an integer, since code for those compiles faster than for NaN. */
const digitAt = (text: string, at: number): number => {
  const value = at < text.length ? text.charCodeAt(at) - 0x30 : -1
  return value >= 0 && value <= 9 ? value : NO_DIGIT
}

const NO_DIGIT = 10_000

const twoAt = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1)

const DAY = 86_400_000

const SPACE = 0x20
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const COLON = 0x3a

class DateReader {
  private readonly text: string
  private at = 0
  private day = -1
  private month = -1
  private year = -1
  private yearDigits = 0
  private seconds = -1
  /** Minutes east of UTC; NaN until a zone is read. */
  private zone = Number.NaN

  constructor(text: string) {
    // Nothing after this many characters belongs to a date; a comment may not make us read megabytes.
    this.text = text.length > LONGEST ? text.slice(0, LONGEST) : text
  }

  read(): number {
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at)
      if (isDigit(code)) this.number()
      else if (isLetter(code)) this.word()
      else if (code === 0x28) this.comment()
      else if ((code === 0x2b || code === 0x2d) && this.seconds !== -1) this.offset(code === 0x2d ? -1 : 1)
      else this.at += 1
    }
    return this.result()
  }

  private result(): number {
    const { day, month, seconds } = this
    const year = fullYear(this.year, this.yearDigits)
    if (day < 1 || month < 0 || year < 0 || day > daysIn(year, month)) return Number.NaN
    const minutes = Number.isNaN(this.zone) ? 0 : this.zone
    return daysSince1970(year, month, day) * DAY + Math.max(seconds, 0) * 1000 - minutes * 60_000
  }

  private digits(): number {
    let value = 0
    const from = this.at
    while (this.at < this.text.length && isDigit(this.text.charCodeAt(this.at))) {
      if (this.at - from < 9) value = value * 10 + this.text.charCodeAt(this.at) - 0x30
      this.at += 1
    }
    return value
  }

  private number(): void {
    const from = this.at
    const value = this.digits()
    const end = this.at
    const length = end - from
    if (this.seconds === -1) {
      this.blanks()
      const next = this.text.charCodeAt(this.at)
      if (next === COLON || (next === DOT && this.year !== -1)) return this.time(value, next)
      this.at = end
    }
    if (length === 4 && this.text.charCodeAt(end) === 0x2d && this.day === -1 && this.month === -1)
      return this.iso(value)
    if (this.day === -1 && length <= 2) this.day = value
    else if (this.year === -1 && (this.month !== -1 || length === 4)) {
      this.year = value
      this.yearDigits = length
    }
  }

  /** `02:23:25`, the seconds may be missing; fractions are dropped. Dots for colons are seen too. */
  private time(hours: number, separator: number): void {
    this.at += 1
    this.blanks()
    const minutes = this.digits()
    const end = this.at
    let seconds = 0
    this.blanks()
    if (this.text.charCodeAt(this.at) === separator) {
      this.at += 1
      this.blanks()
      seconds = this.digits()
    } else this.at = end
    if (this.text.charCodeAt(this.at) === DOT) {
      this.at += 1
      this.digits()
    }
    // A leap second is the first of the next minute (RFC 5322 §3.3 allows 60).
    if (hours < 24 && minutes < 60 && seconds <= 60) this.seconds = hours * 3600 + minutes * 60 + seconds
  }

  /** Blanks and comments, which may stand between any two tokens (RFC 5322 §4.3). */
  private blanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code === 0x28) this.comment()
      else if (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a) this.at += 1
      else return
    }
  }

  /** `1996-07-17T…` */
  private iso(year: number): void {
    this.at += 1
    const month = this.digits()
    if (month < 1 || month > 12 || this.text.charCodeAt(this.at) !== 0x2d) return
    this.at += 1
    this.day = this.digits()
    this.month = month - 1
    this.year = year
    this.yearDigits = 4
    if ((this.text.charCodeAt(this.at) | 0x20) === 0x74) this.at += 1
  }

  /** `-0700`, `+02:00`, `+2` */
  private offset(sign: number): void {
    this.at += 1
    const from = this.at
    let value = this.digits()
    const length = this.at - from
    if (length === 0) return
    if (length <= 2) {
      value *= 100
      if (this.text.charCodeAt(this.at) === 0x3a) {
        this.at += 1
        value += this.digits()
      }
    }
    const minutes = Math.trunc(value / 100) * 60 + (value % 100)
    if (Number.isNaN(this.zone) && minutes < 24 * 60) this.zone = sign * minutes
  }

  private word(): void {
    const from = this.at
    while (isLetter(this.text.charCodeAt(this.at))) this.at += 1
    if (this.month === -1 && this.at - from >= 3) {
      const month = monthAt(this.text, from)
      if (month !== -1) {
        this.month = month
        return
      }
    }
    if (this.seconds === -1 || !Number.isNaN(this.zone) || this.at - from > 5) return
    const zone = zones.get(this.text.slice(from, this.at).toUpperCase())
    if (zone === undefined) return
    // `GMT+0200`: the offset counts, from GMT.
    const next = this.text.charCodeAt(this.at)
    if (zone !== 0 || (next !== 0x2b && next !== 0x2d)) this.zone = zone * 60
  }

  /** Comments nest (RFC 5322 §3.2.2). */
  private comment(): void {
    let depth = 0
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 0x5c) this.at += 1
      else if (code === 0x28) depth += 1
      else if (code === 0x29) {
        depth -= 1
        if (depth === 0) {
          this.at += 1
          return
        }
      }
    }
  }
}

const LONGEST = 200

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a

/** RFC 5322 §4.3: 00-49 are 2000-2049, 50-99 and all of three digits count from 1900. */
const fullYear = (year: number, digits: number): number => {
  if (year < 0 || digits < 2 || digits > 4) return -1
  if (digits === 2 && year < 50) return year + 2000
  return digits === 2 || digits === 3 ? year + 1900 : year
}

/** Names of zones in hours east of UTC (RFC 5322 §4.3), and a few that mail in the wild has. */
const zones = new Map<string, number>([
  ['UT', 0],
  ['GMT', 0],
  ['UTC', 0],
  ['Z', 0],
  ['EST', -5],
  ['EDT', -4],
  ['CST', -6],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
  ['CET', 1],
  ['CEST', 2],
  ['MET', 1],
  ['MEST', 2],
  ['BST', 1],
  ['EET', 2],
  ['EEST', 3],
  ['WET', 0],
  ['WEST', 1],
  ['MSK', 3],
  ['JST', 9],
  ['KST', 9],
])
