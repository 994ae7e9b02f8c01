import { inspect } from 'node:util'
import { invalid } from '../errors/imap-error.ts'
import {
  type Bounds,
  countsBefore,
  difference,
  intersection,
  MOST,
  normalise,
  numberAt,
  rangeWith,
  STAR,
  union,
} from './set-bounds.ts'
import { rangeText, readBounds, writeBounds } from './set-text.ts'

/** A number, or `'*'` for the largest number in use. */
export type SetNumber = number | '*'

/** What a set can be made of: numbers, `'*'`, and ranges. */
export type SetMember = SetNumber | readonly [from: SetNumber, to: SetNumber]

/** One run of numbers, both ends included. */
export interface SequenceRange {
  /** Infinity for `*` alone. */
  readonly from: number
  /** Infinity for `*`. */
  readonly to: number
}

/**
 * A set of message numbers or UIDs (RFC 9051 §9, sequence-set): ranges, ascending and merged, never expanded.
 *
 * Immutable; `1:4294967295` costs as much as `1`. `*` counts as a number above all others: what it stands for only the
 * server knows.
 *
 * @example
 * SequenceSet.of(1, 2, 3, [9, '*']).toString() // '1:3,9:*'
 * SequenceSet.parse('5:*').has(7) // true
 */
export class SequenceSet implements Iterable<number> {
  /** All messages: `1:*`. */
  static readonly all: SequenceSet = new SequenceSet([1, STAR])
  static readonly empty: SequenceSet = new SequenceSet([])

  private readonly bounds: Bounds
  /** Made when a place is asked for. */
  private counts: Float64Array | null = null

  private constructor(bounds: Bounds) {
    this.bounds = bounds
  }

  /**
   * Reads a set as it is written: `1,3:5,8:*`. Ranges may run downwards and overlap.
   *
   * @throws ImapError `EINVALID` for anything else: empty, 0, above 2^32-1, signs, spaces, missing numbers
   */
  static parse(text: string): SequenceSet {
    return new SequenceSet(normalise(readBounds(text)))
  }

  /**
   * Makes a set of numbers, `'*'`, sets, and iterables of numbers and `[from, to]` ranges. A pair with `'*'` in it is a
   * range; a pair of two numbers is two numbers unless it stands in an iterable. {@link ofRanges} leaves no doubt.
   *
   * @throws ImapError `EINVALID` for what is no whole number from 1 to 2^32-1
   * @example
   * SequenceSet.of([3, 4, 9]) // 3:4,9
   * SequenceSet.of([[3, 9], [20, '*']]) // 3:9,20:*
   */
  static of(...members: (SetNumber | SequenceSet | Iterable<SetMember>)[]): SequenceSet {
    const bounds: number[] = []
    for (const member of members) {
      // Not iterated: `1:4294967295` has four billion numbers.
      if (member instanceof SequenceSet) for (const bound of member.bounds) bounds.push(bound)
      else if (typeof member === 'number' || typeof member === 'string') push(bounds, member, member)
      else if (isStarPair(member)) push(bounds, member[0], member[1])
      else if (typeof member !== 'object' || member === null) throw invalid(`${String(member)} is no set of messages`)
      else for (const each of member) pushMember(bounds, each)
    }
    return new SequenceSet(normalise(bounds))
  }

  /** A set of one number: the fast way for one message. */
  static one(number: number): SequenceSet {
    checkNumber(number)
    return new SequenceSet([number, number])
  }

  /** A set of ranges, both ends included, which may run downwards and overlap. */
  static ofRanges(ranges: Iterable<readonly [from: SetNumber, to: SetNumber]>): SequenceSet {
    const bounds: number[] = []
    for (const [from, to] of ranges) push(bounds, from, to)
    return new SequenceSet(normalise(bounds))
  }

  /** A set of numbers in any order, each as often as it likes. The fast way for long lists. */
  static ofNumbers(numbers: Iterable<number>): SequenceSet {
    const bounds: number[] = []
    let last = Number.NaN
    for (const number of numbers) {
      if (number === last + 1 && number <= MOST) bounds[bounds.length - 1] = number
      else {
        checkNumber(number)
        bounds.push(number, number)
      }
      last = number
    }
    return new SequenceSet(normalise(bounds))
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0
  }

  /** How many numbers; Infinity when `*` is one of them. */
  get size(): number {
    return this.hasStar ? Infinity : (this.places()[this.rangeCount] as number)
  }

  get rangeCount(): number {
    return this.bounds.length / 2
  }

  get hasStar(): boolean {
    return this.bounds[this.bounds.length - 1] === STAR
  }

  /** The smallest number; undefined for the empty set, Infinity for `*` alone. */
  get first(): number | undefined {
    return visible(this.bounds[0])
  }

  /** The largest number; undefined for the empty set, Infinity with `*`. */
  get last(): number | undefined {
    return visible(this.bounds[this.bounds.length - 1])
  }

