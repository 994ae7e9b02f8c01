import type { Scanner } from '../wire/scanner.ts'
import { SequenceSet } from '../wire/sequence-set.ts'

/**
 * Messages that a server named as a sequence set, in the order in which it named them: with ESORT the order is the
 * result (RFC 5267 §3). Kept as text until it is read: `1:4294967295` costs no more than its twelve characters.
 */
export class OrderedSet implements Iterable<number> {
  /** As it was sent: `2,10:11`. */
  readonly text: string
  private parsed: SequenceSet | null = null

  /** @param text checked by {@link readOrderedSet} */
  constructor(text: string) {
    this.text = text
  }

  /** The messages, as a set. */
  get set(): SequenceSet {
    this.parsed ??= SequenceSet.parse(this.text)
    return this.parsed
  }

  /** The numbers in the order of the server; `5:3` is 5, 4, 3. There may be 2^32 of them. */
  *[Symbol.iterator](): Generator<number, void> {
    for (const range of this.text.split(',')) {
      const [first = 0, last = first] = range.split(':').map(Number)
      const step = last < first ? -1 : 1
      for (let number = first; number !== last; number += step) yield number
      yield last
    }
  }

  toJSON(): string {
    return this.text
  }
}

/** A sequence set of numbers alone: `*` means nothing in a response (RFC 4731 §3.1). */
export const readOrderedSet = (scan: Scanner): OrderedSet => {
  const from = scan.pos
  skipRange(scan)
  while (scan.take(COMMA)) skipRange(scan)
  // `1:2:3` is no set: to take a part of it would be to name other messages than were meant.
  if (scan.peek() === COLON) scan.fail('a sequence set')
  // A copy: a slice would keep all the text of its chunk alive.
  return new OrderedSet(scan.rawCopy(from, scan.pos))
}

const skipRange = (scan: Scanner): void => {
  skipNumber(scan)
  if (scan.take(COLON)) skipNumber(scan)
}

const skipNumber = (scan: Scanner): void => {
  if (scan.number() === 0) scan.fail('a number above 0')
}

const COLON = 0x3a
const COMMA = 0x2c
