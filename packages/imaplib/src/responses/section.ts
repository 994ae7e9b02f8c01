import { InternTable } from '../wire/intern.ts'
import type { Scanner, StreamedLiteral } from '../wire/scanner.ts'

/** What came for a section of a message (RFC 9051 §7.5.2, BODY[…] and BINARY[…]). */
export interface Section {
  /** Its canonical name, as {@link canonicalSection} gives it, without the origin: `BODY[1.MIME]`. */
  readonly name: string
  /** The first octet of a partial answer; null if the server says nothing of a part: then it is the whole section. */
  readonly origin: number | null
  /** The octets; their size alone when they were streamed; null when the section does not exist (`NIL`). */
  readonly data: Buffer | StreamedLiteral | null
}

const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const SPACE = 0x20
const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const LESS = 0x3c
const GREATER = 0x3e

const names = new InternTable(512, 'upper', 400)

/**
 * Reads the rest of a section's name after `BODY` or `BINARY` from the `[` on. The same section always gives the same
 * string: upper case, header names unquoted, single spaces.
 */
export const readSectionName = (scan: Scanner, prefix: string): string => {
  const from = scan.pos
  const { bytes, end } = scan
  let at = from + 1
  let plain = true
  while (at < end && bytes[at] !== CLOSE_BRACKET) {
    const byte = bytes[at]
    if (byte === QUOTE || byte === OPEN_BRACE) return readOddSectionName(scan, prefix)
    if (byte === SPACE && (bytes[at - 1] === SPACE || bytes[at - 1] === 0x28 || bytes[at + 1] === 0x29)) plain = false
    at += 1
  }
  if (at >= end || !plain) return readOddSectionName(scan, prefix)
  scan.pos = at + 1
  // The name stands right before the bracket, so both are one run of bytes.
  return names.get(bytes, from - prefix.length, at + 1)
}

/** `BODY[HEADER.FIELDS ("From" {2}…)]`: names as strings, or spaces to spare. */
const readOddSectionName = (scan: Scanner, prefix: string): string => {
  scan.expect(OPEN_BRACKET)
  scan.skipSpaces()
  let name = scan.peek() === CLOSE_BRACKET ? '' : scan.atom().toUpperCase()
  scan.skipSpaces()
  if (scan.openList()) {
    const fields: string[] = []
    while (!scan.closeList())
      fields.push(scan.peek() === QUOTE || scan.peek() === OPEN_BRACE ? scan.string() : scan.atom())
    name += ` (${fields.join(' ').toUpperCase()})`
  }
  scan.skipSpaces()
  scan.expect(CLOSE_BRACKET)
  return `${prefix}[${name}]`
}

/** `<1024>`, if it is next. */
export const readOrigin = (scan: Scanner): number | null => {
  if (!scan.take(LESS)) return null
  const origin = scan.number64()
  // A server that repeats the length as well, `<0.1024>`, means the same.
  if (scan.take(0x2e)) scan.number64()
  scan.expect(GREATER)
  return origin
}

/**
 * The name under which the answer to a request is found: `body.peek[header.fields (From "To")]<0.100>` →
 * `BODY[HEADER.FIELDS (FROM TO)]`. `.PEEK` and the partial range are not part of it.
 */
export const canonicalSection = (request: string): string => {
  const upper = request.toUpperCase().replace(/\.PEEK\[/, '[')
  const end = upper.lastIndexOf(']')
  const start = upper.indexOf('[')
  if (start === -1 || end === -1) return upper
  const inside = upper
    .slice(start + 1, end)
    .replaceAll('"', '')
    .split(/[ ]+/)
    .join(' ')
    .trim()
    .replaceAll('( ', '(')
    .replaceAll(' )', ')')
  return `${upper.slice(0, start)}[${inside}]`
}
