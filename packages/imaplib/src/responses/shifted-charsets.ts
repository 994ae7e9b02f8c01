/**
 * Two seven-bit charsets that are another charset with its high bits taken off between shift sequences. Each decoder
 * here only puts those bits back; the characters come from the eight-bit charset's own decoder.
 */
export interface ByteShifter {
  /** The bytes in the eight-bit charset. */
  write(bytes: Uint8Array): Uint8Array
}

const SHIFT_OUT = 0x0e
const SHIFT_IN = 0x0f
const ESCAPE = 0x1b
const LF = 0x0a
const TILDE = 0x7e

/** ISO-2022-KR (RFC 1557): `ESC $ ) C` announces it, SO and SI switch between KS X 1001 and ASCII. */
export class Iso2022KrShifter implements ByteShifter {
  private korean = false
  /** How much of the announcer `ESC $ ) C` has come. */
  private announced = 0

  write(bytes: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(bytes.length + ANNOUNCER.length)
    let length = 0
    for (const byte of bytes) {
      if (this.announced > 0) {
        if (byte === ANNOUNCER[this.announced]) {
          this.announced = (this.announced + 1) % ANNOUNCER.length
          continue
        }
        for (let at = 0; at < this.announced; at += 1) out[length++] = ANNOUNCER[at] as number
        this.announced = 0
      }
      if (byte === ESCAPE) this.announced = 1
      else if (byte === SHIFT_OUT) this.korean = true
      else if (byte === SHIFT_IN) this.korean = false
      else {
        // A line must begin in ASCII (RFC 1557); mailers that break lines without shifting in are put right by it.
        if (byte === LF) this.korean = false
        out[length++] = this.korean && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte
      }
    }
    return out.subarray(0, length)
  }
}

const ANNOUNCER = [ESCAPE, 0x24, 0x29, 0x43]

/** HZ (RFC 1843): `~{` and `~}` switch between GB 2312 and ASCII, `~~` is a tilde, `~` before a line end joins lines. */
export class HzShifter implements ByteShifter {
  private chinese = false
  private tilde = false
  /** The next byte is the second of a Chinese character, where a `~` is not an escape. */
  private second = false

  write(bytes: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(bytes.length + 1)
    let length = 0
    for (const byte of bytes) {
      if (this.tilde) {
        this.tilde = false
        if (byte === 0x7b) this.chinese = true
        else if (byte === 0x7d) this.chinese = false
        else if (byte === TILDE) out[length++] = TILDE
        else if (byte !== LF) {
          out[length++] = TILDE
          out[length++] = byte
        }
      } else if (byte === TILDE && !this.second) this.tilde = true
      else {
        if (byte === LF) this.chinese = this.second = false
        const inCharacter = this.chinese && byte > 0x20 && byte < 0x7f
        this.second = inCharacter && !this.second
        out[length++] = inCharacter ? byte | 0x80 : byte
      }
    }
    return out.subarray(0, length)
  }
}
