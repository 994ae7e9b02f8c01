import { isAsciiText } from '../wire/raw-text.ts'
import { base64Into } from './base64.ts'
import { decodeOctets } from './charset.ts'
import { canonicalCharset } from './charset-labels.ts'
import { hexDigit } from './hex-octet.ts'

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
// Searching for one character is much cheaper than for two, and most texts have no `=` at all.
export const decodeWords = (text: string): string => {
  if (text.indexOf('=') === -1) return text
  if (text.length > LONGEST_RECENT) return words.decode(text)
  return recent.get(text) ?? decodeOnce(text)
}

/** Names of people come again and again. Emptied when full, which is rare enough to be cheaper than an order of use. */
const recent = new Map<string, string>()
const MOST_RECENT = 2048
const LONGEST_RECENT = 48

const decodeOnce = (text: string): string => {
  const decoded = words.decode(text)
  if (decoded === text || !isAsciiText(text)) return decoded
  if (recent.size === MOST_RECENT) recent.clear()
  // A copy, since a slice would keep its row's text.
  recent.set(Buffer.from(text, 'latin1').toString('latin1'), decoded)
  return decoded
}

/** Octets of the words that wait to be decoded. One buffer, which grows to the longest text and is then let go. */
let octets = Buffer.allocUnsafeSlow(1024)

const LONGEST_KEPT = 64 * 1024

class WordScan {
  private text = ''
  private out = ''
  /** How many octets of neighbouring words there are, and the charset they share. */
  private filled = 0
  private charset = ''
  /** The label of the word read last, and the charset it names: mostly the same as that of the one before. */
  private label = ''
  private name = ''
  /** End of the word just read. */
  private wordEnd = 0
  private encoding = 0
  private nothingCloses = false

  decode(text: string): string {
    let at = text.indexOf('=?')
    if (at === -1) return text
    this.text = text
    this.out = ''
    this.filled = 0
    this.nothingCloses = false
    // An 8-bit character of a word may be three octets.
    if (octets.length < text.length * 3) octets = Buffer.allocUnsafeSlow(text.length * 3)
    let copied = 0
    for (; at !== -1; at = text.indexOf('=?', at)) {
      const payload = this.findWord(at)
      if (payload === -1) {
        at += 2
        continue
      }
      const gapIsBlank = copied > 0 && isBlank(text, copied, at)
      // A word in UTF-7 is never joined: its shift state ends with it.
      if (!gapIsBlank || this.name !== this.charset || this.name === 'utf-7') this.flush()
      if (!gapIsBlank && at > copied) this.out += text.slice(copied, at)
      this.charset = this.name
      this.readPayload(payload, this.wordEnd - 2)
      copied = at = this.wordEnd
    }
    if (copied === 0) return text
    this.flush()
    if (octets.length > LONGEST_KEPT) octets = Buffer.allocUnsafeSlow(1024)
    return copied === text.length ? this.out : this.out + text.slice(copied)
  }

  /** Decodes the words gathered so far. */
  private flush(): void {
    if (this.filled === 0) return
    const text = withoutLineEnds(decodeOctets(octets, this.filled, this.charset))
    this.out = this.out === '' ? text : this.out + text
    this.filled = 0
  }

  /** Looks for `=?charset?encoding?payload?=` at `at`: where the payload begins, or -1 when there is no word. */
  private findWord(at: number): number {
    const { text } = this
    const start = at + 2
    const { label } = this
    const again = start + label.length
    const isAgain = label !== '' && text.charCodeAt(again) === QUESTION && text.startsWith(label, start)
    const charsetEnd = isAgain ? again : endOfCharset(text, start)
    if (charsetEnd === -1 || text.charCodeAt(charsetEnd + 2) !== QUESTION) return -1
    this.encoding = text.charCodeAt(charsetEnd + 1) | 0x20
    if (this.encoding !== BASE64 && this.encoding !== QUOTED) return -1
    const end = this.closing(charsetEnd + 3)
    if (end === -1) return -1
    this.wordEnd = end + 2
    if (!isAgain) {
      this.label = text.slice(start, charsetEnd)
      this.name = canonicalCharset(this.label)
    }
    return charsetEnd + 3
  }

  private readPayload(from: number, to: number): void {
    const { text, filled } = this
    if (this.encoding === BASE64) this.filled = base64Into(text, from, to, octets, filled)
    else {
      const end = quotedInto(text, from, to, octets, filled, 0x7f)
      this.filled = end === -1 ? this.readEightBit(text.slice(from, to)) : end
    }
  }

  /** Raw 8-bit characters in a word break the rule, but are meant in its charset. */
  private readEightBit(payload: string): number {
    const utf8 = this.name === 'utf-8' || hasWideCharacter(payload)
    const raw = utf8 ? Buffer.from(payload, 'utf8').toString('latin1') : payload
    return quotedInto(raw, 0, raw.length, octets, this.filled, 0xff)
  }

  /** Position of the next `?=`. When there is none for one word there is none for the later ones: asked once only. */
  private closing(from: number): number {
    if (this.nothingCloses) return -1
    const end = this.text.indexOf('?=', from)
    if (end === -1) this.nothingCloses = true
    return end
  }
}

/** Decoding never calls out, so one serves all. */
const words = new WordScan()

const BASE64 = 0x62
const QUOTED = 0x71
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

/**
 * The "Q" encoding (RFC 2047 §4.2). A `=` without two hexadecimal digits stands for itself.
 *
 * @returns where the octets end in `out`; -1 as soon as a character is above `highest`
 */
const quotedInto = (text: string, from: number, to: number, out: Buffer, start: number, highest: number): number => {
  let end = start
  for (let at = from; at < to; at += 1) {
    let char = text.charCodeAt(at)
    if (char === 0x5f) char = 0x20
    else if (char === 0x3d) {
      const octet = at + 2 < to ? (hexDigit(text.charCodeAt(at + 1)) << 4) | hexDigit(text.charCodeAt(at + 2)) : -1
      if (octet >= 0) {
        char = octet
        at += 2
      }
    } else if (char > highest) return -1
    out[end++] = char
  }
  return end
}

const hasWideCharacter = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return true
  return false
}

/** CR, LF and NUL as spaces; a CRLF as one. */
export const withoutLineEnds = (text: string): string => (lineEnds.test(text) ? replaceLineEnds(text) : text)

const lineEnds = /[\r\n\0]/

const replaceLineEnds = (text: string): string => {
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
