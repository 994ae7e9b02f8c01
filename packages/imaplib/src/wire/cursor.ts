import { InternTable } from './intern.ts'
import { fail } from './parse-error.ts'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const MINUS = 0x2d
const ZERO = 0x30

/** Deviations that the scanner itself repairs; each is an entry of the quirk table in `responses/`. */
export type ScanRepair =
  | 'quote-unescaped'
  | 'quote-bad-escape'
  | 'atom-for-string'
  | 'number-negative'
  | 'number-float'
  | 'number-quoted'
  | 'list-unclosed'
  | 'text-8bit'

export interface ScanDiagnostics {
  repaired(repair: ScanRepair): void
}

/** Hears nothing. */
export const silent: ScanDiagnostics = { repaired: () => undefined }

// Which bytes end what, as bits of one table. Atoms end where RFC 9051 §9 (atom-specials) must be heeded to find the
// structure; other specials are let through, since servers send `{`, `%`, `*` and raw UTF-8 in atoms.
export const ENDS_ATOM = 1
export const ENDS_ASTRING = 2
const ENDS_NAME = 4
export const FOLLOWS_QUOTED = 8
export const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === SPACE || byte === CLOSE || byte === 0x0d || byte === 0x0a)
    return ENDS_ATOM | ENDS_ASTRING | ENDS_NAME | FOLLOWS_QUOTED
  if (byte === OPEN || byte === QUOTE) return ENDS_ATOM | ENDS_ASTRING | ENDS_NAME | FOLLOWS_QUOTED
  if (byte === 0x5d) return ENDS_ATOM | ENDS_NAME | FOLLOWS_QUOTED
  if (byte === 0x5b) return ENDS_NAME
  if (byte < SPACE || byte === 0x7f) return ENDS_ATOM | ENDS_ASTRING | ENDS_NAME
  return 0
})

const names = new InternTable(1024, 'upper')
const words = new InternTable(2048, 'exact')

/** Where a scanner stands, and the pieces of a response that are no strings: single bytes, lists, atoms, numbers. */
export class Cursor {
  bytes: Buffer = Buffer.alloc(0)
  /** The next byte to be read. */
  pos = 0
  /** Position after the last byte of the response. */
  end = 0
  diagnostics: ScanDiagnostics = silent

  // --- single bytes

  /** The next byte, -1 at the end. */
  peek(): number {
    return this.pos < this.end ? (this.bytes[this.pos] as number) : -1
  }

  /** The byte `ahead` of the next one, -1 beyond the end. */
  peekAt(ahead: number): number {
    const at = this.pos + ahead
    return at < this.end ? (this.bytes[at] as number) : -1
  }

  /** Reads `byte` if it is next. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false
    this.pos += 1
    return true
  }

  expect(byte: number): void {
    if (!this.take(byte)) fail(`"${String.fromCharCode(byte)}"`, this.pos)
  }

  get atEnd(): boolean {
    return this.pos >= this.end
  }

  /** At least one space; several are as good as one. */
  space(): void {
    if (!this.skipSpaces()) fail('a space', this.pos)
  }

  /** Skips spaces, if any. Returns whether there were. */
  skipSpaces(): boolean {
    const { bytes, end, pos } = this
    if (pos >= end || bytes[pos] !== SPACE) return false
    let at = pos + 1
    while (at < end && bytes[at] === SPACE) at += 1
    this.pos = at
    return true
  }

  /** Skips spaces. Whether the list that is being read, or the response, ends there: the next item is missing. */
  atListEnd(): boolean {
    const { bytes, end, pos } = this
    if (pos >= end) return true
    let byte = bytes[pos] as number
    if (byte === SPACE) {
      let at = pos + 1
      while (at < end && bytes[at] === SPACE) at += 1
      this.pos = at
      if (at >= end) return true
      byte = bytes[at] as number
    }
    return byte === CLOSE
  }

  /** Begins anew from an earlier position. */
  rewind(position: number): void {
    this.pos = position
  }

  fail(expected: string): never {
    return fail(expected, this.pos)
  }

  // --- lists

  /** Reads `(` if it is next. The items are read by `while (!scan.closeList()) …`. */
  openList(): boolean {
    return this.take(OPEN)
  }

  /** Skips spaces; reads `)` if it is next. At the end of the response a missing one is taken as read. */
  closeList(): boolean {
    let byte = this.peek()
    if (byte === SPACE) {
      this.skipSpaces()
      byte = this.peek()
    }
    if (byte === CLOSE) {
      this.pos += 1
      return true
    }
    if (byte !== -1) return false
    this.diagnostics.repaired('list-unclosed')
    return true
  }

  // --- atoms

  /** Interned, as sent. Ends before `]`, space, parentheses, quote and controls. */
  atom(): string {
    return this.word(words, ENDS_ATOM, 'an atom')
  }

