import { ImapError, invalid } from '../errors/imap-error.ts'
import { Secret } from '../wire/secret.ts'
import type { SaslRefusal } from './mechanism.ts'

/** What a token is asked for. */
export interface AccessTokenContext {
  readonly mechanism: 'OAUTHBEARER' | 'XOAUTH2'
  readonly user: string
  /** The server's name, if the caller gave it: a token must not go to another server than the one it was made for. */
  readonly host: string | undefined
  readonly port: number | undefined
  /**
   * The server's refusal of the token before, when the last exchange of this mechanism ended so: give a fresh one, or
   * throw. Undefined the first time and after a success.
   */
  readonly refusal: SaslRefusal | undefined
}

/** An OAuth 2.0 access token (RFC 6750), or the way to get one. The function is called once for each exchange. */
export type AccessTokenInput =
  | string
  | Secret
  | ((context: AccessTokenContext) => string | Secret | Promise<string | Secret>)

/** RFC 6749 appendix A.12: `access-token = 1*VSCHAR`. */
function checkToken(token: string | Secret): Secret {
  const plain = token instanceof Secret ? token.reveal() : token
  const text = typeof plain === 'string' ? plain : Buffer.from(plain).toString('latin1')
  if (!/^[\x21-\x7e]+$/.test(text)) throw invalid('The access token is empty or holds other than visible ASCII')
  return token instanceof Secret ? token : new Secret(token)
}

/** Checks a token that is already there. */
export function checkTokenInput(input: AccessTokenInput): void {
  if (typeof input !== 'function') checkToken(input)
}

/**
 * Gets the token. What the caller's function throws is passed on as the cause of an `ESASL`, so that the exchange is
 * cancelled; its own text is not repeated, as it may hold a secret.
 */
export async function resolveToken(input: AccessTokenInput, context: AccessTokenContext): Promise<Secret> {
  if (typeof input !== 'function') return checkToken(input)
  let token: string | Secret
  try {
    token = await input(context)
  } catch (cause) {
    throw new ImapError('ESASL', `${context.mechanism}: no access token could be had`, {
      command: 'AUTHENTICATE',
      cause,
    })
  }
  return checkToken(token)
}

/** The token as it goes on the wire. */
export function tokenText(token: Secret): string {
  const plain = token.reveal()
  return typeof plain === 'string' ? plain : Buffer.from(plain).toString('latin1')
}
