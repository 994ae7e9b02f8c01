import type { RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { PartParameters } from './part-parameters.ts'

/** The beginning of a text part, up to its size, and what it means. */
export interface PartHead {
  /** From the quote of the type to the space before the size. */
  readonly text: RawText
  readonly subtype: string
  readonly parameters: PartParameters
  readonly encoding: string
}

const SLOTS = 256
const LONGEST = 120

/**
 * Heads of text parts by a few of their bytes: `"text" "plain" ("charset" "utf-8") NIL NIL "7bit" ` begins most parts of
 * most messages. The same bytes mean the same, so one comparison takes the place of reading seven items. A newcomer takes
 * the place of who was there, so the table's size is all that it can cost.
 */
const heads: (PartHead | null)[] = Array.from({ length: SLOTS }, () => null)

/** The known head that is next; it is not read yet. */
export const headNext = (scan: Scanner): PartHead | null => {
  const head = heads[slotAt(scan.bytes, scan.pos)] ?? null
  if (head === null || scan.pos + head.text.length > scan.end) return null
  return scan.text.startsWith(head.text, scan.pos) ? head : null
}

/** Remembers a head that was read without any repair, from `start` to the scanner's position. */
export const keepHead = (
  scan: Scanner,
  start: number,
  subtype: string,
  parameters: PartParameters,
  encoding: string,
): void => {
  const { pos, bytes } = scan
  // A literal's end depends on more than the text; and without the space, on what comes after.
  if (pos - start > LONGEST || scan.peek() !== SPACE || bytes.subarray(start, pos).includes(OPEN_BRACE)) return
  const text = bytes.toString('latin1', start, pos + 1)
  heads[slotAt(bytes, start)] = { text, subtype, parameters: parameters.copy(), encoding }
}

const SPACE = 0x20
const OPEN_BRACE = 0x7b

/** Bytes from where subtype, charset and encoding are wont to stand. What lies beyond the head only costs a miss. */
const slotAt = (bytes: Buffer, at: number): number => {
  const charset = (bytes[at + 27] as number) * 7 + (bytes[at + 29] as number) * 3
  const encoding = (bytes[at + 38] as number) * 5 + (bytes[at + 44] as number) * 13
  return ((bytes[at + 8] as number) * 31 + charset + encoding) & (SLOTS - 1)
}
