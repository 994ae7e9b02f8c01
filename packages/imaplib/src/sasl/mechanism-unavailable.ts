import type { SaslRefusal } from './mechanism.ts'

/** How an AUTHENTICATE ended. */
export interface AuthenticateFailure {
  /** The mechanism's name, upper case. */
  readonly mechanism?: string | undefined
  readonly status: 'NO' | 'BAD'
  /** Upper case, without arguments. */
  readonly responseCode?: string | undefined
  /** The human-readable text of the tagged answer, without the response code. */
  readonly serverText?: string | undefined
  /** Whether the server sent any `+` before its tagged answer. */
  readonly challenged: boolean
  /** Whether an initial response went out with the command (SASL-IR): then the server may have judged it. */
  readonly initialSent: boolean
  readonly refusal?: SaslRefusal | undefined
}

/**
 * What Cyrus (seen: 3.6, TLS 1.2 and 1.3) answers when the binding is of a type that it does not know: it knows
 * `tls-unique` alone. To a wrong password it says "authentication failure".
 */
const CYRUS_OTHER_BINDING = /^bad protocol/i

/** Dovecot says so behind `[ALERT]`, which by itself may be about anything. */
const UNSUPPORTED = /^unsupported authentication mechanism/i

/**
 * Whether the server refused the mechanism and not the credentials, so that the next choice may be tried. All else ends
 * the login: to try on after "wrong password" locks accounts, and after a failed proof hands the password to a stranger.
 *
 * - the type of channel binding is not supported (RFC 5802 §7): the next binding may be;
 * - Cyrus says the same in a way of its own, after the whole exchange: see `CYRUS_OTHER_BINDING`. A `-PLUS` choice is only
 *   ever followed by others that are bound too, so whoever forges this gains nothing;
 * - BAD before any challenge: the server does not know the mechanism, or the initial response (RFC 9051 §6.2.2);
 * - NO before any challenge and any response: there was nothing but the name to refuse. Codes that speak of the account
 *   or of the moment (RFC 5530) are believed instead.
 *
 * Whoever can forge such an answer could have forged the list of mechanisms as well; a floor holds against both.
 */
export function mechanismUnavailable(failure: AuthenticateFailure): boolean {
  if (failure.refusal !== undefined) return failure.refusal.code === 'unsupported-channel-binding-type'
  if (failure.mechanism?.endsWith('-PLUS') === true && failure.responseCode === undefined) {
    if (failure.status === 'NO' && CYRUS_OTHER_BINDING.test(failure.serverText ?? '')) return true
  }
  if (failure.challenged) return false
  if (failure.status === 'NO' && UNSUPPORTED.test(failure.serverText ?? '')) return true
  if (failure.status === 'BAD') return failure.responseCode === undefined || failure.responseCode === 'CLIENTBUG'
  if (failure.responseCode !== undefined && failure.responseCode !== 'CANNOT') return false
  return !failure.initialSent || failure.responseCode === 'CANNOT'
}
