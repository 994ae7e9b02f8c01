import type { Frame } from '../wire/frame.ts'
import type { RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { daysIn, daysSince1970, monthAt } from './calendar.ts'
import type { FetchedMessage } from './fetched-message.ts'
import { knownFlags } from './flags.ts'

/**
 * The beginning of a FETCH response in the form in which servers nearly always send it: `* 23 FETCH (UID 7 FLAGS (\Seen)
 * INTERNALDATE "…" RFC822.SIZE 934 ENVELOPE (`. For speed alone, and most of all for that of the first thousands of rows,
 * which run uncompiled: one function that compares words by the platform's means, in the place of twenty that read any
 * form. It stops before the first item that it does not know or that is odd; the others read on from there.
 */

const SPACE = 0x20
const QUOTE = 0x22
const CLOSE = 0x29
const PLUS = 0x2b
const DASH = 0x2d
const ZERO = 0x30
const COLON = 0x3a

/** Octets that all the small items of a row mostly fit in. */
const BEGINNING = 224

/**
 * Moves the scanner to the parenthesis of a response that is `* 23 FETCH (` and more.
 *
 * @returns its number; 0, and the scanner is where it was, if it is another response
 */
export const takeUsualFetch = ({ bytes, start, end }: Frame, scan: Scanner): number => {
  if (bytes[start] !== 0x2a || bytes[start + 1] !== SPACE) return 0
  let at = start + 2
  let number = 0
  for (let digit = 0; (digit = (bytes[at] ?? 0) - ZERO) >= 0 && digit <= 9; at += 1) number = number * 10 + digit
  // The octets behind the end are not the frame's: the last comparison tells.
  if (number === 0 || at - start > 11 || bytes[at] !== SPACE || bytes[at + 1] !== 0x46 || bytes[at + 2] !== 0x45)
    return 0
  if (bytes[at + 3] !== 0x54 || bytes[at + 4] !== 0x43 || bytes[at + 5] !== 0x48 || bytes[at + 6] !== SPACE) return 0
  if (bytes[at + 7] !== 0x28 || at + 8 > end) return 0
  scan.pos = at + 7
  return number
}

/**
 * Reads the items that are in the usual form and stand before all others. The scanner is then before the next item, or
 * before the parenthesis that ends the row; or at its end, when the row has postponed the rest.
 */
export const readUsualItems = (scan: Scanner, row: FetchedMessage): void => {
  const { bytes, pos, end } = scan
  const head: RawText = bytes.toString('latin1', pos, end - pos < BEGINNING ? end : pos + BEGINNING)
  let at = 0
  let item = 0
  for (;;) {
    item = at
    const byte = bytes[pos + at]
    if (byte === 0x46) {
      const close = head.startsWith('FLAGS (', at) ? head.indexOf(')', at) : -1
      const flags = close === -1 ? undefined : knownFlags(head.slice(at + 7, close))
      if (flags === undefined) break
      row.setFlags(flags)
      at = close + 1
    } else if (byte === 0x49) {
      if (!head.startsWith('INTERNALDATE "', at) || !setUsualDate(head, bytes, at + 14, pos, row)) break
      at += DATE_ITEM
    } else if (byte === 0x55 || byte === 0x52) {
      const isUid = byte === 0x55
      if (!head.startsWith(isUid ? 'UID ' : 'RFC822.SIZE ', at)) break
      const from = at + (isUid ? 4 : 12)
      let value = 0
      at = from
      for (let digit = 0; (digit = (bytes[pos + at] ?? 0) - ZERO) >= 0 && digit <= 9; at += 1)
        value = value * 10 + digit
      // A fraction, or whatever else servers write, is for the others.
      const next = bytes[pos + at]
      if (value === 0 || at - from > 9 || (next !== SPACE && next !== CLOSE)) break
      if (isUid) row.setUid(value)
      else row.setSize(value)
    } else {
      const isEnvelope = byte === 0x45
      if (!head.startsWith(isEnvelope ? 'ENVELOPE (' : 'BODYSTRUCTURE (', at)) break
      scan.pos = pos + at + (isEnvelope ? 9 : 14)
      row.postpone(isEnvelope ? 'envelope' : 'structure', scan)
      return
    }
    if (bytes[pos + at] !== SPACE) {
      if (bytes[pos + at] === CLOSE) item = at
      break
    }
    at += 1
  }
  scan.pos = pos + item
}

/** `INTERNALDATE "01-Jan-2024 00:09:15 +0000"` */
const DATE_ITEM = 41

/** A date-time (RFC 9051 §9) whose day stands in `head` at `at`. False if it is odd; then nothing was set. */
const setUsualDate = (head: RawText, bytes: Buffer, at: number, pos: number, row: FetchedMessage): boolean => {
  const days = dayNumber(head.slice(at, at + 11))
  const from = pos + at
  const sign = bytes[from + 21]
  if (days === null || bytes[from + 11] !== SPACE || bytes[from + 20] !== SPACE || bytes[from + 26] !== QUOTE)
    return false
  if (bytes[from + 14] !== COLON || bytes[from + 17] !== COLON || (sign !== PLUS && sign !== DASH)) return false
  const hours = two(bytes, from + 12)
  const minutes = two(bytes, from + 15)
  const seconds = two(bytes, from + 18)
  const east = two(bytes, from + 22) * 60 + two(bytes, from + 24)
  if (hours >= 24 || minutes >= 60 || seconds > 60 || east >= 24 * 60) return false
  const zone = sign === DASH ? -east : east
  row.setInternalDate(days * 86_400 + hours * 3600 + minutes * 60 + seconds - zone * 60, zone)
  return true
}

/** Two digits; more than any two where there are none. */
const two = (bytes: Buffer, at: number): number => {
  const tens = (bytes[at] ?? 0) - ZERO
  const ones = (bytes[at + 1] ?? 0) - ZERO
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 10_000 : tens * 10 + ones
}

/** Days since 1970 by their text, since messages that come together were mostly received on the same days. */
const days = new Map<RawText, number | null>()
const MOST_DAYS = 2048

/** The number of `01-Jan-2024` or ` 1-Jan-2024`; null if it is no day. */
const dayNumber = (text: RawText): number | null => {
  let number = days.get(text)
  if (number !== undefined) return number
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4})$/.exec(text)
  const month = match === null ? -1 : monthAt(text, 3)
  const year = Number(match?.[3])
  const day = Number(match?.[1])
  number = month === -1 || day < 1 || day > daysIn(year, month) ? null : daysSince1970(year, month, day)
  if (days.size === MOST_DAYS) days.clear()
  days.set(text, number)
  return number
}
