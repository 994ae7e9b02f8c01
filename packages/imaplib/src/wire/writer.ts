import { isAscii, isUtf8 } from 'node:buffer'
import { invalid } from '../errors/imap-error.ts'
import { type DateTimeValue, formatDate, formatDateTime } from './date-time.ts'
import { checkFlag } from './flags.ts'
import type { Fragment, LiteralFragment, LiteralMode, StreamFragment } from './fragment.ts'
import { isAstringAtom, isAtom, isListAtom, isNil, isQuotable, isTag, shown } from './grammar.ts'
import { encodeMailboxName } from './mailbox-name.ts'
import type { OddNames } from './odd-names.ts'
import { Secret } from './secret.ts'
import { SequenceSet } from './sequence-set.ts'
import { sealText } from './text-fragment.ts'

export { line } from './text-fragment.ts'

export interface WriterRules {
  literals: LiteralMode
  /** Quoted strings may hold UTF-8, and mailbox names are UTF-8 (RFC 9755 §3, RFC 9051 §5.1). Default false. */
  utf8?: boolean
  /** literal8 may be sent (RFC 3516 §4.4, RFC 9051 §4.3). Default false. */
  binary?: boolean
  /** Names that must be sent as the server sent them. */
  oddNames?: OddNames | undefined
}

/** Octets. Longer strings go as literals: some servers read a line into a small buffer. */
const MAX_QUOTED = 1024

/** RFC 7888 §4: the longest literal that LITERAL- lets go without waiting. */
const MINUS_LIMIT = 4096

/** number64 (RFC 9051 §9) */
const MAX_NUMBER = 2n ** 63n - 1n

/** A piece of text that has not been encoded yet, since the tag may still come in front of it. */
interface Unsealed {
  readonly kind: 'unsealed'
  readonly text: string
  /** With secrets replaced; null when there are none. */
  readonly redacted: string | null
}

/**
 * Writes one command: values in, fragments out. Every value is separated from the one before by a space, except after
 * {@link open} and {@link glue}, and before {@link close}.
 *
 * It checks what it is given: what cannot be said in IMAP's grammar throws {@link ImapError} `EINVALID`, before anything
 * is sent. That no NUL, CR or LF leaves outside of a literal is checked once more on the encoded bytes.
 *
 * @example
 * const out = new CommandWriter({ literals: 'minus' })
 * out.atom('STATUS').mailbox('Entwürfe').open().atom('UIDNEXT').close()
 * out.finish('A1') // one text fragment: A1 STATUS Entw&APw-rfe (UIDNEXT)␍␊
 */
export class CommandWriter {
  private readonly rules: WriterRules
  private readonly done: (Unsealed | LiteralFragment | StreamFragment)[] = []
  private doneLength = 0
  /** The text under way, and the same with secrets replaced once there are any in it. */
  private text = ''
  private redacted: string | null = null
  /** Whether a space goes before the next value. */
  private apart = false
  private depth = 0

  constructor(rules: WriterRules) {
    this.rules = rules
  }

  /** How long the command line is so far, in characters: literal headers count, the octets of literals and the tag do not. */
  get length(): number {
    return this.doneLength + this.text.length
  }

  // --- words and numbers

  /** A word of the protocol. */
  atom(text: string): this {
    if (!isAtom(text)) throw invalid(`${shown(text)} is not an atom`)
    return this.put(text)
  }

  /** A whole number from 0 to 2^63-1. */
  number(value: number | bigint): this {
    const whole = typeof value === 'bigint' ? value <= MAX_NUMBER : Number.isSafeInteger(value)
    if (!whole || value < 0) throw invalid(`${String(value)} is not a number that can be sent`)
    return this.put(String(value))
  }

  nil(): this {
    return this.put('NIL')
  }

  /** Text that the calling code has made itself of parts that it checked: `BODY.PEEK[1.2]<0.100>`. ASCII, not empty. */
  verbatim(text: string): this {
    if (text === '' || !isQuotable(text)) throw invalid(`${shown(text)} cannot be sent as it is`)
    return this.put(text)
  }

  // --- strings

  /** A quoted string where that can be, otherwise a literal. Text is sent as UTF-8, bytes as they are. */
  string(value: string | Uint8Array): this {
    const text = this.textOf(value)
    if (text !== null && this.canQuote(text)) return this.put(quoted(text))
    return this.literal(octetsOf(value))
  }

  /** An atom where that can be and means the same, otherwise {@link string}. */
  astring(value: string | Uint8Array): this {
    const text = this.textOf(value)
    if (text !== null && text.length <= MAX_QUOTED && isAstringAtom(text) && !isNil(text)) return this.put(text)
    return this.string(value)
  }

