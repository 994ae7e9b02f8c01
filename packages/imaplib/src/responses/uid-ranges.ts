import type { Scanner } from '../wire/scanner.ts'

/** UIDs from `first` to `last`, both included; `first` is never above `last`. */
export interface UidRange {
  readonly first: number
  readonly last: number
}

/**
 * A set of UIDs in the order it was sent, as APPENDUID and COPYUID have it: the n-th UID of one set answers to the n-th
 * of the other (RFC 4315 §3), so it must not be sorted. Ranges stay ranges: `1:4294967295` is one object.
 * Empty where servers leave the set out.
 */
export const readUidRanges = (scan: Scanner): UidRange[] => {
  const ranges: UidRange[] = []
  while (isDigit(scan.peek())) {
    const first = scan.number()
    // RFC 9051 §9, uid-range: 4:2 is 2:4, and stands for 2, 3, 4 in this order.
    const last = scan.take(COLON) ? scan.number() : first
    ranges.push(first <= last ? { first, last } : { first: last, last: first })
    if (!scan.take(COMMA)) break
  }
  return ranges
}

/** How many UIDs the ranges hold. */
export const countUids = (ranges: readonly UidRange[]): number => {
  let count = 0
  for (const { first, last } of ranges) count += last - first + 1
  return count
}

/**
 * Which UID of the source became which UID at the destination, one pair after the other; made as they are asked for,
 * since a server may claim to have copied 2^32 messages. Ends with the shorter of the two.
 */
export function* uidPairs(
  source: readonly UidRange[],
  destination: readonly UidRange[],
): Generator<readonly [source: number, destination: number]> {
  const targets = uids(destination)
  for (const uid of uids(source)) {
    const target = targets.next()
    if (target.done === true) return
    yield [uid, target.value]
  }
}

function* uids(ranges: readonly UidRange[]): Generator<number, void> {
  for (const { first, last } of ranges) for (let uid = first; uid <= last; uid += 1) yield uid
}

const COLON = 0x3a
const COMMA = 0x2c
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
