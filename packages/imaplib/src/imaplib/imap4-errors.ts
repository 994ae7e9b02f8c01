import { ImapError, type ImapErrorCode, type ImapErrorDetails } from '../errors/imap-error.ts'

export interface IMAP4ErrorDetails extends ImapErrorDetails {
  /** Default `EPROTOCOL`. */
  code?: ImapErrorCode | undefined
}

/**
 * `IMAP4.error`: any error of the Python face. The message carries Python's wording; `code` is this library's.
 *
 * @example
 * try { await M.login(user, password) } catch (e) { if (e instanceof IMAP4.error) console.error(e.message) }
 */
export class IMAP4Error extends ImapError {
  override name = 'IMAP4.error'

  constructor(message: string, details: IMAP4ErrorDetails = {}) {
    super(details.code ?? 'EPROTOCOL', message, details)
  }
}

/** `IMAP4.abort`: the connection cannot be used any more; a new one will usually do. */
export class IMAP4Abort extends IMAP4Error {
  override name = 'IMAP4.abort'
}

/**
 * `IMAP4.readonly`: a mailbox that was to be writable is not, or is so no longer; select it again.
 *
 * Python's manual derives it from `error`; its code derives it from `abort`, and programs rely on the code.
 */
export class IMAP4Readonly extends IMAP4Abort {
  override name = 'IMAP4.readonly'
}

/** Python's ValueError: a value that cannot be sent. Nothing has been. */
export const valueError = (message: string): RangeError => Object.assign(new RangeError(message), { code: 'EINVALID' })

/** Python's TypeError. */
export const typeError = (message: string): TypeError => Object.assign(new TypeError(message), { code: 'EINVALID' })

/** The same error with `command: NAME => ` in front, as Python re-raises what happened while a command waited. */
export const duringCommand = (name: string, error: unknown): unknown => {
  if (!(error instanceof IMAP4Error)) return error
  const Kind = error instanceof IMAP4Abort ? IMAP4Abort : IMAP4Error
  return new Kind(`command: ${name} => ${error.message}`, {
    code: error.code,
    responseCode: error.responseCode,
    serverText: error.serverText,
    retryable: error.retryable,
    command: name,
    cause: error,
  })
}