  /** NIL for null, otherwise {@link string}. */
  nstring(value: string | Uint8Array | null): this {
    return value === null ? this.nil() : this.string(value)
  }

  /** A password or the like, as {@link string}; no trace shows it, nor how long it is. */
  secret(value: Secret | string): this {
    const revealed = value instanceof Secret ? value.reveal() : value
    const text = this.textOf(revealed)
    if (text !== null && this.canQuote(text)) return this.put(quoted(text), '[secret]')
    const bytes = octetsOf(revealed)
    // literal8 is no string in the grammar of LOGIN, whatever the server can do.
    if (bytes.includes(0)) throw invalid('A secret with a NUL cannot be sent')
    return this.putLiteral(bytes, false, true)
  }

  /** Base64, as the initial response of AUTHENTICATE. No bytes at all are written `=` (RFC 4959 §3). */
  base64(bytes: Uint8Array, { secret = false }: { secret?: boolean } = {}): this {
    const text = bytes.length === 0 ? '=' : viewOf(bytes).toString('base64')
    return secret ? this.put(text, '[secret]') : this.put(text)
  }

  // --- literals

  /** A literal; one with a NUL goes as {@link literal8}, if the server takes that. */
  literal(bytes: Uint8Array): this {
    if (!bytes.includes(0)) return this.putLiteral(bytes, false, false)
    if (this.rules.binary !== true)
      throw invalid('There is a NUL in what is to be sent, and the server does not take binary data (RFC 3516)')
    return this.putLiteral(bytes, true, false)
  }

  /** A literal that may hold NUL (RFC 3516 §4.4). */
  literal8(bytes: Uint8Array): this {
    this.checkBinary()
    return this.putLiteral(bytes, true, false)
  }