  /** Whether a number is in it. `5:*` has every number from 5 on. */
  has(number: number): boolean {
    return rangeWith(this.bounds, number) !== -1
  }

  *ranges(): Generator<SequenceRange, void> {
    for (let i = 0; i < this.bounds.length; i += 2)
      yield { from: visible(this.bounds[i]) as number, to: visible(this.bounds[i + 1]) as number }
  }

  /**
   * The numbers, ascending, made as they are asked for.
   *
   * @throws ImapError `EINVALID` at once when `*` is in the set
   */
  [Symbol.iterator](): Generator<number, void> {
    this.refuseStar()
    return numbersOf(this.bounds)
  }

  /**
   * The numbers as an array.
   *
   * @param limit the most there may be, default a million: a set of a few bytes can hold four billion
   * @throws ImapError `EINVALID` for more, and for `*`
   */
  toArray(limit = 1_000_000): number[] {
    this.refuseStar()
    if (this.size > limit) throw invalid(`The set ${this.brief()} has more than ${limit} numbers`)
    return Array.from(numbersOf(this.bounds))
  }

  /** The number at this place, counted from 0; undefined beyond the end. */
  at(index: number): number | undefined {
    const number = numberAt(this.bounds, this.places(), index)
    return number === STAR ? undefined : number
  }

  /** The place of a number, counted from 0; -1 when it is not in the set. */
  indexOf(number: number): number {
    const range = rangeWith(this.bounds, number)
    return range === -1 ? -1 : (this.places()[range / 2] as number) + number - (this.bounds[range] as number)
  }

  union(other: SequenceSet): SequenceSet {
    if (other.isEmpty) return this
    if (this.isEmpty) return other
    return new SequenceSet(union(this.bounds, other.bounds))
  }

  intersect(other: SequenceSet): SequenceSet {
    return new SequenceSet(intersection(this.bounds, other.bounds))
  }

  /** What is in this set and not in the other. */
  subtract(other: SequenceSet): SequenceSet {
    return new SequenceSet(difference(this.bounds, other.bounds))
  }

  equals(other: SequenceSet): boolean {
    return this.bounds.length === other.bounds.length && this.bounds.every((bound, i) => bound === other.bounds[i])
  }

  /**
   * Cuts the set so that the text of each piece has at most `maxLength` characters, since servers refuse long lines, some
   * from a thousand octets on. A piece has one range at least, however long (21 characters at most).
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
      }
      length = i === start ? text : length + 1 + text
    }
    if (start === 0) return this.isEmpty ? [] : [this]
    pieces.push(new SequenceSet(this.bounds.slice(start)))
    return pieces
  }

  /** As it goes over the wire: `1:3,9`. Empty for the empty set, which cannot be sent. */
  toString(): string {
    return writeBounds(this.bounds)
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return `SequenceSet(${this.brief()})`
  }

  private brief(): string {
    return this.bounds.length > 40 ? `${writeBounds(this.bounds.slice(0, 40))},…` : this.toString()
  }

  private places(): Float64Array {
    this.counts ??= countsBefore(this.bounds)
    return this.counts
  }

  private refuseStar(): void {
    if (this.hasStar) throw invalid(`The set ${this.brief()} holds *, and only the server knows which number that is`)
  }
}

function* numbersOf(bounds: Bounds): Generator<number, void> {
  for (let i = 0; i < bounds.length; i += 2) {
    const last = bounds[i + 1] as number
    for (let number = bounds[i] as number; number <= last; number += 1) yield number
  }
}

const visible = (bound: number | undefined): number | undefined => (bound === STAR ? Infinity : bound)

const isPair = (member: SetMember): member is readonly [SetNumber, SetNumber] => {
  if (!Array.isArray(member)) return false
  if (member.length !== 2) throw invalid('A range has two ends')
  return true
}

const isStarPair = (member: Iterable<SetMember>): member is readonly [SetNumber, SetNumber] =>
  Array.isArray(member) && member.length === 2 && member.includes('*') && !member.some((end) => Array.isArray(end))

const push = (bounds: number[], a: SetNumber, b: SetNumber): void => {
  const [from, to] = [bound(a), bound(b)]
  // Lists mostly come in order: then there is never more to hold than the ranges.
  if (from <= to && from !== STAR && from === (bounds[bounds.length - 1] as number) + 1) bounds[bounds.length - 1] = to
  else if (from <= to) bounds.push(from, to)
  else bounds.push(to, from)
}

const pushMember = (bounds: number[], member: SetMember): void => {
  if (isPair(member)) push(bounds, member[0], member[1])
  else push(bounds, member, member)
}

const bound = (number: SetNumber): number => {
  if (number === '*') return STAR
  checkNumber(number)
  return number
}

const checkNumber = (number: number): void => {
  if (!Number.isInteger(number) || number < 1 || number > MOST)
    throw invalid(`${String(number)} is not a message number or UID: a whole number from 1 to ${MOST}`)
}
