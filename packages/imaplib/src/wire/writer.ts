import { invalid } from '../errors/imap-error.ts'
import { formatDate, formatDateTime } from './date-time.ts'
import { checkFlag } from './flags.ts'
import type { Fragment, LiteralMode, TextFragment } from './fragment.ts'
import { isAstringAtom, isAtom, isListAtom, isQuotable } from './grammar.ts'
import { encodeMailboxName } from './mailbox-name.ts'
import { Secret } from './secret.ts'
import { SequenceSet } from './sequence-set.ts'
import { sealText } from './text-fragment.ts'

export interface WriterRules {
  literals: LiteralMode
  /** Quoted strings may hold UTF-8, and mailbox names are UTF-8 (RFC 6855 §3, RFC 9051 §5.1). Default false. */
  utf8?: boolean
  /** literal8 may be sent (RFC 3516 §4.4, RFC 6855 §4). Default false. */
  binary?: boolean
}

/** Longer strings go as literals: some servers read a line into a small buffer. */
const MAX_QUOTED = 1024

/** RFC 7888 §4: the longest literal that LITERAL- lets go without waiting. */
const MINUS_LIMIT = 4096

/** number64 (RFC 9051 §9) */
const MAX_NUMBER = 2n ** 63n - 1n

/**
 * Writes one command: values in, fragments out. Every value is separated from the one before by a space, except after
 * `open()` and before `close()`.
 *
 * It checks what it is given: what cannot be said in IMAP's grammar throws `EINVALID`, before anything is sent. That no
 * NUL, CR or LF leaves outside of a literal is checked on the encoded bytes, in {@link sealText}, whatever came before.
 *
 * @example
 * new CommandWriter({ literals: 'minus' }).atom('STATUS').mailbox('Entwürfe').open().atom('UIDNEXT').close().finish('A1')
 */
export class CommandWriter {
  private readonly rules: WriterRules
  /** Text of the fragment under way, and the same with secrets replaced when there are any in it. */
  private text = ''
  private redacted: string | null = null
  private spaced = true
  private readonly done: Fragment[] = []
  private doneLength = 0

  constructor(rules: WriterRules) {
    this.rules = rules
  }

  /** How many characters have been written, literals not counted. */
  get length(): number {
    return this.doneLength + this.text.length
  }

