import { ImapError, type ImapErrorDetails } from './imap-error.ts'

/** The call needs something that this server does not offer; nothing has been sent. */
export class MissingCapability extends ImapError {
  override name = 'MissingCapability'
  /** What is missing; where there are several, any one of them would have done. */
  readonly capabilities: readonly string[]

  constructor(capabilities: readonly string[], what: string) {
    super('ECAPABILITY', `${what} needs ${capabilities.join(' or ')}, which the server does not offer.`, {
      command: what,
    })
    this.capabilities = capabilities
  }
}

/** The server refused who we are, or how we said it. */
export class AuthenticationError extends ImapError {
  override name = 'AuthenticationError'
  /** The mechanism that was tried; `LOGIN` for the LOGIN command. */
  readonly mechanism: string
  /** The server refused the mechanism itself, and not the credentials: another one may do. */
  readonly mechanismUnavailable: boolean

  constructor(mechanism: string, mechanismUnavailable: boolean, message: string, details: ImapErrorDetails) {
    super('EAUTH', message, details)
    this.mechanism = mechanism
    this.mechanismUnavailable = mechanismUnavailable
  }
}

/** The server refused, or did not understand, a command. `code` is `'NO'` or `'BAD'`. */
export class CommandRefused extends ImapError {
  override name = 'CommandRefused'
}

/** A mailbox or message that is not there (RFC 5530 NONEXISTENT, RFC 3501 TRYCREATE). */
export class NotFound extends CommandRefused {
  override name = 'NotFound'
}

/** The server asks to go slower, or is overloaded. */
export class Throttled extends CommandRefused {
  override name = 'Throttled'
  /** How long to wait, in ms, when the server said so; otherwise undefined. */
  readonly retryAfter: number | undefined

  constructor(code: 'NO' | 'BAD', message: string, details: ImapErrorDetails, retryAfter: number | undefined) {
    super(code, message, details)
    this.retryAfter = retryAfter
  }
}

/** A quota or a size limit stands in the way (RFC 9208 OVERQUOTA, RFC 7889 TOOBIG, RFC 5530 LIMIT). */
export class OverLimit extends CommandRefused {
  override name = 'OverLimit'
}

/** Codes after which the same command may well succeed later (RFC 5530 §3). */
const passing = new Set(['UNAVAILABLE', 'INUSE', 'SERVERBUG', 'TEMPFAIL'])

/** Providers that slow clients down say so in words, or by codes of their own. */
const throttling =
  /\b(throttl|too many (?:simultaneous |concurrent )?(?:connections|requests|commands)|rate limit|back-?off|bandwidth|try again later)/i

/** Exchange has let us in and then cannot reach the mailbox: it says NO or BAD, without a code, for some minutes. */
const notConnected = /\bauthenticated but not connected\b/i

/** Microsoft's `Suggested Backoff Time: 299961 milliseconds`, and `retry after 30 seconds` elsewhere. */
const backOff = /\b(?:suggested backoff time|retry[ -]after|wait)[: ]+(\d{1,9}) ?(ms|milliseconds?|s|sec|seconds?)?/i

/** Makes the error for a tagged NO or BAD, in the class that says what kind of refusal it is. */
export const refusal = (
  status: 'NO' | 'BAD',
  responseCode: string,
  serverText: string,
  command: string,
  codeArguments = '',
): CommandRefused => {
  const code = responseCode === '' ? undefined : responseCode
  const message = `${command}: ${status}${code === undefined ? '' : ` [${code}]`} ${serverText}`.trimEnd()
  const details: ImapErrorDetails = {
    responseCode: code,
    codeArguments: codeArguments === '' ? undefined : codeArguments,
    serverText,
    command,
    retryable: passing.has(responseCode) || notConnected.test(serverText),
  }
  if (code === 'THROTTLED' || code === 'LIMIT' || throttling.test(serverText)) {
    const found = backOff.exec(serverText)
    const unit = found?.[2]?.toLowerCase() ?? 'ms'
    const retryAfter = found === null ? undefined : Number(found[1]) * (unit.startsWith('m') ? 1 : 1000)
    if (code !== 'LIMIT' || retryAfter !== undefined || throttling.test(serverText))
      return new Throttled(status, message, { ...details, retryable: true }, retryAfter)
  }
  if (code === 'NONEXISTENT' || code === 'TRYCREATE') return new NotFound(status, message, details)
  if (code === 'OVERQUOTA' || code === 'TOOBIG' || code === 'LIMIT') return new OverLimit(status, message, details)
  return new CommandRefused(status, message, details)
}
