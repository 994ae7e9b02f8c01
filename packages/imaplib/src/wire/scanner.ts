import { classes, Cursor, ENDS_ASTRING, FOLLOWS_QUOTED, isDigit, silent } from './cursor.ts'
import type { ExternalLiteral, Frame } from './frame.ts'
import { InternTable } from './intern.ts'
import { fail } from './parse-error.ts'
import { decodeRaw, isAsciiText, type RawText } from './raw-text.ts'

const NEVER = 0x7fffffff
const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const PLUS = 0x2b
const ZERO = 0x30
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const TILDE = 0x7e

/** A literal whose octets went to a stream instead of memory; only its size is known here. */
export class StreamedLiteral {
  readonly size: number
  constructor(size: number) {
    this.size = size
  }
}

/** V8 copies shorter slices anyway. */
const SHORTEST_VIEW = 13

/** Longer strings are seldom the same twice. */
const SHORT = 20

const values = new InternTable(2048, 'exact', SHORT)
const lowerValues = new InternTable(1024, 'lower', SHORT)

/**
 * A cursor over one response: integers into bytes, and the same bytes as a latin1 string to cut text from.
 *
 * Structure is tested on the bytes, text is sliced from the string: no token objects, no regular expressions, a string
 * is made once. One scanner serves all responses of a connection ({@link reset}). It is lenient where leniency cannot
 * change the meaning (several spaces, a missing last parenthesis) and reports that to {@link diagnostics}; everything
 * else throws `ParseError`, to be caught at the response's edge.
 *
 * "raw" in a method's name: latin1 characters, one for each octet, not decoded. The others decode octets above 0x7F
 * ({@link decodeRaw}).
 */
export class Scanner extends Cursor {
  /** The same as `bytes`, as latin1 characters with the same indexes. Null until it is wanted, and then the frame's. */
  private known: RawText | null = ''
  private knownAscii = true
  private frame: Frame | null = null
  /** The text that the positions below are about. */
  private searched: RawText = ''
  /** `text` is a whole chunk's, which no string that is cut from it may keep alive. */
  private shared = false
  private externals: readonly ExternalLiteral[] | null = null

  // What is known of `text`, kept from frame to frame of a chunk: searching it anew for each would be quadratic.
  /** The first backslash at or after `backslashFrom`. */
  private backslash = -1
  private backslashFrom = 0
  /** There is no quote in `text` between these. */
  private quoteFreeFrom = 0
  private quoteFreeTo = 0
  /** No quote from here on in this frame is followed by what may follow a quoted string. */
  private strayQuotesFrom = NEVER

  // The literal last read by `literal()`.
  private literalFrom = 0
  private literalTo = 0
  private literalExternal: ExternalLiteral | null = null

  reset(frame: Frame): void {
    this.bytes = frame.bytes
    this.known = null
    this.frame = frame
    this.pos = frame.start
    this.end = frame.end
    this.shared = true
    this.externals = frame.externals
    this.strayQuotesFrom = NEVER
  }

  /** Reads `bytes` from `start` to `end`, which hold the same as `text`; there are no external literals. */
  resetTo(bytes: Buffer, text: RawText, start: number, end: number, ascii: boolean): void {
    if (text !== this.searched) this.forget(text)
    this.bytes = bytes
    this.known = text
    this.knownAscii = ascii
    this.frame = null
    this.pos = start
    this.end = end
    this.shared = false
    this.externals = null
    this.strayQuotesFrom = NEVER
  }

  /** `bytes` as latin1 characters with the same indexes. Of a frame that is all of its chunk, so it is made if wanted. */
  get text(): RawText {
    return this.known ?? this.textOfFrame()
  }

  /** No octet of the response is above 0x7F. */
  get ascii(): boolean {
    if (this.known === null) this.textOfFrame()
    return this.knownAscii
  }

  private textOfFrame(): RawText {
    const { text, ascii } = this.frame as Frame
    if (text !== this.searched) this.forget(text)
    this.known = text
    this.knownAscii = ascii
    return text
  }

  private forget(text: RawText): void {
    this.searched = text
    this.backslash = -1
    this.backslashFrom = 0
    this.quoteFreeFrom = 0
    this.quoteFreeTo = 0
  }

