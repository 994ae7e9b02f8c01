import { hexDigit, hexOctet } from './hex-octet.ts'

/**
 * Quoted-printable (RFC 2045 §6.7), in chunks that may be cut anywhere.
 *
 * Line ends stay as they come. Blanks before a line end are dropped (rule 3), and so are soft line breaks, also with
 * blanks after the `=`. A `=` that begins neither an octet nor a soft break stays as it is, lower-case digits are taken.
 */
export class QuotedPrintableDecoder {
  /** Bytes whose meaning the next chunk decides: `=`, `=4`, `= `, or blanks and CR that may end a line. */
  private held: Buffer = EMPTY

  /** The octets that the chunk completes. The buffer is the caller's. */
  write(chunk: Uint8Array): Buffer {
    return this.decode(this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]), false)
  }

  /** The end of the data counts as the end of a line. */
  end(): Buffer {
    return this.decode(this.held, true)
  }

  private decode(source: Uint8Array, last: boolean): Buffer {
    const out = Buffer.allocUnsafe(source.length)
    let length = 0
    /** Everything in `out` before this stays even if the line ends here; after it there are only blanks and CR. */
    let kept = 0
    let at = 0
    this.held = EMPTY
    while (at < source.length) {
      let byte = source[at] as number
      if (byte > SPACE && byte !== EQUALS) {
        // Nearly all bytes are of this kind, and nothing has to be remembered of them.
        do {
          out[length++] = byte
          at += 1
          if (at === source.length) break
          byte = source[at] as number
        } while (byte > SPACE && byte !== EQUALS)
        kept = length
        continue
      }
      if (byte === EQUALS) {
        const octet = hexOctet(source, at + 1)
        if (octet >= 0) {
          out[length++] = octet
          at += 3
          kept = length
          continue
        }
        const next = afterSoftBreak(source, at + 1, last)
        if (next === UNDECIDED) {
          this.held = Buffer.concat([out.subarray(kept, length), source.subarray(at)])
          return out.subarray(0, kept)
        }
        if (next !== NO_BREAK) {
          // Blanks before the `=` are meant to stay: that is what the soft break is for.
          at = next
          kept = length
          continue
        }
      } else if (byte === LF) {
        const ended = length > kept && out[length - 1] === CR
        length = kept
        if (ended) out[length++] = CR
      } else if (byte === SPACE || byte === TAB || byte === CR) {
        out[length++] = byte
        at += 1
        if (length - kept > LONGEST_LINE) kept = length
        continue
      }
      out[length++] = byte
      kept = length
      at += 1
    }
    if (last) return Buffer.concat([out.subarray(0, kept), withoutBlanks(out.subarray(kept, length))])
    this.held = Buffer.from(out.subarray(kept, length))
    return out.subarray(0, kept)
  }
}

const EMPTY = Buffer.alloc(0)
const EQUALS = 0x3d
const SPACE = 0x20
const TAB = 0x09
const CR = 0x0d
const LF = 0x0a
const NO_BREAK = -1
const UNDECIDED = -2

/** Encoded lines have 76 characters at most (rule 5). Longer runs of blanks are data, and holding them back has an end. */
const LONGEST_LINE = 998

/** Where the text goes on after a soft line break whose `=` stands before `at`. */
const afterSoftBreak = (source: Uint8Array, at: number, last: boolean): number => {
  let end = at
  while (end - at < LONGEST_LINE && (source[end] === SPACE || source[end] === TAB)) end += 1
  if (source[end] === CR) end += 1
  if (source[end] === LF) return end + 1
  if (end < source.length) {
    // `=4` at the very end may still become an octet.
    const half = end === at && end + 1 === source.length && hexDigit(source[end]) >= 0
    return half && !last ? UNDECIDED : NO_BREAK
  }
  return last ? end : UNDECIDED
}

const withoutBlanks = (bytes: Buffer): Buffer => bytes.filter((byte) => byte === CR) as Buffer
