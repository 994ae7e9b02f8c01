const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * One string for the many times that the same few bytes come: item names, flags, `"TEXT"`, `"us-ascii"`.
 *
 * A table of fixed size in which a newcomer takes the place of who was there: memory is bounded, and a server that sends
 * ever new names only makes the table useless, not large. The bytes are folded to one case on the way in if asked.
 */
export class InternTable {
  /** Where the last `getQuoted` or `getUntil` ended. */
  stop = 0
  private readonly slots: (string | undefined)[]
  private readonly mask: number
  private readonly fold: Uint8Array
  private readonly longest: number

  /**
   * @param size number of slots, a power of two
   * @param longest longer strings are made anew each time
   */
  constructor(size: number, letters: 'exact' | 'upper' | 'lower', longest = 40) {
    this.slots = Array.from({ length: size }, () => undefined)
    this.mask = size - 1
    this.fold = folds[letters]
    this.longest = longest
  }

  /** The bytes as a latin1 string, folded. */
  get(bytes: Buffer, from: number, to: number): string {
    const { fold } = this
    if (to - from > this.longest) return this.make(bytes, from, to)
    let hash = 0
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (fold[bytes[at] as number] as number)) | 0
    return this.find(hash, bytes, from, to)
  }

  /**
   * The bytes up to the quote that ends them, in one pass; {@link stop} is that quote's position. Undefined when there is
   * none within the length that is worth interning, or a backslash before it.
   */
  getQuoted(bytes: Buffer, from: number, end: number): string | undefined {
    const { fold } = this
    const limit = Math.min(end, from + this.longest)
    let hash = 0
    for (let at = from; at < limit; at++) {
      const byte = bytes[at] as number
      if (byte === QUOTE) {
        this.stop = at
        return this.find(hash, bytes, from, at)
      }
      if (byte === BACKSLASH) return undefined
      hash = (Math.imul(hash, 31) + (fold[byte] as number)) | 0
    }
    return undefined
  }

  /** The bytes up to the first that has a bit of `ends` in `classes`; {@link stop} is its position. */
  getUntil(bytes: Buffer, from: number, end: number, classes: Uint8Array, ends: number): string {
    const { fold } = this
    let hash = 0
    let at = from
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (((classes[byte] as number) & ends) !== 0) break
      hash = (Math.imul(hash, 31) + (fold[byte] as number)) | 0
    }
    this.stop = at
    return at - from > this.longest ? this.make(bytes, from, at) : this.find(hash, bytes, from, at)
  }

  private find(hash: number, bytes: Buffer, from: number, to: number): string {
    const { fold } = this
    const length = to - from
    const slot = (hash ^ (hash >>> 11) ^ length) & this.mask
    const known = this.slots[slot]
    if (known !== undefined && known.length === length) {
      let at = 0
      while (at < length && known.charCodeAt(at) === fold[bytes[from + at] as number]) at += 1
      if (at === length) return known
    }
    const made = this.make(bytes, from, to)
    this.slots[slot] = made
    return made
  }

  private make(bytes: Buffer, from: number, to: number): string {
    const text = bytes.toString('latin1', from, to)
    // Letters of ASCII only: toUpperCase would turn ß into SS and ÿ into Ÿ.
    if (this.fold === folds.exact || !isMixed(bytes, from, to, this.fold)) return text
    const folded = Buffer.allocUnsafe(to - from)
    for (let at = from; at < to; at++) folded[at - from] = this.fold[bytes[at] as number] as number
    return folded.toString('latin1')
  }
}

const table = (fold: (byte: number) => number): Uint8Array => Uint8Array.from({ length: 256 }, (_, byte) => fold(byte))

const folds = {
  exact: table((byte) => byte),
  upper: table((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)),
  lower: table((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)),
}

const isMixed = (bytes: Buffer, from: number, to: number, fold: Uint8Array): boolean => {
  for (let at = from; at < to; at++) if (bytes[at] !== fold[bytes[at] as number]) return true
  return false
}
