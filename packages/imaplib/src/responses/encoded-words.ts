import { decodeCharset } from './charset.ts'
import { canonicalCharset } from './charset-labels.ts'
import { decodeBase64 } from './base64.ts'
import { hexOctet } from './hex-octet.ts'

/**
 * Replaces the encoded words of a header's text, `=?utf-8?Q?caf=C3=A9?=` (RFC 2047), by what they stand for.
 *
 * Neighbouring words of one charset are joined as bytes before they are decoded, since mailers split characters between
 * them; the blanks between two words are dropped (§6.2). Tolerated: spaces in a Q word, missing base64 padding, a language
 * after the charset (RFC 2231 §5), words that touch other text, an unknown charset. What is no encoded word stays as it is.
 *
 * CR, LF and NUL that come out of a word become spaces: a decoded subject must not be able to add a header line to the
 * message that quotes it. The time is linear in the length of the text.
 *
 * @param text text in which 8-bit bytes stand either decoded, or each as the character of its number
 * @returns the same string when it has no encoded word
 */
export const decodeWords = (text: string): string => (text.includes('=?') ? new WordScan(text).decode() : text)

class WordScan {
  private readonly text: string
  private readonly out: string[] = []
  /** The bytes of neighbouring words, and the charset they share. */
  private pieces: Buffer[] = []
  private charset = ''
  private label = ''
  /** End of the word just read. */
  private wordEnd = 0

  constructor(text: string) {
    this.text = text
  }

  decode(): string {
    const { text, out } = this
    let copied = 0
    for (let at = text.indexOf('=?'); at !== -1; at = text.indexOf('=?', at)) {
      const payload = this.readWord(at)
      if (payload === null) {
        at += 2
        continue
      }
      const gapIsBlank = this.pieces.length > 0 && isBlank(text, copied, at)
      const name = canonicalCharset(this.label)
      if (!gapIsBlank || name !== this.charset || name === 'utf-7') this.flush()
      if (!gapIsBlank) out.push(text.slice(copied, at))
      this.charset = name
      this.pieces.push(payload)
      copied = at = this.wordEnd
    }
    this.flush()
    out.push(text.slice(copied))
    return out.join('')
  }

  /** Decodes the words gathered so far. A word in UTF-7 is never joined: its shift state ends with it. */
  private flush(): void {
    const { pieces } = this
    if (pieces.length === 0) return
    const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
    this.out.push(withoutLineEnds(decodeCharset(bytes, this.charset).text))
    this.pieces = []
  }

  /** Reads `=?charset?encoding?payload?=` at `at`: the payload's bytes, or null when there is no word. */
  private readWord(at: number): Buffer | null {
    const { text } = this
    const charsetEnd = endOfCharset(text, at + 2)
    if (charsetEnd === -1 || text.charCodeAt(charsetEnd + 2) !== QUESTION) return null
    const encoding = text.charCodeAt(charsetEnd + 1) | 0x20
    if (encoding !== 0x62 && encoding !== 0x71) return null
    const start = charsetEnd + 3
    const end = this.closing(start)
    if (end === -1) return null
    this.label = text.slice(at + 2, charsetEnd)
    this.wordEnd = end + 2
    const payload = text.slice(start, end)
    return encoding === 0x62 ? decodeBase64(payload) : decodeQ(payload, this.label)
  }

  /** Position of the next `?=`. When there is none for one word there is none for the later ones: asked once only. */
  private closing(from: number): number {
    if (this.nothingCloses) return -1
    const end = this.text.indexOf('?=', from)
    if (end === -1) this.nothingCloses = true
    return end
  }
  private nothingCloses = false
}

const QUESTION = 0x3f

/** Position of the `?` after the charset; -1 when what stands there is no token (RFC 2047 §2). */
const endOfCharset = (text: string, start: number): number => {
  for (let at = start; at < text.length && at - start <= LONGEST_CHARSET; at += 1) {
    const char = text.charCodeAt(at)
    if (char === QUESTION) return at === start ? -1 : at
    if (char <= 0x20 || char === 0x3d || char > 0x7e) return -1
  }
  return -1
}

/** Encoded words may be 75 characters long altogether (RFC 2047 §2); this leaves room for those that are not. */
const LONGEST_CHARSET = 100

const isBlank = (text: string, start: number, end: number): boolean => {
  for (let at = start; at < end; at += 1) {
    const char = text.charCodeAt(at)
    if (char !== 0x20 && char !== 0x09 && char !== 0x0d && char !== 0x0a) return false
  }
  return true
}

/** The "Q" encoding (RFC 2047 §4.2). A `=` without two hexadecimal digits stands for itself. */
const decodeQ = (payload: string, label: string): Buffer => {
  const source = bytesOfPayload(payload, label)
  let length = 0
  for (let at = 0; at < source.length; at += 1) {
    let byte = source[at] as number
    if (byte === 0x5f) byte = 0x20
    else if (byte === 0x3d) {
      const value = hexOctet(source, at + 1)
      if (value >= 0) {
        byte = value
        at += 2
      }
    }
    source[length++] = byte
  }
  return source.subarray(0, length)
}

/** Raw 8-bit characters in a word break the rule, but are meant in its charset. */
const bytesOfPayload = (payload: string, label: string): Buffer => {
  for (let at = 0; at < payload.length; at += 1)
    if (payload.charCodeAt(at) > 0x7f)
      return Buffer.from(payload, canonicalCharset(label) === 'utf-8' || hasWideCharacter(payload) ? 'utf8' : 'latin1')
  return Buffer.from(payload, 'latin1')
}

const hasWideCharacter = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return true
  return false
}

/** CR, LF and NUL as spaces; a CRLF as one. */
export const withoutLineEnds = (text: string): string => {
  let out = ''
  let run = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char !== 0x0d && char !== 0x0a && char !== 0) continue
    out += `${text.slice(run, at)} `
    if (char === 0x0d && text.charCodeAt(at + 1) === 0x0a) at += 1
    run = at + 1
  }
  return run === 0 ? text : out + text.slice(run)
}