  // --- strings

  /**
   * Raw text. Of long strings the engine makes views, which keep all of `text`: 64 KiB for the sake of a mailbox name.
   * So from a frame they are copied. Text that was kept for a row belongs to the row: there a view is right, and free.
   */
  private cut(from: number, to: number): RawText {
    if (this.shared && to - from >= SHORTEST_VIEW) return this.bytes.toString('latin1', from, to)
    return this.text.slice(from, to)
  }

  /** An atom (`]` allowed in it), quoted string or literal, decoded. */
  astring(): string {
    return this.decode(this.rawAstring())
  }

  rawAstring(): RawText {
    const byte = this.peek()
    if (byte === QUOTE) return this.rawQuoted()
    if (this.literal()) return this.rawLiteral()
    const from = this.pos
    const to = this.endOf(ENDS_ASTRING, 'a string')
    return this.cut(from, to)
  }

  /** A quoted string or literal, decoded. An atom is let pass. */
  string(): string {
    return this.decode(this.rawString())
  }

  /** A string, or null for `NIL`. */
  nstring(): string | null {
    const raw = this.rawNstring()
    return raw === null ? null : this.decode(raw)
  }

  rawString(): RawText {
    if (this.peek() === QUOTE) return this.rawQuoted()
    if (this.literal()) return this.rawLiteral()
    const from = this.pos
    const to = this.endOf(ENDS_ASTRING, 'a string')
    this.diagnostics.repaired('atom-for-string')
    return this.cut(from, to)
  }

  rawNstring(): RawText | null {
    if (this.peek() === QUOTE) return this.rawQuoted()
    return this.takeNil() ? null : this.rawString()
  }

  /** A short string that comes often, interned and in lower case (ASCII letters only); null for `NIL`. */
  lowerNstring(): RawText | null {
    if (this.peek() === QUOTE) return this.internedQuoted(lowerValues) ?? asciiLower(this.rawQuoted())
    return this.takeNil() ? null : asciiLower(this.rawString())
  }

  /** A string that comes often (a parameter's value, a host name), interned, as sent; null for `NIL`. */
  internedNstring(): RawText | null {
    if (this.peek() === QUOTE) return this.internedQuoted(values) ?? this.rawQuoted()
    return this.rawNstring()
  }

  private internedQuoted(table: InternTable): RawText | undefined {
    const text = table.getQuoted(this.bytes, this.pos + 1, this.end)
    if (text === undefined || !this.mayFollowQuoted(table.stop + 1)) return undefined
    this.pos = table.stop + 1
    return text
  }

  /** The octets of a string, copied; a streamed literal gives its size only. */
  stringBytes(): Buffer | StreamedLiteral {
    if (this.literal()) {
      const external = this.literalExternal
      if (external !== null) return external.data ?? new StreamedLiteral(external.size)
      return Buffer.from(this.bytes.subarray(this.literalFrom, this.literalTo))
    }
    return Buffer.from(this.rawString(), 'latin1')
  }

  /** {@link stringBytes}, or null for `NIL`. */
  nstringBytes(): Buffer | StreamedLiteral | null {
    return this.takeNil() ? null : this.stringBytes()
  }

  /** Raw text up to `byte`, which is not read. */
  rawUntil(byte: number): RawText {
    const { bytes, pos, end } = this
    let at = pos
    while (at < end && bytes[at] !== byte) at += 1
    if (at === end) fail(`"${String.fromCharCode(byte)}"`, end)
    this.pos = at
    return this.cut(pos, at)
  }

  /** Everything up to the end of the response, decoded. */
  rest(): string {
    const raw = this.cut(this.pos, this.end)
    this.pos = this.end
    return this.decode(raw)
  }

  /** A copy of the bytes between two positions. Octets of external literals are not among them. */
  copy(from: number, to: number): Buffer {
    return Buffer.from(this.bytes.subarray(from, to))
  }

  /** Decodes raw text of this response, and reports text that is neither ASCII nor UTF-8. */
  decode(raw: RawText): string {
    if (this.ascii || isAsciiText(raw)) return raw
    const text = decodeRaw(raw)
    // UTF-8 is never as long as its octets; windows-1252 always is.
    if (text.length === raw.length) this.diagnostics.repaired('text-8bit')
    return text
  }

