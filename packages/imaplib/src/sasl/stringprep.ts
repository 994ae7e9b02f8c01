import { appendices } from './stringprep-tables.ts'

/** Sorted pairs: first and last code point of each range. */
type Ranges = Uint32Array

const tables = {
  unassigned: ['A.1'],
  mappedToNothing: ['B.1'],
  mappedToSpace: ['C.1.2'],
  /** RFC 4013 §2.3. */
  prohibited: ['C.1.2', 'C.2.1', 'C.2.2', 'C.3', 'C.4', 'C.5', 'C.6', 'C.7', 'C.8', 'C.9'],
  /** RFC 4505 §3. */
  prohibitedTrace: ['C.2.1', 'C.2.2', 'C.3', 'C.4', 'C.5', 'C.6', 'C.8', 'C.9'],
  rightToLeft: ['D.1'],
  leftToRight: ['D.2'],
} as const satisfies Record<string, readonly (keyof typeof appendices)[]>

/** A set of code points that a stringprep profile (RFC 3454) uses. */
export type StringprepTable = keyof typeof tables

const parsed = new Map<StringprepTable, Ranges>()

function parse(table: StringprepTable): Ranges {
  const pairs: [number, number][] = []
  for (const name of tables[table]) {
    for (const range of appendices[name].trim().split(/\s+/)) {
      const [first = '', last = first] = range.split('-')
      pairs.push([Number.parseInt(first, 16), Number.parseInt(last, 16)])
    }
  }
  pairs.sort((a, b) => a[0] - b[0])
  const merged: number[] = []
  for (const [first, last] of pairs) {
    const end = merged.at(-1) ?? -2
    if (first <= end + 1) merged[merged.length - 1] = Math.max(end, last)
    else merged.push(first, last)
  }
  return Uint32Array.from(merged)
}

function ranges(table: StringprepTable): Ranges {
  let found = parsed.get(table)
  if (found === undefined) {
    found = parse(table)
    parsed.set(table, found)
  }
  return found
}

/** Whether a code point stands in a table. Tables are made at first use: most programs never need them. */
export function inTable(table: StringprepTable, codePoint: number): boolean {
  const sorted = ranges(table)
  let low = 0
  let high = sorted.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (codePoint > (sorted[middle * 2 + 1] ?? 0)) low = middle + 1
    else high = middle
  }
  const first = sorted[low * 2]
  return first !== undefined && codePoint >= first
}

/** What RFC 3454 §6 has against a string with right-to-left characters, or null. Says nothing of where. */
export function bidirectionalFault(codePoints: readonly number[]): string | null {
  const rightToLeft = (codePoint: number | undefined) => codePoint !== undefined && inTable('rightToLeft', codePoint)
  if (!codePoints.some(rightToLeft)) return null
  if (codePoints.some((codePoint) => inTable('leftToRight', codePoint))) {
    return 'mixes right-to-left and left-to-right characters'
  }
  if (rightToLeft(codePoints[0]) && rightToLeft(codePoints.at(-1))) return null
  return 'has right-to-left characters but does not begin and end with one'
}
