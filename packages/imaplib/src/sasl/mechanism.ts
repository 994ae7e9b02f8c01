import { ImapError } from '../errors/imap-error.ts'

/**
 * One SASL mechanism (RFC 4422) with its credentials, ready to be used for one or more exchanges.
 *
 * Neither a mechanism nor an exchange shows a secret to `util.inspect`, `JSON.stringify` or an error message.
 */
export interface SaslMechanism {
  /** The registered name, upper case: `SCRAM-SHA-256`. */
  readonly name: string
  /** A fresh exchange. An exchange is used once, for one AUTHENTICATE command. */
  begin(): SaslExchange
}

/** Pure challenge → response: no I/O, no clock. */
export interface SaslExchange {
  /**
   * The initial response of a client-first mechanism (empty is not the same as none), or null when the server speaks
   * first. It may be sent with the command (SASL-IR, RFC 4959), or as the answer to an empty challenge.
   */
  initial(): Uint8Array | null | Promise<Uint8Array | null>

  /**
   * The answer to a challenge.
   *
   * @throws {@link ImapError} `ESASL` to cancel the exchange: the connection then sends `*` (RFC 9051 §6.2.2).
   */
  respond(challenge: Uint8Array): Uint8Array | Promise<Uint8Array>

  /**
   * Called at the tagged OK.
   *
   * @throws {@link ImapError} `ESASL` when the OK must not be believed: the server has not proven itself (SCRAM without
   * `v=`), had said that it refuses, or did not wait for the credentials.
   */
  succeeded(): void

  /** Called at a tagged NO, with its response code: how a mechanism that can renew its credentials learns of it. */
  failed?(responseCode: string | undefined): void

  /** What the server said about its refusal inside the exchange, before the tagged NO. */
  readonly refusal?: SaslRefusal | undefined
}

/** A refusal that a server explains in a challenge. Every text in it is the server's: untrusted, cut to 512 characters. */
export interface SaslRefusal {
  readonly mechanism: string
  /**
   * SCRAM: the server-error-value (RFC 5802 §7), `other-error` for one that is not registered. OAUTHBEARER and XOAUTH2:
   * `status` of the error JSON: `invalid_token` (RFC 7628 §3.2.2), `401`; without JSON the response code of the tagged
   * NO. Empty when the server gave none.
   */
  readonly code: string
  /** All of the string members of the error JSON, or `e` of SCRAM, by name. */
  readonly details: ReadonlyMap<string, string>
}

/** The server broke the exchange, or failed to prove itself. Messages never contain a challenge or a response. */
export const saslError = (mechanism: string, what: string): ImapError =>
  new ImapError('ESASL', `${mechanism}: ${what}`, { command: 'AUTHENTICATE' })