  /** Reports raw text that {@link decodeRaw} will have to guess the charset of. */
  noteCharset(raw: RawText): void {
    if (!this.ascii) this.decode(raw)
  }

  /** Where the quoted string that is next closes, if it has no escape and no stray quote; then it is read. Else -1. */
  private plainQuoted(): number {
    const open = this.pos + 1
    const close = this.closingQuote(open)
    if (this.backslash < open || open < this.backslashFrom) this.findBackslash(open)
    if (this.backslash < close) return -1
    if (!this.mayFollowQuoted(close + 1)) return -1
    this.pos = close + 1
    return close
  }

  private rawQuoted(): RawText {
    const open = this.pos + 1
    const close = this.plainQuoted()
    return close === -1 ? this.oddQuoted(open) : this.cut(open, close)
  }

  private closingQuote(open: number): number {
    const { text } = this
    if (open < this.quoteFreeTo && open >= this.quoteFreeFrom && this.quoteFreeTo >= this.end)
      fail('a closing quote', open)
    const close = text.indexOf('"', open)
    if (close !== -1 && close < this.end) return close
    this.quoteFreeFrom = open
    this.quoteFreeTo = close === -1 ? NEVER : close
    return fail('a closing quote', open)
  }

  private findBackslash(open: number): void {
    const at = this.text.indexOf('\\', open)
    this.backslashFrom = open
    this.backslash = at === -1 ? NEVER : at
  }

  /**
   * A quoted string with escapes, or with quotes inside that should have been escaped: a quote ends the string only if
   * a delimiter follows. Should none do so, the first one ends it.
   */
  private oddQuoted(open: number): RawText {
    const { bytes, end } = this
    let value = ''
    let from = open
    let at = open
    let stray: RawText | null = null
    let strayAt = 0
    while (at < end) {
      const byte = bytes[at]
      if (byte === BACKSLASH && at + 1 < end) {
        const next = bytes[at + 1]
        if (next === QUOTE || next === BACKSLASH) {
          value += this.cut(from, at)
          from = at + 1
          at += 1
        } else this.diagnostics.repaired('quote-bad-escape')
      } else if (byte === QUOTE) {
        const ends = stray === null ? this.mayFollowQuoted(at + 1) : this.surelyFollowsQuoted(at + 1)
        if (ends || at >= this.strayQuotesFrom) {
          if (stray !== null) this.diagnostics.repaired('quote-unescaped')
          this.pos = at + 1
          return value + this.cut(from, at)
        }
        if (stray === null) {
          stray = value + this.cut(from, at)
          strayAt = at
        }
      }
      at += 1
    }
    if (stray === null) return fail('a closing quote', open)
    this.diagnostics.repaired('quote-unescaped')
    this.strayQuotesFrom = strayAt
    this.pos = strayAt + 1
    return stray
  }

  private mayFollowQuoted(at: number): boolean {
    return at >= this.end || ((classes[this.bytes[at] as number] as number) & FOLLOWS_QUOTED) !== 0
  }

  /** Stricter, for strings known to have stray quotes: a word after a space is still inside, `say "hi" now`. */
  private surelyFollowsQuoted(at: number): boolean {
    if (!this.mayFollowQuoted(at)) return false
    const { bytes, end } = this
    if (at >= end || bytes[at] !== SPACE) return true
    const next = at + 1 < end ? (bytes[at + 1] as number) : SPACE
    if (next === QUOTE || next === OPEN || next === CLOSE || next === SPACE || next === OPEN_BRACE || isDigit(next))
      return true
    const { pos } = this
    this.pos = at + 1
    const nil = this.takeNil()
    this.pos = pos
    return nil
  }

  // --- literals

