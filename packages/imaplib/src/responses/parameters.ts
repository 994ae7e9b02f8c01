import { decodeCharset } from './charset.ts'
import { decodeWords, withoutLineEnds } from './encoded-words.ts'
import { hexOctet } from './hex-octet.ts'

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
  if (whole !== null) return decodeSegments([{ text: whole, extended: true }])
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

/** Octets of neighbouring extended segments are joined before they are decoded: a character may be split between them. */
const decodeSegments = (segments: readonly Segment[]): string => {
  if (!segments.some((segment) => segment.extended)) return decodeWords(segments.map(({ text }) => text).join(''))
  const [first] = segments
  const { charset, rest } = splitCharset(first as Segment)
  let out = ''
  let octets: Buffer[] = []
  const flush = (): void => {
    if (octets.length > 0) out += decodeCharset(Buffer.concat(octets), charset).text
    octets = []
  }
  for (const segment of segments) {
    const text = segment === first ? rest : segment.text
    if (segment.extended) octets.push(percentOctets(text))
    else {
      flush()
      out += text
    }
  }
  flush()
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

const percentOctets = (text: string): Buffer => {
  const source = Buffer.from(text, 'utf8')
  let length = 0
  for (let at = 0; at < source.length; at += 1) {
    let byte = source[at] as number
    if (byte === 0x25) {
      const octet = hexOctet(source, at + 1)
      if (octet >= 0) {
        byte = octet
        at += 2
      }
    }
    source[length++] = byte
  }
  return source.subarray(0, length)
}
