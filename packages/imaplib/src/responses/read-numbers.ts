import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * Numbers up to the next byte that is neither a digit nor a space, in the order they came: a million hits of SEARCH or
 * SORT are 4 MB and one object. A 0, which no message has, is passed over.
 */
export const readNumbers = (scan: Scanner, context: ParseContext): Uint32Array => {
  const { bytes, end } = scan
  // A hit takes two bytes at least; room is doubled as it runs out, so that a line's length alone costs nothing.
  let numbers = new Uint32Array(Math.min((end - scan.pos + 1) >> 1, FIRST_ROOM))
  let length = 0
  let at = scan.pos
  for (;;) {
    while (at < end && bytes[at] === SPACE) at += 1
    const from = at
    let value = 0
    while (at < end && isDigit(bytes[at] as number)) {
      value = value * 10 + (bytes[at] as number) - ZERO
      at += 1
    }
    if (at === from) break
    if (value > 0xffffffff) {
      scan.pos = from
      return scan.fail('a number of 32 bits')
    }
    if (value === 0) {
      context.repaired('search-zero')
      continue
    }
    if (length === numbers.length) {
      const grown = new Uint32Array(Math.max(64, length * 2))
      grown.set(numbers)
      numbers = grown
    }
    numbers[length++] = value
  }
  scan.pos = at
  return length === numbers.length ? numbers : numbers.slice(0, length)
}

const FIRST_ROOM = 1024
const SPACE = 0x20
const ZERO = 0x30
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 0x39
