import type { Secret } from '../wire/secret.ts'
import {
  type AccessTokenContext,
  type AccessTokenInput,
  checkTokenInput,
  resolveToken,
  tokenText,
} from './access-token.ts'
import { parseBearerRefusal } from './bearer-refusal.ts'
import { type SaslExchange, type SaslMechanism, type SaslRefusal, saslError } from './mechanism.ts'

/** What OAUTHBEARER and XOAUTH2 differ in. */
export interface BearerDialect {
  readonly name: 'OAUTHBEARER' | 'XOAUTH2'
  readonly user: string
  readonly host: string | undefined
  readonly port: number | undefined
  /** The initial response around the token. */
  readonly write: (token: string) => string
  /** What the client answers to the error, so that the server may send its tagged NO. */
  readonly acknowledgement: string
}

/** A mechanism that sends one bearer token, and lets the server explain why it does not take it. */
export function bearerMechanism(dialect: BearerDialect, accessToken: AccessTokenInput): SaslMechanism {
  checkTokenInput(accessToken)
  // The refusal of one exchange is what the token of the next is asked with.
  let lastRefusal: SaslRefusal | undefined
  const { name, user, host, port } = dialect
  return {
    name,
    begin: (): SaslExchange => {
      let sent: Secret | undefined
      let refusal: SaslRefusal | undefined
      return {
        get refusal() {
          return refusal
        },
        initial: async () => {
          const context: AccessTokenContext = { mechanism: name, user, host, port, refusal: lastRefusal }
          sent = await resolveToken(accessToken, context)
          return Buffer.from(dialect.write(tokenText(sent)))
        },
        respond: (challenge) => {
          if (sent === undefined) throw saslError(name, 'the server did not wait for the token')
          if (refusal !== undefined) throw saslError(name, 'the server goes on after its refusal')
          refusal = parseBearerRefusal(name, challenge, tokenText(sent))
          lastRefusal = refusal
          return Buffer.from(dialect.acknowledgement)
        },
        failed: (responseCode) => {
          lastRefusal = refusal ?? { mechanism: name, code: responseCode ?? '', details: new Map() }
        },
        succeeded: () => {
          if (sent === undefined) throw saslError(name, 'the server said OK before it had seen the token')
          if (refusal !== undefined) throw saslError(name, 'the server refused, and then said OK')
          lastRefusal = undefined
        },
      }
    },
  }
}
