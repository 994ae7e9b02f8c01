import { isAsciiText } from '../wire/raw-text.ts'
import { decodeOctets } from './charset.ts'
import { canonicalCharset } from './charset-labels.ts'
import { decodeWords, withoutLineEnds } from './encoded-words.ts'
import { hexDigit } from './hex-octet.ts'

/**
 * Puts the parameters of a Content-Type or Content-Disposition together: `filename*0*=utf-8''caf; filename*1*=%C3%A9`
 * (RFC 2231 §3, §4) is one `filename`. Names come out in lower case, in order of first appearance.
 *
 * Of several answers for a name, `name*` wins over `name*0 …`, and that over plain `name`, since plain is what
 * mailers add for those that know no better; of two alike the first wins. A value not encoded this way may hold encoded words
 * (RFC 2047), which is forbidden (§5) and common. CR, LF and NUL that come out of an encoded value become spaces.
 *
 * @param pairs names and values as the server sent them; a value may be null (`("boundary" NIL)`)
 */
export const decodeParameters = (pairs: readonly (readonly [string, string | null])[]): Map<string, string> => {
  const found = new Map<string, Parameter>()
  for (const [key, value] of pairs) {
    const { name, index, extended } = splitKey(key.trim().toLowerCase())
    let parameter = found.get(name)
    if (parameter === undefined) found.set(name, (parameter = { plain: null, whole: null, segments: null }))
    const text = value ?? ''
    if (index !== null) {
      parameter.segments ??= new Map()
      if (!parameter.segments.has(index)) parameter.segments.set(index, { text, extended })
    } else if (extended) parameter.whole ??= text
    else parameter.plain ??= text
  }
  return new Map(Array.from(found, ([name, parameter]) => [name, valueOf(parameter)]))
}

interface Parameter {
  plain: string | null
  whole: string | null
  segments: Map<number, Segment> | null
}

interface Segment {
  readonly text: string
  readonly extended: boolean
}

/** `name*1*` → name, index 1, extended. What only looks like it is a plain name: `name*01`, `name*99999999`. */
const splitKey = (key: string): { name: string; index: number | null; extended: boolean } => {
  const extended = key.length > 1 && key.endsWith('*')
  const base = extended ? key.slice(0, -1) : key
  const star = base.lastIndexOf('*')
  const digits = star > 0 ? base.slice(star + 1) : ''
  const index = sectionNumber(digits)
  return index === null ? { name: base, index, extended } : { name: base.slice(0, star), index, extended }
}

/** RFC 2231 §7: "0", or digits without a leading zero. More than four of them no message can need. */
const sectionNumber = (digits: string): number | null => {
  if (digits.length === 0 || digits.length > 4 || (digits.length > 1 && digits.startsWith('0'))) return null
  for (let at = 0; at < digits.length; at += 1) {
    const char = digits.charCodeAt(at)
    if (char < 0x30 || char > 0x39) return null
  }
  return Number(digits)
}

const valueOf = ({ whole, segments, plain }: Parameter): string => {
  if (whole !== null) return decodeExtended(whole)
  const ordered = segments === null ? [] : inOrder(segments)
  if (ordered.length > 0) return decodeSegments(ordered)
  return decodeWords(plain ?? '')
}

/** Sections 0, 1, 2 … up to the first that is missing; some mailers count from 1. */
const inOrder = (segments: ReadonlyMap<number, Segment>): Segment[] => {
  const ordered: Segment[] = []
  for (let index = segments.has(0) ? 0 : 1; ; index += 1) {
    const segment = segments.get(index)
    if (segment === undefined) return ordered
    ordered.push(segment)
  }
}

/** The value of a `name*`, which stands for itself. */
export const decodeExtended = (text: string): string =>
  (usualStart.test(text) ? decodeUsual(text) : null) ?? decodeSegments([{ text, extended: true }])

/** `UTF-8'en'`, or without the language. */
const usualStart = /^utf-8'[^']*'/i

/** UTF-8 by the platform's decoder, which knows the same encoding; null if it is not valid, or begins with a mark. */
const decodeUsual = (text: string): string | null => {
  try {
    const decoded = decodeURIComponent(text.slice(text.indexOf("'", 6) + 1))
    return decoded.startsWith('\uFEFF') ? null : withoutLineEnds(decoded)
  } catch {
    return null
  }
}

/** Octets of neighbouring extended segments are joined before they are decoded: a character may be split between them. */
const decodeSegments = (segments: readonly Segment[]): string => {
  if (!segments.some((segment) => segment.extended)) return decodeWords(segments.map(({ text }) => text).join(''))
  const [first] = segments
  const { charset, rest } = splitCharset(first as Segment)
  const name = canonicalCharset(charset)
  let out = ''
  let filled = 0
  for (const segment of segments) {
    const text = segment === first ? rest : segment.text
    if (segment.extended) filled = percentOctets(text, filled)
    else {
      if (filled > 0) out += decodeOctets(octets, filled, name)
      out += text
      filled = 0
    }
  }
  if (filled > 0) out += decodeOctets(octets, filled, name)
  if (octets.length > LONGEST_KEPT) octets = Buffer.allocUnsafeSlow(256)
  return withoutLineEnds(out)
}

/** `charset'language'text`. Without the two quotes there is no charset, and the octets must speak for themselves. */
const splitCharset = ({ text, extended }: Segment): { charset: string; rest: string } => {
  const quote = extended ? text.indexOf("'") : -1
  const second = quote === -1 ? -1 : text.indexOf("'", quote + 1)
  if (second === -1) return { charset: UNSTATED, rest: text }
  return { charset: text.slice(0, quote) || UNSTATED, rest: text.slice(second + 1) }
}

/** A label that no charset has: decoded as UTF-8 where it is that, else as windows-1252. */
const UNSTATED = 'unstated'

/** Octets that wait to be decoded. One buffer, which grows to the longest value and is then let go. */
let octets = Buffer.allocUnsafeSlow(256)

const LONGEST_KEPT = 4096

/** Appends the octets of a segment to those that are there up to `filled`; returns up to where they are then. */
const percentOctets = (text: string, filled: number): number => {
  const raw = isAsciiText(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
  if (octets.length < filled + raw.length) {
    const grown = Buffer.allocUnsafeSlow((filled + raw.length) * 2)
    octets.copy(grown, 0, 0, filled)
    octets = grown
  }
  let end = filled
  for (let at = 0; at < raw.length; at += 1) {
    let byte = raw.charCodeAt(at)
    if (byte === 0x25) {
      const octet = (hexDigit(raw.charCodeAt(at + 1)) << 4) | hexDigit(raw.charCodeAt(at + 2))
      if (octet >= 0) {
        byte = octet
        at += 2
      }
    }
    octets[end++] = byte
  }
  return end
}
