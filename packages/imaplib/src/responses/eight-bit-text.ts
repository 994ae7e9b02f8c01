import { isAscii, isUtf8 } from 'node:buffer'

/**
 * Decodes bytes of which nobody said, or nobody could say, what charset they are in: every well-formed UTF-8 sequence
 * is that character, and every other byte is one of windows-1252. Text in either charset comes out right, a mixture too.
 * The outcome does not depend on how the bytes were cut into chunks.
 */
export class EightBitDecoder {
  /** The begin of a UTF-8 sequence that the last chunk ended in: 3 bytes at most. */
  private carry: Buffer = EMPTY

  write(chunk: Uint8Array): string {
    const bytes = this.carry.length === 0 ? view(chunk) : Buffer.concat([this.carry, chunk])
    const kept = unfinishedSequence(bytes)
    this.carry = kept === 0 ? EMPTY : Buffer.from(bytes.subarray(bytes.length - kept))
    return decodeEightBit(kept === 0 ? bytes : bytes.subarray(0, bytes.length - kept))
  }

  end(): string {
    const rest = this.carry
    this.carry = EMPTY
    return decodeEightBit(rest)
  }
}

/** The whole of {@link EightBitDecoder} for bytes that are all there. */
export const decodeEightBit = (bytes: Uint8Array): string => {
  const buffer = view(bytes)
  if (isAscii(buffer)) return buffer.toString('latin1')
  if (isUtf8(buffer)) return buffer.toString('utf8')
  const out: string[] = []
  let run = 0
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at)
    if (length > 0) {
      at += length
      continue
    }
    if (at > run) out.push(buffer.toString('utf8', run, at))
    out.push(windows1252Character(buffer[at] as number))
    at += 1
    run = at
  }
  out.push(buffer.toString('utf8', run, buffer.length))
  return out.join('')
}

/** Windows-1252, as which iso-8859-1 is read too: nobody puts C1 control characters into mail. */
export const decodeWindows1252 = (bytes: Uint8Array): string => {
  const buffer = view(bytes)
  const text = buffer.toString('latin1')
  let out = ''
  let run = 0
  for (let at = 0; at < buffer.length; at += 1) {
    const byte = buffer[at] as number
    if (byte < 0x80 || byte > 0x9f) continue
    out += text.slice(run, at) + windows1252Character(byte)
    run = at + 1
  }
  return run === 0 ? text : out + text.slice(run)
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7); 0 when there is none. */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] as number
  if (lead < 0x80) return 1
  const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (length === 0 || !secondFits(lead, bytes[at + 1])) return 0
  for (let next = 2; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}

const secondFits = (lead: number, second: number | undefined): boolean => {
  if (second === undefined) return false
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  return second >= lowest && second <= highest
}

/** How many of the last bytes begin a UTF-8 sequence that more bytes could complete. */
const unfinishedSequence = (bytes: Uint8Array): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number
    if ((byte & 0xc0) === 0x80) continue
    const length = byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    if (length <= back) return 0
    return back === 1 || secondFits(byte, bytes[bytes.length - back + 1]) ? back : 0
  }
  return 0
}

const windows1252Character = (byte: number): string =>
  byte < 0xa0 ? (HIGH_1252[byte - 0x80] as string) : String.fromCharCode(byte)

/** The bytes 0x80 to 0x9F; the five that are not assigned stay control characters, as the WHATWG has them. */
const HIGH_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

const EMPTY = Buffer.alloc(0)

const view = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
