import { invalid } from '../errors/imap-error.ts'
import { shown } from './grammar.ts'
import { type Bounds, MOST, STAR } from './set-bounds.ts'

const ASTERISK = 0x2a
const COMMA = 0x2c
const ZERO = 0x30
const COLON = 0x3a

/**
 * Reads a sequence set (RFC 9051 §9): `1,3:5,8:*`. The bounds are those of the ranges in the order in which they stand,
 * each upwards: `5:3` and `3:5` are the same (RFC 9051 §9, seq-range).
 *
 * @throws ImapError `EINVALID` for all else: nothing, 0 and leading zeros, above 2^32-1, signs, spaces, missing numbers
 */
export const readBounds = (text: string): number[] => {
  const bounds: number[] = []
  let at = 0
  for (;;) {
    const first = readNumber(text, at)
    at = numberEnd
    let last = first
    if (text.charCodeAt(at) === COLON) {
      last = readNumber(text, at + 1)
      at = numberEnd
    }
    if (first <= last) bounds.push(first, last)
    else bounds.push(last, first)
    if (at === text.length) return bounds
    if (text.charCodeAt(at) !== COMMA) throw notASet(text, at)
    at += 1
  }
}

/** Where the last {@link readNumber} ended: a second result without an object. */
let numberEnd = 0

const readNumber = (text: string, start: number): number => {
  let at = start
  let value = text.charCodeAt(at) - ZERO
  if (value === ASTERISK - ZERO) {
    numberEnd = at + 1
    return STAR
  }
  if (!(value >= 1 && value <= 9)) throw notASet(text, at)
  for (at += 1; ; at += 1) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
    if (value > MOST) throw notASet(text, start)
  }
  numberEnd = at
  return value
}

const notASet = (text: string, at: number) =>
  invalid(`${shown(text)} is not a set of numbers as 1,3:5,8:* is (position ${at})`)

/** `7`, `3:5`, `8:*`, `*` */
export const rangeText = (first: number, last: number): string => {
  const end = last === STAR ? '*' : String(last)
  return first === last ? end : `${first}:${end}`
}

/** As it goes over the wire. */
export const writeBounds = (bounds: Bounds): string => {
  let text = ''
  for (let i = 0; i < bounds.length; i += 2)
    text += (i === 0 ? '' : ',') + rangeText(bounds[i] as number, bounds[i + 1] as number)
  return text
}
