import type { Argument } from './command-table.ts'
import { Secret } from '../wire/secret.ts'
import { encodeIn } from './charset-encoding.ts'
import { typeError, valueError } from './imap4-errors.ts'
import { mailboxText } from './mailbox-argument.ts'
import { type MessageSet, writeSet } from './message-set.ts'
import { astring, fetchParts, listPattern, parenthesised, python2Quote, quote, type Quoting } from './quoting.ts'
import { type Param, substitute } from './substitute.ts'

/** What goes in parentheses: one string (with or without them), or its words as a list. */
export type ListArgument = string | Uint8Array | readonly string[]

/** Bytes of a command line that no trace, log or error may show. */
export class SecretPiece {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** One argument as it will be sent. */
export type Piece = Buffer | SecretPiece

/**
 * Turns what a caller handed in into the bytes of a command line, by the rules of one quoting mode.
 *
 * Strings go out as ASCII, or as UTF-8 once UTF8=ACCEPT is enabled; whatever else they hold is refused.
 */
export class Arguments {
  readonly quoting: Quoting
  /** Set when the server has enabled UTF8=ACCEPT (RFC 6855). */
  utf8 = false

  constructor(quoting: Quoting) {
    this.quoting = quoting
  }

  /** As it is: sequence sets that are strings, search keys, the arguments of `xatom()`. */
  verbatim(value: Argument): Buffer {
    return this.finished(this.text(value))
  }

  astring(value: Argument): Buffer {
    return this.quotedBy(astring, this.text(value))
  }

  mailbox(value: Argument): Buffer {
    return this.quotedBy(astring, this.mailboxText(value))
  }

  listPattern(value: Argument): Buffer {
    return this.quotedBy(listPattern, this.mailboxText(value))
  }

  /** In double quotes whatever it is, as LOGIN has its password in every version. */
  password(value: Argument | Secret): SecretPiece {
    const plain = value instanceof Secret ? value.reveal() : value
    try {
      return new SecretPiece(Buffer.from(quote(this.text(plain)), 'latin1'))
    } catch (error) {
      // Python's wording shows the character; of a password nothing is shown.
      if (error instanceof RangeError)
        throw valueError('the password has characters that LOGIN cannot carry; use login_plain()')
      throw error
    }
  }

  list(value: ListArgument): Buffer {
    return this.finished(parenthesised(this.listText(value)))
  }

  fetchParts(value: ListArgument, params?: readonly Param[]): Buffer {
    const given = value instanceof Uint8Array ? this.text(value) : typeof value === 'string' ? value : value.join(' ')
    const filled = this.text(params === undefined ? given : substitute(given, params))
    // Up to 3.13.14 the caller's own parentheses were needed.
    const bare = this.quoting !== 'rfc' && params === undefined && typeof value === 'string'
    return this.finished(bare ? filled : fetchParts(filled))
  }

  /** The names of STATUS, the limits of SETQUOTA: parentheses are added by the newest Pythons only. */
  newList(value: ListArgument): Buffer {
    if (this.quoting !== 'rfc' && typeof value === 'string') return this.verbatim(value)
    return this.list(value)
  }

  messageSet(value: MessageSet): Buffer {
    if (typeof value === 'string' || value instanceof Uint8Array) return this.verbatim(value)
    return Buffer.from(writeSet(value))
  }

  /** Search keys: bytes as they are, strings in the charset that the command declares. */
  criteria(charset: Argument | null, values: readonly (Argument | null)[], params?: readonly Param[]): Buffer[] {
    const given = values.filter((value) => value !== null && value !== undefined)
    const filled = params === undefined ? given : [this.substituted(given, params)]
    if (charset === null || charset === '' || this.quoting !== 'rfc') return filled.map((value) => this.verbatim(value))
    const name = typeof charset === 'string' ? charset : this.text(charset)
    return filled.map((value) => (typeof value === 'string' ? encodeIn(name, value) : this.verbatim(value)))
  }

  /** The bytes of a string, a number or bytes, each as a char. */
  text(value: Argument): string {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw typeError(`${value} cannot be an argument`)
      return String(value)
    }
    if (value instanceof Uint8Array)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
    if (typeof value !== 'string')
      throw typeError(`an argument must be a string, bytes or a number, not ${typeof value}`)
    if (this.utf8) return Buffer.from(value, 'utf8').toString('latin1')
    const at = value.search(/[^\x00-\x7f]/)
    if (at === -1) return value
    const code = value.codePointAt(at) as number
    const shown = code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16)}`
    throw valueError(`'ascii' codec can't encode character '${shown}' in position ${at}: ordinal not in range(128)`)
  }

  private mailboxText(value: Argument): string {
    const encodes = typeof value === 'string' && this.quoting === 'rfc' && !this.utf8
    return this.text(encodes ? mailboxText(value) : value)
  }

  private listText(value: ListArgument): string {
    if (typeof value === 'string' || value instanceof Uint8Array) return this.text(value)
    return value.map((word) => this.text(word)).join(' ')
  }

  private substituted(values: readonly Argument[], params: readonly Param[]): string {
    const words = values.map((value) => (typeof value === 'string' ? value : this.text(value)))
    return substitute(words.join(' '), params)
  }

  private quotedBy(rule: (text: string) => string, text: string): Buffer {
    return this.finished(this.quoting === 'rfc' ? rule(text) : text)
  }

  private finished(text: string): Buffer {
    return Buffer.from(this.quoting === 'python2' ? python2Quote(text) : text, 'latin1')
  }
}