  /** @throws ImapError `EINVALID` unless it is an atom */
  atom(text: string): this {
    if (!isAtom(text)) throw invalid(`${quoteForMessage(text)} is not an atom`)
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

  /** A quoted string where that can be, otherwise a literal. */
  string(value: string | Uint8Array): this {
    if (typeof value !== 'string') return this.literal(value)
    return this.canQuote(value) ? this.put(quoted(value)) : this.literalText(value)
  }

  /** An atom where that can be and means the same, otherwise {@link string}. */
  astring(value: string | Uint8Array): this {
    if (
      typeof value === 'string' &&
      isAstringAtom(value) &&
      value.length <= MAX_QUOTED &&
      value.toUpperCase() !== 'NIL'
    )
      return this.put(value)
    return this.string(value)
  }

  /** NIL for null, otherwise {@link string}. */
  nstring(value: string | Uint8Array | null): this {
    return value === null ? this.nil() : this.string(value)
  }

  /** A mailbox name in Unicode; bytes go as they are. INBOX is recognised in any case (RFC 9051 §5.1). */
  mailbox(name: string | Uint8Array): this {
    return this.astring(this.encodeName(name))
  }

  /** A name for LIST, in which `%` and `*` are wild cards (RFC 9051 §6.3.9). */
  listMailbox(pattern: string): this {
    const encoded = this.encodeName(pattern) as string
    return isListAtom(encoded) && encoded.toUpperCase() !== 'NIL' ? this.put(encoded) : this.string(encoded)
  }

  /** @throws ImapError `EINVALID` for the empty set: it would mean nothing, or be widened to all */
  set(set: SequenceSet | string): this {
    if (set === '$') return this.put('$')
    const text = (typeof set === 'string' ? SequenceSet.parse(set) : set).toString()
    if (text === '') throw invalid('The set of messages is empty')
    return this.put(text)
  }

  flag(flag: string): this {
    return this.put(checkFlag(flag))
  }

  /** `(\Seen $Junk)`; the empty list is `()`. */
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
  dateTime(date: Date, zone = 0): this {
    return this.put(`"${formatDateTime(date, zone)}"`)
  }

  literal(bytes: Uint8Array): this {
    if (bytes.includes(0)) {
      if (this.rules.binary !== true)
        throw invalid('The data holds a NUL, and the server does not take binary data (RFC 3516)')
      return this.literal8(bytes)
    }
    return this.putLiteral(bytes, false, false)
  }

  /** A literal that may hold NUL (RFC 3516 §4.4). */
  literal8(bytes: Uint8Array): this {
    if (this.rules.binary !== true) throw invalid('The server does not take binary literals (RFC 3516)')
    return this.putLiteral(bytes, true, false)
  }

  /** A literal that is produced while it is sent. Exactly `size` octets must come, or the connection is closed. */
  stream(size: number, source: AsyncIterable<Uint8Array>, { binary = false }: { binary?: boolean } = {}): this {
    if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${String(size)} is not the size of a literal`)
    if (binary && this.rules.binary !== true) throw invalid('The server does not take binary literals (RFC 3516)')
    const synchronising = this.header(size, binary)
    this.done.push({ kind: 'stream', size, source, synchronising })
    return this
  }

  /** A string that no trace and no error shows. */
  secret(value: Secret | string): this {
    const revealed = value instanceof Secret ? value.reveal() : value
    const text = typeof revealed === 'string' ? revealed : Buffer.from(revealed).toString('utf8')
    if (typeof revealed === 'string' ? this.canQuote(text) : isQuotable(text)) return this.putSecret(quoted(text))
    const bytes = Buffer.from(revealed as string)
    if (bytes.includes(0)) throw invalid('A secret with a NUL cannot be sent')
    return this.putLiteral(bytes, false, true)
  }

  base64(bytes: Uint8Array, { secret = false }: { secret?: boolean } = {}): this {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
    return secret ? this.putSecret(text) : this.put(text)
  }

  open(): this {
    this.put('(')
    this.spaced = true
    return this
  }

  close(): this {
    this.spaced = true
    return this.put(')')
  }

  /** `(a b c)` */
  list<T>(items: Iterable<T>, write: (item: T, out: this) => void): this {
    this.open()
    for (const item of items) write(item, this)
    return this.close()
  }

  /** Text that the calling code has made itself of parts that it checked: `BODY.PEEK[1.2]<0.100>`. ASCII only. */
  verbatim(text: string): this {
    if (!isQuotable(text)) throw invalid(`${quoteForMessage(text)} cannot be sent as it is`)
    return this.put(text)
  }

  /** The fragments of the whole command. The writer must not be used afterwards. */
  finish(tag: string): Fragment[] {
    const last = this.seal(true)
    const fragments = this.done
    fragments.push(last)
    const first = fragments[0] as TextFragment
    fragments[0] = prefixed(`${tag} `, first)
    return fragments
  }

  private put(text: string): this {
    const separated = this.spaced ? text : ` ${text}`
    this.spaced = false
    this.text += separated
    if (this.redacted !== null) this.redacted += separated
    return this
  }

  private putSecret(text: string): this {
    const { spaced } = this
    const before = this.redacted ?? this.text
    this.put(text)
    this.redacted = `${before}${spaced ? '' : ' '}[secret]`
    return this
  }

  private putLiteral(bytes: Uint8Array, binary: boolean, secret: boolean): this {
    const synchronising = this.header(bytes.length, binary)
    this.done.push({ kind: 'literal', bytes, synchronising, secret })
    return this
  }

  private literalText(value: string): this {
    if (!value.isWellFormed()) throw invalid('The text holds half of a surrogate pair, which no encoding has')
    return this.literal(Buffer.from(value))
  }

  /** Ends the text with the header of a literal. Returns whether the server must say `+` first (RFC 7888 §4). */
  private header(size: number, binary: boolean): boolean {
    const { literals } = this.rules
    const direct = literals === 'plus' || (literals === 'minus' && size <= MINUS_LIMIT)
    this.put(`${binary ? '~' : ''}{${size}${direct ? '+' : ''}}`)
    this.done.push(this.seal(false))
    return !direct
  }

  private seal(last: boolean): TextFragment {
    const fragment = sealText(this.text, this.redacted, last)
    this.doneLength += this.text.length
    this.text = ''
    this.redacted = null
    return fragment
  }

  private canQuote(value: string): boolean {
    if (value.length > MAX_QUOTED) return false
    if (isQuotable(value)) return true
    return this.rules.utf8 === true && !/[\0\r\n]/.test(value) && value.isWellFormed()
  }

  private encodeName(name: string | Uint8Array): string | Uint8Array {
    if (typeof name !== 'string') return name
    if (name.includes('\0')) throw invalid('A mailbox name cannot hold a NUL')
    if (name.length === 5 && name.toUpperCase() === 'INBOX') return 'INBOX'
    if (this.rules.utf8 !== true) return encodeMailboxName(name)
    if (!name.isWellFormed()) throw invalid(`${quoteForMessage(name)} holds half of a surrogate pair`)
    return name
  }
}

const quoted = (text: string): string =>
  text.includes('"') || text.includes('\\') ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`

const quoteForMessage = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const prefixed = (prefix: string, fragment: TextFragment): TextFragment => {
  const bytes = Buffer.allocUnsafe(prefix.length + fragment.bytes.length)
  bytes.write(prefix, 0, 'latin1')
  fragment.bytes.copy(bytes, prefix.length)
  return { kind: 'text', bytes, redacted: prefix + fragment.redacted }
}

/**
 * One line that is no command: an answer to a challenge, `DONE`, `*`. Without CRLF; it is added.
 * @throws ImapError `EINVALID`
 */
export const line = (text: string, secret = false): TextFragment => sealText(text, secret ? '[secret]' : null, true)
