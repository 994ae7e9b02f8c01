import { ImapError } from '../errors/imap-error.ts'
import { SequenceSet } from './sequence-set.ts'
import { type Bounds, countsBefore, MOST, normalise, numberAt, STAR } from './set-bounds.ts'
import { readBounds } from './set-text.ts'

/** UIDs in an order that matters: as text (`7,3:5`), as ranges, or as a set (then ascending). */
export type OrderedUids = string | SequenceSet | Iterable<{ readonly first: number; readonly last: number }>

/**
 * Which message became which: the n-th UID of one list stands for the n-th of the other, as APPENDUID and COPYUID have it
 * (RFC 4315 §3). Both stay ranges, however many UIDs a server says they hold.
 *
 * @example
 * pairSets('304,319:320', '3956:3958').get(320) // 3958
 */
export class UidMap implements Iterable<readonly [source: number, destination: number]> {
  private readonly source: Bounds
  private readonly destination: Bounds
  private readonly sourceCounts: Float64Array
  private readonly destinationCounts: Float64Array
  /** Places of the source's ranges, by their first UID. */
  private readonly order: Uint32Array

  /** @internal See {@link pairSets}. */
  constructor(source: Bounds, destination: Bounds) {
    this.source = source
    this.destination = destination
    this.sourceCounts = countsBefore(source)
    this.destinationCounts = countsBefore(destination)
    if (this.sourceCounts.at(-1) !== this.destinationCounts.at(-1))
      throw unpaired(`${this.sourceCounts.at(-1)} UIDs cannot be paired with ${this.destinationCounts.at(-1)}`)
    this.order = Uint32Array.from({ length: source.length / 2 }, (_, i) => i)
    this.order.sort((a, b) => (source[a * 2] as number) - (source[b * 2] as number))
    for (let i = 1; i < this.order.length; i += 1)
      if (this.firstOf(i) <= (source[(this.order[i - 1] as number) * 2 + 1] as number))
        throw unpaired('A UID stands for two')
  }

  /** How many pairs. */
  get size(): number {
    return this.sourceCounts.at(-1) as number
  }

  /** What the UID of the source became; undefined when it is not among them. */
  get(uid: number): number | undefined {
    let low = 0
    let high = this.order.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (uid < this.firstOf(middle)) high = middle - 1
      else low = middle
    }
    const range = this.order[low]
    if (range === undefined) return undefined
    const [first, last] = [this.source[range * 2] as number, this.source[range * 2 + 1] as number]
    if (!(uid >= first && uid <= last)) return undefined
    return numberAt(this.destination, this.destinationCounts, (this.sourceCounts[range] as number) + uid - first)
  }

  has(uid: number): boolean {
    return this.get(uid) !== undefined
  }

  /** The UIDs of the source, as a set. */
  get sources(): SequenceSet {
    return asSet(this.source)
  }

  /** The UIDs of the destination, as a set. */
  get destinations(): SequenceSet {
    return asSet(this.destination)
  }

  /** The pairs in the order of the lists, made as they are asked for: there may be four billion. */
  *entries(): Generator<readonly [source: number, destination: number], void> {
    let range = 0
    let target = this.destination[0] as number
    for (let i = 0; i < this.source.length; i += 2) {
      const last = this.source[i + 1] as number
      for (let uid = this.source[i] as number; uid <= last; uid += 1) {
        yield [uid, target]
        if (target === this.destination[range + 1]) {
          range += 2
          target = this.destination[range] as number
        } else target += 1
      }
    }
  }

  [Symbol.iterator](): Generator<readonly [source: number, destination: number], void> {
    return this.entries()
  }

  private firstOf(place: number): number {
    return this.source[(this.order[place] as number) * 2] as number
  }
}

/**
 * Pairs the UIDs of two lists, in the order in which they stand.
 *
 * @throws ImapError `EUNPARSED` when they are not equally many, or a UID of the source stands there twice; `EINVALID` for
 * text that is no set
 */
export const pairSets = (source: OrderedUids, destination: OrderedUids): UidMap =>
  new UidMap(orderedBounds(source), orderedBounds(destination))

const orderedBounds = (uids: OrderedUids): Bounds => {
  const bounds = typeof uids === 'string' ? readBounds(uids) : []
  if (uids instanceof SequenceSet) for (const { from, to } of uids.ranges()) bounds.push(from, to)
  else if (typeof uids !== 'string')
    for (const { first, last } of uids) bounds.push(Math.min(first, last), Math.max(first, last))
  for (const bound of bounds)
    if (!(bound >= 1 && bound <= MOST)) throw unpaired(`${bound >= STAR ? '*' : bound} is not the UID of a message`)
  return bounds
}

const asSet = (bounds: Bounds): SequenceSet => {
  const merged = normalise(bounds.slice())
  const ranges: [number, number][] = []
  for (let i = 0; i < merged.length; i += 2) ranges.push([merged[i] as number, merged[i + 1] as number])
  return SequenceSet.ofRanges(ranges)
}

const unpaired = (message: string) => new ImapError('EUNPARSED', message)
