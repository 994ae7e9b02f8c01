/**
 * One string for the many times that the same few bytes come: item names, flags, `"TEXT"`, `"us-ascii"`.
 *
 * A table of fixed size in which a newcomer takes the place of who was there: memory is bounded, and a server that sends
 * ever new names only makes the table useless, not large. The bytes are folded to one case on the way in if asked.
 */
export class InternTable {
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
    const length = to - from
    if (length > this.longest) return this.make(bytes, from, to)
    let hash = length
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (fold[bytes[at] as number] as number)) | 0
    const slot = (hash ^ (hash >>> 11)) & this.mask
    const known = this.slots[slot]
    if (known !== undefined && known.length === length && this.same(known, bytes, from)) return known
    const made = this.make(bytes, from, to)
    this.slots[slot] = made
    return made
  }

  private same(known: string, bytes: Buffer, from: number): boolean {
    const { fold } = this
    for (let at = 0; at < known.length; at++)
      if (known.charCodeAt(at) !== fold[bytes[from + at] as number]) return false
    return true
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
