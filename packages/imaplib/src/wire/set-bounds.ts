/**
 * The arithmetic of number sets. A set is an array of bounds: first, last, first, last …, ascending; between two ranges at
 * least one number is missing. No range is ever expanded: `1:4294967295` costs as much as `1`.
 */
export type Bounds = readonly number[]

/** `*`, the largest number in use: above every number there can be, so that ranges stay in order. */
export const STAR = 0x1_0000_0000

/** The largest number there can be (RFC 9051 §9, nz-number). */
export const MOST = 0xffff_ffff

/**
 * Sorts and merges ranges that may be in any order and overlap. What is in order already, as servers mostly send it, is
 * only looked at.
 *
 * Firsts and lasts may be sorted apart: where the i-th first lies beyond the i-1 smallest lasts, exactly the ranges before
 * it have ended.
 */
export const normalise = (bounds: number[]): Bounds => {
  if (isNormal(bounds)) return bounds
  const count = bounds.length / 2
  const firsts = new Float64Array(count)
  const lasts = new Float64Array(count)
  for (let i = 0; i < count; i += 1) {
    firsts[i] = bounds[i * 2] as number
    lasts[i] = bounds[i * 2 + 1] as number
  }
  firsts.sort()
  lasts.sort()
  const merged: number[] = [firsts[0] as number]
  for (let i = 1; i < count; i += 1) {
    const [first, ended] = [firsts[i] as number, lasts[i - 1] as number]
    if (!isGap(ended, first)) continue
    merged.push(ended, first)
  }
  merged.push(lasts[count - 1] as number)
  return merged
}

const isNormal = (bounds: Bounds): boolean => {
  for (let i = 2; i < bounds.length; i += 2) if (!isGap(bounds[i - 1] as number, bounds[i] as number)) return false
  return true
}

/** Whether a range that ends at `last` and one that begins at `first` stay two. `*` may be any number: it never joins. */
const isGap = (last: number, first: number): boolean => first > last + 1 || (first === STAR && last === MOST)

export const union = (a: Bounds, b: Bounds): Bounds => {
  const merged: number[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number))
    const [first, last] = (fromA ? [a[i], a[i + 1]] : [b[j], b[j + 1]]) as [number, number]
    if (fromA) i += 2
    else j += 2
    const end = merged.length - 1
    if (end < 0 || isGap(merged[end] as number, first)) merged.push(first, last)
    else if (last > (merged[end] as number)) merged[end] = last
  }
  return merged
}

export const intersection = (a: Bounds, b: Bounds): Bounds => {
  const found: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const first = Math.max(a[i] as number, b[j] as number)
    const last = Math.min(a[i + 1] as number, b[j + 1] as number)
    if (first <= last) found.push(first, last)
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2
    else j += 2
  }
  return found
}

export const difference = (a: Bounds, b: Bounds): Bounds => {
  const left: number[] = []
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    let first = a[i] as number
    const last = a[i + 1] as number
    while (j < b.length && (b[j + 1] as number) < first) j += 2
    for (let k = j; k < b.length && (b[k] as number) <= last; k += 2) {
      if ((b[k] as number) > first) left.push(first, (b[k] as number) - 1)
      first = (b[k + 1] as number) + 1
    }
    if (first <= last) left.push(first, last)
  }
  return left
}

/** The place in `bounds` of the range that holds `number`; -1 when none does. */
export const rangeWith = (bounds: Bounds, number: number): number => {
  let low = 0
  let high = bounds.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (number < (bounds[middle * 2] as number)) high = middle - 1
    else if (number > (bounds[middle * 2 + 1] as number)) low = middle + 1
    else return middle * 2
  }
  return -1
}

/** How many numbers stand before each range, and at the end how many there are in all. The ranges may be in any order. */
export const countsBefore = (bounds: Bounds): Float64Array => {
  const counts = new Float64Array(bounds.length / 2 + 1)
  for (let i = 0; i < bounds.length; i += 2)
    counts[i / 2 + 1] = (counts[i / 2] as number) + (bounds[i + 1] as number) - (bounds[i] as number) + 1
  return counts
}

/** The number at place `index`, counted from 0, by {@link countsBefore}; undefined beyond the end. */
export const numberAt = (bounds: Bounds, counts: Float64Array, index: number): number | undefined => {
  let low = 0
  let high = counts.length - 2
  if (!(index >= 0 && index < (counts[high + 1] as number)) || !Number.isInteger(index)) return undefined
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (index < (counts[middle] as number)) high = middle - 1
    else low = middle
  }
  return (bounds[low * 2] as number) + index - (counts[low] as number)
}
