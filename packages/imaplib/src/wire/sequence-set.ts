import { invalid } from '../errors/imap-error.ts'

/** `*`: the largest number in use. Above every real one, so that ranges stay in order. */
const STAR = 0x1_0000_0000
const MOST = 0xffff_ffff

/** What a set can be made of: numbers, ranges, and `'*'` for the largest number in use. */
export type SetMember = number | '*' | readonly [from: number | '*', to: number | '*']

/** One run of numbers, both ends included. */
export interface SequenceRange {
  readonly from: number
  /** Infinity for `*`. */
  readonly to: number
}

/**
 * A set of message numbers or UIDs (RFC 9051 §9, sequence-set): ranges, ascending and merged, never expanded.
 *
 * Immutable. `1:4294967295` costs as much as `1`.
 *
 * @example
 * const set = SequenceSet.of([1, 2, 3, 9])     // '1:3,9'
 * SequenceSet.parse('5:*').has(7)              // true
 */
export class SequenceSet {
  /** All messages: `1:*`. */
  static readonly all: SequenceSet = new SequenceSet([1, STAR])
  static readonly empty: SequenceSet = new SequenceSet([])
  /** Pairs of first and last, ascending, never touching. */
  private readonly bounds: readonly number[]

  private constructor(bounds: readonly number[]) {
    this.bounds = bounds
  }

  /**
   * Reads a set as it is written: `1,3:5,8:*`. Ranges may run downwards and overlap.
   * @throws ImapError `EINVALID` for anything else: empty, 0, above 2^32-1, signs, spaces, missing numbers
   */
  static parse(text: string): SequenceSet {
    const bounds: number[] = []
    let at = 0
    let sorted = true
    for (;;) {
      const start = at
      let from = readNumber(text, at)
      at = numberEnd
      let to = from
      if (text.charCodeAt(at) === COLON) {
        to = readNumber(text, at + 1)
        at = numberEnd
      }
      if (from === 0 || to === 0) throw notASet(text, start)
      if (from > to) [from, to] = [to, from]
      // `*` alone, and `*:5`, begin somewhere unknown: at the largest number, wherever that is.
      if (bounds.length > 0 && from <= (bounds[bounds.length - 1] as number) + 1) sorted = false
      bounds.push(from, to)
      if (at === text.length) break
      if (text.charCodeAt(at) !== COMMA) throw notASet(text, at)
      at += 1
    }
    return new SequenceSet(sorted ? bounds : normalise(bounds))
  }

  /**
   * Makes a set of numbers, pairs, `'*'`, or an iterable of those. A million numbers are no trouble.
   * @throws ImapError `EINVALID` for what is no whole number from 1 to 2^32-1
   */
  static of(...members: (SetMember | Iterable<SetMember>)[]): SequenceSet {
    const bounds: number[] = []
    for (const member of members) {
      if (typeof member === 'number' || typeof member === 'string') push(bounds, member, member)
      else if (isPair(member)) push(bounds, member[0], member[1])
      else
        for (const each of member)
          if (Array.isArray(each)) push(bounds, each[0], each[1])
          else push(bounds, each, each)
    }
    return new SequenceSet(normalise(bounds))
  }

  /** A set of ranges: pairs are never taken for two numbers. */
  static ofRanges(ranges: Iterable<readonly [from: number | '*', to: number | '*']>): SequenceSet {
    const bounds: number[] = []
    for (const [from, to] of ranges) push(bounds, from, to)
    return new SequenceSet(normalise(bounds))
  }

  /** A set of single numbers that need not be sorted. The fast way for long lists. */
  static ofNumbers(numbers: Iterable<number>): SequenceSet {
    const bounds: number[] = []
    for (const number of numbers) {
      const last = bounds.length - 1
      checkNumber(number)
      if (last > 0 && number === (bounds[last] as number) + 1) bounds[last] = number
      else bounds.push(number, number)
    }
    return new SequenceSet(normalise(bounds))
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0
  }

