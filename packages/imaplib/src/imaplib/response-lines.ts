import type { Frame } from '../wire/frame.ts'
import { literalSizeAt } from '../wire/literal-header.ts'
import type { DataItem } from './command-table.ts'
import { IMAP4Abort } from './imap4-errors.ts'
import { reprBytes } from './python-repr.ts'

/** A response in memory; a `Frame` is one. */
export type RawResponse = Pick<Frame, 'bytes' | 'start' | 'end' | 'externals'>

/** What kind of line a response began with, tried in this order, as Python does. */
export type LineKind = 'tagged' | 'untagged' | 'continuation'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const STAR = 0x2a
const PLUS = 0x2b
const DASH = 0x2d
const NONE = Buffer.alloc(0)

/**
 * Cuts responses into what Python keeps of them: a type, and bytes.
 *
 * The rules are Python's, and strict: the type is of capital letters and `-`, and ends at the first other character (with
 * which the data is lost, unless it is a space); one space after `*`; no text behind `OK` is no response at all.
 *
 * One object is used for all the responses of a connection: its fields hold the last one that was read.
 */
export class ResponseLines {
  tagPrefix = ''
  kind: LineKind = 'untagged'
  tag = ''
  type = ''
  /** What came before {@link last}: literals, each with the bytes that led to it. Null when there are none. */
  literals: [Buffer, Buffer][] | null = null
  /** The data, or what follows the last literal. Null only for a continuation without text. */
  last: Buffer | null = NONE
  /** Parentheses still open at the end: the sign of a stray blank line behind a literal. */
  private depth = 0
  /** Where {@link cut} stopped; the data begins there. */
  private at = 0

  /**
   * Reads one response.
   *
   * @throws IMAP4Abort `unexpected response: …`, `socket error: unterminated line: …`
   */
  read(raw: RawResponse): void {
    const { bytes, start, end } = raw
    if (bytes[end] !== CR) throw unterminated(bytes, start, end)
    this.literals = null
    const first = bytes[start]
    if (first !== STAR && this.readTagged(raw)) return
    if (first === STAR && bytes[start + 1] === SPACE && end > start + 2) {
      this.kind = 'untagged'
      this.at = start + 2
      if (this.readType(bytes, end)) {
        if (bytes[this.at] === SPACE && this.at < end) return this.readData(raw, this.at + 1, 0, 0)
        this.last = NONE
        return
      }
      if (this.readNumbered(raw)) return
    }
    if (first !== PLUS || start === end) throw unexpected(bytes, start, end)
    this.kind = 'continuation'
    this.last = end > start + 1 && bytes[start + 1] === SPACE ? copy(bytes, start + 2, end) : null
  }

  /**
   * True when the response must go on though its line has ended: some servers send a blank line between a literal and
   * the rest (gh-88574), while a literal that ends a response is rightly followed by an empty rest.
   */
  get unfinished(): boolean {
    if (this.literals === null || this.last === null || this.last.length > 0) return false
    this.depth = 0
    for (const [header] of this.literals) this.depth += openParentheses(header)
    return this.depth > 0
  }

  /** Whether a line is the rest of an unfinished response, and not the beginning of another one. */
  continues({ bytes, start, end }: RawResponse): boolean {
    if (bytes[start] === STAR && bytes[start + 1] === SPACE) return false
    const at = start + this.tagPrefix.length
    return at > end || bytes.toString('latin1', start, at) !== this.tagPrefix
  }

  /** Reads the rest of an {@link unfinished} response. */
  readOn(raw: RawResponse): void {
    const before = this.literals
    if (raw.bytes[raw.end] !== CR) throw unterminated(raw.bytes, raw.start, raw.end)
    this.literals = null
    this.readData(raw, raw.start, 0, 0)
    this.literals = before === null || this.literals === null ? before : before.concat(this.literals)
  }

  /** `tag TYPE data`, with a tag of ours. */
  private readTagged({ bytes, start, end }: RawResponse): boolean {
    const { tagPrefix } = this
    let at = start + tagPrefix.length
    if (tagPrefix === '' || at >= end || bytes.toString('latin1', start, at) !== tagPrefix) return false
    const digits = at
    while (isDigit(bytes[at])) at += 1
    if (at === digits || bytes[at] !== SPACE) return false
    const tagEnd = at
    const type = at + 1
    at = type
    while (isCapital(bytes[at])) at += 1
    if (at === type || at >= end || bytes[at] !== SPACE) return false
    this.kind = 'tagged'
    this.tag = bytes.toString('latin1', start, tagEnd)
    this.type = bytes.toString('latin1', type, at)
    this.last = copy(bytes, at + 1, end)
    return true
  }

