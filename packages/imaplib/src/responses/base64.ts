/**
 * Base64 as it is found in mail (RFC 2045 §6.8): characters outside of the alphabet are skipped, padding in the middle
 * ends a group and not the data, missing padding is no fault.
 *
 * Clean text, which is nearly all there is, goes through the platform's decoder; the rest is done here, char by char.
 */
export class Base64Decoder {
  /** Characters of the last line that do not fill a group of four, and room for those of the next chunk. */
  private scratch: Buffer = Buffer.alloc(0)
  /** The group under way. */
  private bits = 0
  private count = 0

  /** The bytes that the chunk completes. The buffer is the caller's. */
  write(chunk: Uint8Array): Buffer {
    const source = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const packed = this.pack(source)
    const whole = packed - (packed % 4)
    // The platform stops at padding, skips what is not in the alphabet, and takes `-` and `_` for the URL alphabet.
    const text = this.scratch.toString('latin1', 0, packed)
    if (!text.includes('=') && !text.includes('-') && !text.includes('_')) {
      const bytes = Buffer.from(whole === packed ? text : text.slice(0, whole), 'base64')
      if (bytes.length === (whole / 4) * 3) {
        this.restart(whole, packed)
        return bytes
      }
    }
    return this.decodeSlowly(packed)
  }

  /** A group that was not filled: two characters are a byte, three are two. */
  end(): Buffer {
    const out = Buffer.alloc(2)
    const length = this.closeGroup(out, 0)
    return out.subarray(0, length)
  }

  /** Copies the chunk without its line ends behind the characters of the group under way. Returns how many there are. */
  private pack(source: Buffer): number {
    const needed = source.length + 3
    if (this.scratch.length < needed) this.scratch = Buffer.allocUnsafe(needed)
    const { scratch } = this
    let packed = this.unpackGroup()
    for (let at = 0; at < source.length; ) {
      const lf = source.indexOf(LF, at)
      const stop = lf === -1 ? source.length : lf
      const end = stop > at && source[stop - 1] === CR ? stop - 1 : stop
      packed += source.copy(scratch, packed, at, end)
      at = stop + 1
    }
    return packed
  }

  /** The characters of the group under way, written back to the scratch. */
  private unpackGroup(): number {
    const { count } = this
    for (let at = 0; at < count; at += 1)
      this.scratch[at] = alphabet[(this.bits >>> (6 * (count - 1 - at))) & 0x3f] as number
    this.bits = this.count = 0
    return count
  }

  /** The characters after the last whole group begin the next one; they cannot fill it, so no byte comes of them yet. */
  private restart(whole: number, packed: number): void {
    for (let at = whole; at < packed; at += 1) this.take(this.scratch[at] as number, NOWHERE, 0)
  }

  private decodeSlowly(packed: number): Buffer {
    const out = Buffer.allocUnsafe(((packed + 3) >> 2) * 3)
    let length = 0
    for (let at = 0; at < packed; at += 1) length = this.take(this.scratch[at] as number, out, length)
    return out.subarray(0, length)
  }

  private take(char: number, out: Buffer, length: number): number {
    if (char === PADDING) return this.closeGroup(out, length)
    const value = values[char] as number
    if (value === -1) return length
    this.bits = (this.bits << 6) | value
    this.count += 1
    if (this.count < 4) return length
    const bits = this.bits
    this.bits = this.count = 0
    out[length] = bits >>> 16
    out[length + 1] = (bits >>> 8) & 0xff
    out[length + 2] = bits & 0xff
    return length + 3
  }

  private closeGroup(out: Buffer, length: number): number {
    const { bits, count } = this
    this.bits = this.count = 0
    if (count < 2) return length
    out[length] = count === 2 ? bits >>> 4 : bits >>> 10
    if (count === 2) return length + 1
    out[length + 1] = (bits >>> 2) & 0xff
    return length + 2
  }
}

/**
 * What {@link Base64Decoder} makes of the characters from `from` to `to`, written to `out` from `start` on; returns where
 * it ends. For words of a header, too short for a call of the platform's decoder to be worth it.
 */
export const base64Into = (text: string, from: number, to: number, out: Uint8Array, start: number): number => {
  let end = start
  let bits = 0
  let count = 0
  for (let at = from; at <= to; at += 1) {
    const char = at === to ? PADDING : text.charCodeAt(at)
    if (char === PADDING) {
      if (count >= 2) out[end++] = count === 2 ? bits >>> 4 : bits >>> 10
      if (count === 3) out[end++] = (bits >>> 2) & 0xff
      bits = count = 0
      continue
    }
    const value = char < 256 ? (values[char] as number) : -1
    if (value === -1) continue
    bits = (bits << 6) | value
    count += 1
    if (count < 4) continue
    out[end] = bits >>> 16
    out[end + 1] = (bits >>> 8) & 0xff
    out[end + 2] = bits & 0xff
    end += 3
    bits = count = 0
  }
  return end
}

const CR = 0x0d
const LF = 0x0a
const PADDING = 0x3d
const NOWHERE = Buffer.alloc(3)

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const values = new Int8Array(256).fill(-1)
for (const [value, char] of alphabet.entries()) values[char] = value