  /** How many numbers; Infinity when `*` is one of them. */
  get size(): number {
    let size = 0
    if (this.hasStar) return Infinity
    for (const { from, to } of this.ranges()) size += to - from + 1
    return size
  }

  get rangeCount(): number {
    return this.bounds.length / 2
  }

  get hasStar(): boolean {
    return this.bounds.length > 0 && this.bounds[this.bounds.length - 1] === STAR
  }

  /** The smallest number; undefined for the empty set and for `*` alone. */
  get first(): number | undefined {
    const first = this.bounds[0]
    return first === STAR ? undefined : first
  }

  /** The largest number; undefined for the empty set, Infinity with `*`. */
  get last(): number | undefined {
    const last = this.bounds[this.bounds.length - 1]
    return last === STAR ? Infinity : last
  }

  /** Whether a number is in it. What `*` stands for is not known here: `5:*` has every number from 5 on. */
  has(number: number): boolean {
    const index = this.indexOfRange(number)
    return index !== -1
  }

  *ranges(): IterableIterator<SequenceRange> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      const to = this.bounds[i + 1] as number
      const from = this.bounds[i] as number
      yield { from: from === STAR ? Infinity : from, to: to === STAR ? Infinity : to }
    }
  }

  /**
   * The numbers, ascending, made as they are asked for.
   * @throws ImapError `EINVALID` when `*` is reached: what it stands for only the server knows
   */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      const to = this.bounds[i + 1] as number
      if (to === STAR) throw invalid(`The set ${this.brief()} holds *, which only the server can tell`)
      for (let number = this.bounds[i] as number; number <= to; number += 1) yield number
    }
  }

  /**
   * The numbers as an array.
   * @param limit the most there may be (default a million): a set of a few bytes can hold four billion
   */
  toArray(limit = 1_000_000): number[] {
    if (this.size > limit) throw invalid(`The set ${this.brief()} has more than ${limit} numbers`)
    return [...this]
  }

  /** The number at this place, counted from 0; undefined beyond the end. */
  at(index: number): number | undefined {
    let left = index
    if (index < 0) return undefined
    for (const { from, to } of this.ranges()) {
      if (left <= to - from) return from + left
      left -= to - from + 1
    }
    return undefined
  }

  union(other: SequenceSet): SequenceSet {
    if (other.isEmpty) return this
    if (this.isEmpty) return other
    return new SequenceSet(normalise([...this.bounds, ...other.bounds]))
  }

  intersect(other: SequenceSet): SequenceSet {
    const found: number[] = []
    const [a, b] = [this.bounds, other.bounds]
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      const from = Math.max(a[i] as number, b[j] as number)
      const to = Math.min(a[i + 1] as number, b[j + 1] as number)
      if (from <= to) found.push(from, to)
      if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2
      else j += 2
    }
    return new SequenceSet(found)
  }

  subtract(other: SequenceSet): SequenceSet {
    const left: number[] = []
    const b = other.bounds
    let j = 0
    for (let i = 0; i < this.bounds.length; i += 2) {
      let from = this.bounds[i] as number
      const to = this.bounds[i + 1] as number
      while (j < b.length && (b[j + 1] as number) < from) j += 2
      for (let k = j; k < b.length && (b[k] as number) <= to; k += 2) {
        if ((b[k] as number) > from) left.push(from, (b[k] as number) - 1)
        from = (b[k + 1] as number) + 1
      }
      if (from <= to) left.push(from, to)
    }
    return new SequenceSet(left)
  }

  equals(other: SequenceSet): boolean {
    return this.bounds.length === other.bounds.length && this.bounds.every((bound, i) => bound === other.bounds[i])
  }

  /**
   * Cuts the set so that the text of each piece has at most `maxLength` characters: servers refuse long lines, some from
   * a thousand octets on.
   */
  split(maxLength: number): SequenceSet[] {
    const pieces: SequenceSet[] = []
    let start = 0
    let length = 0
    for (let i = 0; i < this.bounds.length; i += 2) {
      const text = rangeText(this.bounds[i] as number, this.bounds[i + 1] as number).length
      if (i > start && length + 1 + text > maxLength) {
        pieces.push(new SequenceSet(this.bounds.slice(start, i)))
        start = i
        length = text
      } else length += text + (i > start ? 1 : 0)
    }
    if (start < this.bounds.length) pieces.push(start === 0 ? this : new SequenceSet(this.bounds.slice(start)))
    return pieces
  }

  /** As it goes over the wire: `1:3,9`. Empty for the empty set, which cannot be sent. */
  toString(): string {
    let text = ''
    for (let i = 0; i < this.bounds.length; i += 2)
      text += (i === 0 ? '' : ',') + rangeText(this.bounds[i] as number, this.bounds[i + 1] as number)
    return text
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SequenceSet(${this.brief()})`
  }

  private brief(): string {
    const head = this.bounds.length > 40 ? new SequenceSet(this.bounds.slice(0, 40)).toString() : null
    return head === null ? this.toString() : `${head},…`
  }

  private indexOfRange(number: number): number {
    const { bounds } = this
    let low = 0
    let high = bounds.length / 2 - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (number < (bounds[middle * 2] as number)) high = middle - 1
      else if (number > (bounds[middle * 2 + 1] as number)) low = middle + 1
      else return middle
    }
    return -1
  }
}

const COLON = 0x3a
const COMMA = 0x2c
const ASTERISK = 0x2a

/** Where the last {@link readNumber} ended: a second result without an object. */
let numberEnd = 0

const readNumber = (text: string, start: number): number => {
  if (text.charCodeAt(start) === ASTERISK) {
    numberEnd = start + 1
    return STAR
  }
  let value = 0
  let at = start
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
    if (value > MOST) throw notASet(text, start)
  }
  if (at === start) throw notASet(text, start)
  numberEnd = at
  return value
}

const notASet = (text: string, at: number) =>
  invalid(`${JSON.stringify(text.slice(0, 60))} is not a set of numbers as 1,3:5,8:* is (at position ${at})`)

const rangeText = (from: number, to: number): string => {
  if (from === to) return from === STAR ? '*' : String(from)
  return `${from}:${to === STAR ? '*' : to}`
}

const isPair = (value: unknown): value is readonly [number | '*', number | '*'] =>
  Array.isArray(value) && value.length === 2 && value.some((each) => each === '*')

const checkNumber = (number: number): void => {
  if (!Number.isInteger(number) || number < 1 || number > MOST)
    throw invalid(`${String(number)} is not a message number or UID: a whole number from 1 to ${MOST}`)
}

const bound = (value: unknown): number => {
  if (value === '*') return STAR
  checkNumber(value as number)
  return value as number
}

const push = (bounds: number[], a: unknown, b: unknown): void => {
  const from = bound(a)
  const to = bound(b)
  if (from <= to) bounds.push(from, to)
  else bounds.push(to, from)
}

/** Sorts and merges pairs. Pairs that are in order already, as servers send them, are only looked at. */
const normalise = (bounds: number[]): number[] => {
  let sorted = true
  for (let i = 2; i < bounds.length && sorted; i += 2) sorted = (bounds[i] as number) > (bounds[i - 1] as number) + 1
  if (sorted) return bounds
  const starts = new Float64Array(bounds.length / 2)
  const order = new Map<number, number>()
  for (let i = 0; i < bounds.length; i += 2) {
    const from = bounds[i] as number
    const to = bounds[i + 1] as number
    starts[i / 2] = from
    const known = order.get(from)
    if (known === undefined || known < to) order.set(from, to)
  }
  starts.sort()
  const merged: number[] = []
  for (const from of starts) {
    const to = order.get(from) as number
    const last = merged.length - 1
    // `*` is one number somewhere at the end: a range that ends right before it does not touch it.
    if (last > 0 && from <= (merged[last] as number) + 1 && from !== STAR) {
      if (to > (merged[last] as number)) merged[last] = to
    } else if (last > 0 && from === STAR && merged[last] === STAR) continue
    else merged.push(from, to)
  }
  return merged
}