  /** Reads `{n}` or `~{n}` CRLF and passes over its octets, if a literal is next. */
  private literal(): boolean {
    const { bytes, end } = this
    let at = this.pos
    if (at < end && bytes[at] === TILDE) at += 1
    if (at >= end || bytes[at] !== OPEN_BRACE) return false
    at += 1
    const digits = at
    let size = 0
    while (at < end && isDigit(bytes[at] as number)) size = size * 10 + ((bytes[at++] as number) - ZERO)
    if (at === digits) return false
    if (at < end && bytes[at] === PLUS) at += 1
    if (at >= end || bytes[at] !== CLOSE_BRACE) return false
    at += 1
    if (bytes[at] === 0x0d) at += 1
    if (bytes[at] !== 0x0a) return false
    at += 1
    const external = this.externals === null ? null : externalAt(this.externals, at)
    const to = external === null ? at + size : at
    if (to > end) fail('the octets of a literal', at)
    this.literalExternal = external
    this.literalFrom = at
    this.literalTo = to
    this.pos = to
    return true
  }

  private rawLiteral(): RawText {
    const external = this.literalExternal
    if (external === null) return this.cut(this.literalFrom, this.literalTo)
    if (external.data === null) return fail('a literal kept in memory', this.pos)
    // The frame's flag speaks of the frame's own bytes.
    void this.text
    this.knownAscii = false
    return external.data.toString('latin1')
  }

  // --- anything

  /**
   * Passes over one value whatever it is: atom, string, literal, or a list nested to any depth (a counter, no stack).
   */
  skipValue(): void {
    const { bytes, end } = this
    let depth = 0
    let at = this.pos
    do {
      while (at < end && bytes[at] === SPACE) at += 1
      if (at >= end) {
        this.pos = end
        if (depth === 0) fail('a value', end)
        this.diagnostics.repaired('list-unclosed')
        return
      }
      const byte = bytes[at] as number
      if (byte === OPEN) {
        depth += 1
        at += 1
      } else if (byte === CLOSE) {
        if (depth === 0) fail('a value', at)
        depth -= 1
        at += 1
      } else if (byte === QUOTE) {
        // Most strings are short: looking at each byte beats a call that searches.
        const open = at
        do at += 1
        while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH)
        if (at < end && bytes[at] === QUOTE && this.mayFollowQuoted(at + 1)) at += 1
        else {
          this.pos = open
          this.oddQuoted(open + 1)
          at = this.pos
        }
      } else {
        this.pos = at
        if ((byte === OPEN_BRACE || byte === TILDE) && this.literal()) at = this.pos
        else {
          // A byte that no atom may begin with is passed over alone: this must always get on.
          at += 1
          while (at < end && ((classes[bytes[at] as number] as number) & ENDS_ASTRING) === 0) at += 1
        }
      }
    } while (depth > 0)
    this.pos = at
  }

  /** {@link skipValue} without reports: for what will be parsed later and reported then. */
  skipQuietly(): void {
    const { diagnostics } = this
    this.diagnostics = silent
    try {
      this.skipValue()
    } finally {
      this.diagnostics = diagnostics
    }
  }

  /** Whether some literals of the response lie outside of its frame. */
  get hasExternals(): boolean {
    return this.externals !== null
  }

  /**
   * A copy of the raw text between two positions that stands for itself: literals kept outside of the frame are put
   * where they belong; a streamed one, whose octets are gone, becomes `NIL`.
   */
  rawCopy(from: number, to: number): RawText {
    const { bytes, externals } = this
    if (externals === null) return bytes.toString('latin1', from, to)
    let text = ''
    let at = from
    for (const { position, data } of externals) {
      if (position <= from || position > to) continue
      if (data === null) text += `${withoutHeader(bytes.toString('latin1', at, position))}NIL`
      else text += bytes.toString('latin1', at, position) + data.toString('latin1')
      at = position
    }
    return text + bytes.toString('latin1', at, to)
  }
}

const externalAt = (externals: readonly ExternalLiteral[], position: number): ExternalLiteral | null => {
  // Ascending by position (frame.ts), and there may be many.
  let low = 0
  let high = externals.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const external = externals[middle] as ExternalLiteral
    if (external.position === position) return external
    if (external.position < position) low = middle + 1
    else high = middle - 1
  }
  return null
}

const withoutHeader = (text: RawText): RawText => {
  const brace = text.lastIndexOf('{')
  return text.slice(0, text[brace - 1] === '~' ? brace - 1 : brace)
}

/** Only ASCII letters: raw text has octets, not letters, above 0x7F. */
const asciiLower = (raw: RawText): RawText =>
  isAsciiText(raw) ? raw.toLowerCase() : raw.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