  /** An atom in upper case, interned: for names that are compared or looked up, as `UIDVALIDITY`. */
  upperAtom(): string {
    return this.word(names, ENDS_ATOM, 'an atom')
  }

  /** Like {@link upperAtom}, but ends before `[` too: the name of a FETCH item. */
  name(): string {
    return this.word(names, ENDS_NAME, 'a name')
  }

  private word(table: InternTable, ends: number, expected: string): string {
    const { pos } = this
    const text = table.getUntil(this.bytes, pos, this.end, classes, ends)
    if (table.stop === pos) fail(expected, pos)
    this.pos = table.stop
    return text
  }

  /** Moves past the run of bytes without the class `ends`; returns where it stops. The caller reads `pos` before. */
  protected endOf(ends: number, expected: string): number {
    const { bytes, end, pos } = this
    let at = pos
    while (at < end && ((classes[bytes[at] as number] as number) & ends) === 0) at += 1
    if (at === pos) fail(expected, pos)
    this.pos = at
    return at
  }

  /** `NIL`, in any case, as a whole word. */
  takeNil(): boolean {
    const { bytes, pos, end } = this
    if (pos + 3 > end) return false
    if (((bytes[pos] as number) | 0x20) !== 0x6e || ((bytes[pos + 1] as number) | 0x20) !== 0x69) return false
    if (((bytes[pos + 2] as number) | 0x20) !== 0x6c) return false
    if (pos + 3 < end && ((classes[bytes[pos + 3] as number] as number) & ENDS_ATOM) === 0) return false
    this.pos = pos + 3
    return true
  }

  // --- numbers

  /** `number` of RFC 9051 §9: digits, at most 2^32-1. */
  number(): number {
    const value = this.number64()
    return value <= 0xffffffff ? value : fail('a number of 32 bits', this.pos)
  }

  /** `number64`, as far as JavaScript counts exactly: at most 2^53-1. */
  number64(): number {
    const { bytes, pos, end } = this
    let at = pos
    let value = 0
    while (at < end && isDigit(bytes[at] as number)) {
      value = value * 10 + ((bytes[at] as number) - ZERO)
      at += 1
      if (value > Number.MAX_SAFE_INTEGER) fail('a number of 53 bits', pos)
    }
    if (at === pos) fail('a number', pos)
    this.pos = at
    return value
  }

  /** A number that servers are known to get wrong (sizes, line counts): null for `NIL` and negative numbers. */
  looseNumber(): number | null {
    const byte = this.peek()
    if (isDigit(byte)) {
      const value = this.number64()
      const next = this.peek()
      if (next !== 0x2e && (next | 0x20) !== 0x65) return value
      return this.fraction(value)
    }
    if (byte === QUOTE) return this.quotedNumber()
    if (byte === MINUS && isDigit(this.peekAt(1))) {
      this.pos += 1
      this.number64()
      this.diagnostics.repaired('number-negative')
      return null
    }
    return this.takeNil() ? null : fail('a number', this.pos)
  }

  /** The rest of `1.86931e+06`, rounded. */
  private fraction(whole: number): number {
    const from = this.pos
    const text = this.bytes.toString('latin1', from, this.endOf(ENDS_ATOM, 'a number'))
    const value = text.length > MAX_FRACTION ? Number.NaN : Number(`${whole}${text}`)
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) fail('a number', from)
    this.diagnostics.repaired('number-float')
    return Math.round(value)
  }

  /** `"12"`: quoted by a server that quotes everything; null when it is no number. */
  private quotedNumber(): number | null {
    const { bytes, end } = this
    let at = this.pos + 1
    let value = at < end && isDigit(bytes[at] as number) ? 0 : null
    while (at < end && isDigit(bytes[at] as number)) value = (value as number) * 10 + ((bytes[at++] as number) - ZERO)
    if (at >= end || bytes[at] !== QUOTE || (value !== null && value > Number.MAX_SAFE_INTEGER))
      fail('a number', this.pos)
    this.pos = at + 1
    this.diagnostics.repaired('number-quoted')
    return value
  }

  /** Up to 63 bits (mod-sequences, RFC 7162 §7; object sizes). */
  bigint(): bigint {
    const { bytes, pos, end } = this
    let at = pos
    while (at < end && isDigit(bytes[at] as number)) at += 1
    if (at === pos) fail('a number', pos)
    let first = pos
    while (first < at - 1 && bytes[first] === ZERO) first += 1
    if (at - first > 20) fail('a number of 64 bits', pos)
    this.pos = at
    if (at - first <= 15) {
      let small = 0
      while (first < at) small = small * 10 + ((bytes[first++] as number) - ZERO)
      return BigInt(small)
    }
    const value = BigInt(this.bytes.toString('latin1', first, at))
    return value <= 0xffffffffffffffffn ? value : fail('a number of 64 bits', pos)
  }
}

const MAX_FRACTION = 24

export const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 0x39
