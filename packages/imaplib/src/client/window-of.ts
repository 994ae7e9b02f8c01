import { partialRange } from '../commands/fetch.ts'
import { SequenceSet } from '../wire/sequence-set.ts'

/**
 * The numbers of a set at these places, as RFC 9394 §3.1 counts them: 1 is the lowest, -1 the highest. Ranges stay ranges.
 * @throws ImapError `EINVALID` for places that are none
 */
export const windowOf = (set: SequenceSet, places: readonly [from: number, to: number]): SequenceSet => {
  partialRange(places)
  const { size } = set
  const [low, high] = [Math.min(...places), Math.max(...places)]
  // Counted from 0, from the lower end, the second one not included.
  const [start, end] = low > 0 ? [low - 1, high] : [size + low, size + high + 1]
  const found: [number, number][] = []
  let before = 0
  for (const { from, to } of set.ranges()) {
    const first = Math.max(from, from + start - before)
    const last = Math.min(to, from + end - 1 - before)
    if (first <= last) found.push([first, last])
    before += to - from + 1
  }
  return SequenceSet.ofRanges(found)
}
