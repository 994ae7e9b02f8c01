/**
 * Every error of this library, by its stable `code`. A code never changes its meaning between versions; a message may.
 *
 * - `E…` codes in the style of Node describe the conversation (connection, TLS, limits, time).
 * - `NO` and `BAD` are the server's refusals; the response code, if any, stands in `responseCode`.
 */
export type ImapErrorCode =
  | 'NO' // the server refused the command (RFC 9051 §7.1.2)
  | 'BAD' // the server did not understand the command (RFC 9051 §7.1.3)
  | 'EAUTH' // authentication refused
  | 'ESASL' // a SASL exchange went wrong on our side of the check (bad challenge, server not verified)
  | 'ECLOSED' // the connection is closed, or closed while the command waited
  | 'EBYE' // the server said BYE
  | 'EEOF' // the connection ended in the middle
  | 'ECONNECT' // the connection could not be made
  | 'ETIMEDOUT' // a deadline passed
  | 'ABORT_ERR' // an AbortSignal fired
  | 'EGREETING' // the greeting was not one of an IMAP server
  | 'EPROTOCOL' // the server broke the framing or the order of the conversation
  | 'ELIMIT' // the server sent more than a limit allows
  | 'ETLS' // the TLS handshake failed, or the certificate was refused
  | 'ETLSREQUIRED' // TLS was asked for and cannot be had
  | 'ESTARTTLSINJECTION' // bytes in the clear followed the answer to STARTTLS
  | 'EINVALID' // an argument cannot be sent
  | 'ESTATE' // the command is not legal in this state
  | 'ECAPABILITY' // the server lacks the capability that the call needs
  | 'ECHILD' // the child process failed
  | 'EUNKNOWNOUTCOME' // the connection ended after the command was sent: it may or may not have been done
  | 'EBACKLOG' // rows piled up unread while another command waited
  | 'ESTALE' // the mailbox handle no longer stands for a selected mailbox
  | 'EMISSING' // there is no such message, or it has no such part
  | 'EUNPARSED' // an answer came that could not be understood

/** What an {@link ImapError} carries besides its message. */
export interface ImapErrorDetails {
  /** The response code inside `[…]`, upper case, without arguments: `TRYCREATE`. */
  responseCode?: string | undefined
  /** What followed the response code's name inside the brackets, as it was sent: each character an octet. */
  codeArguments?: string | undefined
  /** The server's own words, as it sent them. Untrusted text: never render it as markup. */
  serverText?: string | undefined
  /** The command's name: `SELECT`, `UID FETCH`. Never its arguments, which may be secrets. */
  command?: string | undefined
  /** Whether the same call may succeed later without a change by the user. Default `false`. */
  retryable?: boolean | undefined
  cause?: unknown
}

const brand: unique symbol = Symbol.for('imaplib.ImapError')

/**
 * The one base class of all errors that this library makes.
 *
 * `instanceof` works across copies of the package: it looks at a brand, not at the prototype chain.
 *
 * @example
 * try { await inbox.store(uids, { add: ['\\Seen'] }) }
 * catch (error) { if (error instanceof ImapError && error.code === 'NO') console.error(error.serverText) }
 */
export class ImapError extends Error {
  override name = 'ImapError'
  readonly code: ImapErrorCode
  readonly responseCode: string | undefined
  /** What followed it inside the brackets, each character an octet: the URL of `[REFERRAL imap://…]`. Untrusted. */
  readonly codeArguments: string | undefined
  readonly serverText: string | undefined
  readonly command: string | undefined
  readonly retryable: boolean
  /** @internal */
  readonly [brand] = true

  constructor(code: ImapErrorCode, message: string, details: ImapErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.responseCode = details.responseCode
    this.codeArguments = details.codeArguments
    this.serverText = details.serverText
    this.command = details.command
    this.retryable = details.retryable ?? false
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass is asked by the ordinary rule, or every ImapError would be an instance of each of them.
    if (this !== ImapError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** A bad argument, refused before a byte was sent. */
export const invalid = (message: string): ImapError => new ImapError('EINVALID', message)
