/**
 * UTF-7 (RFC 2152), of which some old mail still consists. Not the modified form of mailbox names.
 *
 * State survives between chunks. What is not UTF-7 is replaced by U+FFFD: an 8-bit byte, bits left over that are not
 * zero padding, half a surrogate pair.
 */
export class Utf7Decoder {
  private shifted = false
  /** Nothing has come since the `+`: then `-` stands for `+` itself. */
  private justShifted = false
  private bits = 0
  private bitCount = 0
  private high = 0

  write(bytes: Uint8Array): string {
    const out: string[] = []
    let direct = 0
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number
      if (this.shifted) {
        const value = byte < 128 ? (base64Values[byte] as number) : -1
        if (value !== -1) {
          this.take(value, out)
          continue
        }
        // `+-` is a plus sign. `+` before anything else that is not base64 is ill-formed; it was meant as a plus too.
        out.push(this.justShifted ? '+' : '', this.unshift())
        this.justShifted = false
        direct = byte === HYPHEN ? at + 1 : at
        if (byte === HYPHEN) continue
      }
      if (byte === PLUS) {
        out.push(latin1(bytes, direct, at))
        this.shifted = this.justShifted = true
      } else if (byte > 127) {
        out.push(latin1(bytes, direct, at), REPLACEMENT)
        direct = at + 1
      }
    }
    if (!this.shifted) out.push(latin1(bytes, direct, bytes.length))
    return out.join('')
  }

  end(): string {
    if (!this.shifted) return ''
    const plus = this.justShifted ? '+' : ''
    this.justShifted = false
    return plus + this.unshift()
  }

  private take(value: number, out: string[]): void {
    this.justShifted = false
    this.bits = ((this.bits << 6) | value) & 0x3fffff
    this.bitCount += 6
    if (this.bitCount < 16) return
    this.bitCount -= 16
    const unit = (this.bits >>> this.bitCount) & 0xffff
    const high = this.high
    this.high = 0
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      out.push(high === 0 ? REPLACEMENT : String.fromCharCode(high, unit))
      return
    }
    if (high !== 0) out.push(REPLACEMENT)
    if (unit >= 0xd800 && unit <= 0xdbff) this.high = unit
    else out.push(String.fromCharCode(unit))
  }

  /** Ends a run of base64. RFC 2152 rule 2: up to 5 bits of padding, which must be zero. */
  private unshift(): string {
    const broken = this.high !== 0 || this.bitCount >= 6 || (this.bits & ((1 << this.bitCount) - 1)) !== 0
    this.shifted = false
    this.bits = this.bitCount = this.high = 0
    return broken ? REPLACEMENT : ''
  }
}

const PLUS = 0x2b
const HYPHEN = 0x2d
const REPLACEMENT = '\ufffd'

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  start === end ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')

const base64Values = new Int8Array(128).fill(-1)
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
for (const [value, char] of alphabet.entries()) base64Values[char] = value