  /** `* N TYPE data`, kept as `N data` under TYPE. */
  private readNumbered(raw: RawResponse): boolean {
    const { bytes, start, end } = raw
    let at = start + 2
    while (isDigit(bytes[at])) at += 1
    if (at === start + 2 || bytes[at] !== SPACE) return false
    const numberEnd = at
    this.at = at + 1
    if (!this.readType(bytes, end)) return false
    if (bytes[this.at] === SPACE && this.at + 1 < end) this.readData(raw, this.at + 1, start + 2, numberEnd)
    else this.last = copy(bytes, start + 2, numberEnd)
    return true
  }

  private readType(bytes: Buffer, end: number): boolean {
    const from = this.at
    let at = from
    while (at < end && (isCapital(bytes[at]) || bytes[at] === DASH)) at += 1
    if (at === from) return false
    this.type = bytes.toString('latin1', from, at)
    this.at = at
    return true
  }

  /** Cuts the data at its literals, with the number, if there is one, and a space before it. */
  private readData(raw: RawResponse, from: number, number: number, numberEnd: number): void {
    const { bytes, end, externals } = raw
    let external = 0
    let at = from
    let prefixEnd = numberEnd
    for (;;) {
      const lf = bytes.indexOf(LF, at)
      if (lf === -1 || lf >= end) break
      if (bytes[lf - 1] !== CR) throw unterminated(bytes, at, lf)
      const size = Math.max(0, literalSizeAt(bytes, at, lf - 1))
      const header = joined(bytes, number, prefixEnd, at, lf - 1)
      prefixEnd = number
      at = lf + 1
      const apart = externals?.[external]
      let literal: Buffer
      if (apart !== undefined && apart.position === at) {
        literal = apart.data ?? NONE
        external += 1
      } else {
        literal = copy(bytes, at, at + size)
        at += size
      }
      if (this.literals === null) this.literals = [[header, literal]]
      else this.literals.push([header, literal])
    }
    this.last = joined(bytes, number, prefixEnd, at, end)
  }
}

/** The items of a response, in Python's shape. */
export const itemsOf = (lines: ResponseLines): DataItem[] =>
  lines.literals === null ? [lines.last ?? NONE] : [...lines.literals, lines.last ?? NONE]

/**
 * A response code, `[CODE data]`, at the beginning of a status text.
 *
 * What is in brackets reaches to the last `]` of the text, since some servers have flags with `]` in PERMANENTFLAGS
 * (bpo-21815).
 */
export const responseCode = (text: Buffer): { type: string; data: Buffer } | null => {
  if (text[0] !== 0x5b) return null
  const match = /^\[([A-Z-]+)(?: (.*))?\]/s.exec(text.toString('latin1'))
  return match === null ? null : { type: match[1] as string, data: Buffer.from(match[2] ?? '', 'latin1') }
}

const isCapital = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x41 && byte <= 0x5a
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** The memory of a response is used again for the next one. */
const copy = (bytes: Buffer, from: number, to: number): Buffer => {
  const size = to - from
  const kept = Buffer.allocUnsafe(size)
  bytes.copy(kept, 0, from, to)
  return kept
}

const joined = (bytes: Buffer, number: number, numberEnd: number, from: number, to: number): Buffer => {
  if (number === numberEnd) return copy(bytes, from, to)
  const digits = numberEnd - number
  const kept = Buffer.allocUnsafe(digits + 1 + to - from)
  bytes.copy(kept, 0, number, numberEnd)
  kept[digits] = SPACE
  bytes.copy(kept, digits + 1, from, to)
  return kept
}

/** How many parentheses a piece of a response opens and does not close, those in quoted strings not counted. */
const openParentheses = (piece: Buffer): number => {
  let depth = 0
  let quoted = false
  for (let at = 0; at < piece.length; at += 1) {
    const byte = piece[at]
    if (quoted && byte === 0x5c) at += 1
    else if (byte === 0x22) quoted = !quoted
    else if (!quoted && byte === 0x28) depth += 1
    else if (!quoted && byte === 0x29) depth -= 1
  }
  return depth
}

/** The first line of a response, without its CRLF. */
export const firstLine = ({ bytes, start, end }: RawResponse): Buffer => {
  const lf = bytes.indexOf(LF, start)
  const stop = lf === -1 || lf > end ? end : bytes[lf - 1] === CR ? lf - 1 : lf
  return copy(bytes, start, stop)
}

const unexpected = (bytes: Buffer, start: number, end: number) =>
  new IMAP4Abort(`unexpected response: ${reprBytes(firstLine({ bytes, start, end, externals: null }))}`)

const unterminated = (bytes: Buffer, start: number, end: number) =>
  new IMAP4Abort(`socket error: unterminated line: ${reprBytes(bytes.subarray(start, end + 1))}`)