  /**
   * A literal that is produced while it is sent. Exactly `size` octets must come, or the connection is closed.
   *
   * @param options `binary`: as a literal8; default false, and then no octet may be NUL
   */
  stream(size: number, source: AsyncIterable<Uint8Array>, { binary = false }: { binary?: boolean } = {}): this {
    if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${String(size)} is not the size of a literal`)
    if (binary) this.checkBinary()
    const synchronising = this.header(size, binary, false)
    this.done.push({ kind: 'stream', size, source, synchronising })
    return this
  }

  // --- mailboxes, messages, flags, dates

  /**
   * A mailbox. A string is its name in Unicode; INBOX is recognised in any case (RFC 9051 §5.1). Bytes are a name as the
   * server sent it, to be sent back unchanged. The empty name is refused: it is none.
   */
  mailbox(name: string | Uint8Array): this {
    if (typeof name === 'string' ? name === '' : checkBytes(name).length === 0)
      throw invalid('The name of the mailbox is empty')
    return this.reference(name)
  }

  /** As {@link mailbox}, or `''` where that means the server, or no mailbox at all (RFC 9051 §6.3.9, RFC 5464 §4.2). */
  reference(name: string | Uint8Array): this {
    return this.astring(this.encodeName(name))
  }

  /** As {@link mailbox}, for LIST, in which `%` and `*` are wild cards (RFC 9051 §6.3.9). */
  listMailbox(pattern: string | Uint8Array): this {
    const name = this.encodeName(pattern)
    const text = this.textOf(name)
    if (text !== null && text.length <= MAX_QUOTED && isListAtom(text) && !isNil(text)) return this.put(text)
    return this.string(name)
  }

  /** Messages. The empty set is refused: it would mean nothing, or be widened to all. `'$'`: the saved result (RFC 5182). */
  set(set: SequenceSet | string): this {
    if (set === '$') return this.put('$')
    const parsed = typeof set === 'string' ? SequenceSet.parse(set) : set
    if (parsed.isEmpty) throw invalid('The set of messages is empty')
    return this.put(parsed.toString())
  }

  /** See {@link checkFlag}. */
  flag(flag: string): this {
    return this.put(checkFlag(flag))
  }

  /** `(\Seen $Junk)`; no flags at all are `()`. */
  flags(flags: Iterable<string>): this {
    this.open()
    for (const flag of flags) this.flag(flag)
    return this.close()
  }

  /** `1-Jan-2026`. See {@link formatDate}. */
  date(day: Date | string): this {
    return this.put(formatDate(day))
  }

  /** `" 1-Jan-2026 00:00:00 +0000"`. See {@link formatDateTime}. */
  dateTime(moment: Date | DateTimeValue | string, zone?: number): this {
    return this.put(`"${formatDateTime(moment, zone)}"`)
  }

  // --- structure

  open(): this {
    this.put('(')
    this.depth += 1
    this.apart = false
    return this
  }

  close(): this {
    if (this.depth === 0) throw invalid('A parenthesis is closed that was not opened')
    this.depth -= 1
    this.apart = false
    return this.put(')')
  }

  /** `(a b c)` */
  list<T>(items: Iterable<T>, write: (item: T, out: this) => void): this {
    this.open()
    for (const item of items) write(item, this)
    return this.close()
  }

  /** No space before the next value. */
  glue(): this {
    this.apart = false
    return this
  }

  /**
   * The fragments of the whole command, its tag in front and its CRLF at the end.
   *
   * @throws ImapError `EINVALID` when a byte would leave that must not; then nothing may be sent
   */
  finish(tag: string): Fragment[] {
    if (!isTag(tag)) throw invalid(`${shown(tag)} is not a tag`)
    if (this.length === 0) throw invalid('The command is empty')
    if (this.depth !== 0) throw invalid('A parenthesis was opened and not closed')
    const fragments: Fragment[] = []
    let lead = `${tag} `
    for (const part of this.done) {
      if (part.kind === 'unsealed') {
        fragments.push(sealText(lead + part.text, part.redacted === null ? null : lead + part.redacted, false))
        lead = ''
      } else fragments.push(part)
    }
    fragments.push(sealText(lead + this.text, this.redacted === null ? null : lead + this.redacted, true))
    return fragments
  }

  /** @param show what a trace shows instead */
  private put(text: string, show?: string): this {
    const space = this.apart ? ' ' : ''
    if (this.redacted !== null || show !== undefined)
      this.redacted = `${this.redacted ?? this.text}${space}${show ?? text}`
    this.text += space + text
    this.apart = true
    return this
  }

  private putLiteral(bytes: Uint8Array, binary: boolean, secret: boolean): this {
    const synchronising = this.header(bytes.length, binary, secret)
    this.done.push({ kind: 'literal', bytes, synchronising, secret })
    return this
  }

  /** Ends the text with the header of a literal. Returns whether the server must say `+` first (RFC 7888 §4). */
  private header(size: number, binary: boolean, secret: boolean): boolean {
    const { literals } = this.rules
    const direct = literals === 'plus' || (literals === 'minus' && size <= MINUS_LIMIT)
    this.put(`${binary ? '~' : ''}{${size}${direct ? '+' : ''}}`, secret ? '{secret}' : undefined)
    this.done.push({ kind: 'unsealed', text: this.text, redacted: this.redacted })
    this.doneLength += this.text.length
    this.text = ''
    this.redacted = null
    return !direct
  }

  /** What may be written as text: null for bytes that are no text here, or too long to be anything but a literal. */
  private textOf(value: string | Uint8Array): string | null {
    if (typeof value === 'string') return value
    if (checkBytes(value).length > MAX_QUOTED) return null
    return isAscii(value) || (this.rules.utf8 === true && isUtf8(value)) ? viewOf(value).toString('utf8') : null
  }

  private canQuote(text: string): boolean {
    if (text.length > MAX_QUOTED) return false
    if (isQuotable(text)) return true
    return (
      this.rules.utf8 === true &&
      !/[\0\r\n]/.test(text) &&
      text.isWellFormed() &&
      Buffer.byteLength(text, 'utf8') <= MAX_QUOTED
    )
  }

  private encodeName(name: string | Uint8Array): string | Uint8Array {
    if (typeof name !== 'string') return checkBytes(name)
    if (name.length === 5 && name.toUpperCase() === 'INBOX') return 'INBOX'
    const odd = this.rules.oddNames?.get(name)
    if (odd !== undefined) return odd
    return this.rules.utf8 === true ? name : encodeMailboxName(name)
  }

  private checkBinary(): void {
    if (this.rules.binary !== true) throw invalid('The server does not take binary literals (RFC 3516)')
  }
}

/** Callers without a type checker pass undefined, or a number. */
const checkBytes = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value
  throw invalid(`${value === null ? 'null' : typeof value} is neither text nor bytes`)
}

const octetsOf = (value: string | Uint8Array): Uint8Array => {
  if (typeof value !== 'string') return value
  if (!value.isWellFormed()) throw invalid('The text holds half of a surrogate pair, which would become U+FFFD')
  return Buffer.from(value, 'utf8')
}

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const quoted = (text: string): string =>
  text.includes('"') || text.includes('\\') ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`
