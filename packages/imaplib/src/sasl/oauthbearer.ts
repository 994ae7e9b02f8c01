import { invalid } from '../errors/imap-error.ts'
import type { AccessTokenInput } from './access-token.ts'
import { bearerMechanism } from './bearer-mechanism.ts'
import { nameBytes } from './credential-text.ts'
import type { SaslMechanism } from './mechanism.ts'
import { escapeName } from './scram-message.ts'

/** Options of {@link oauthbearer}. */
export interface OAuthBearerOptions {
  /** The server's host name and port as the client reached it (RFC 7628 §3.1). Left out when not given. */
  host?: string | undefined
  port?: number | undefined
}

/**
 * OAUTHBEARER (RFC 7628): an OAuth 2.0 access token. Only under TLS (RFC 7628 §4).
 *
 * @param user the identity to act as; empty to leave it to the token.
 * @throws {@link ImapError} `EINVALID` for control characters in user, host or token, or a port outside 1..65535.
 */
export function oauthbearer(
  user: string,
  accessToken: AccessTokenInput,
  options: OAuthBearerOptions = {},
): SaslMechanism {
  const { host, port } = options
  nameBytes(user, 'user name')
  // ^A ends a value (RFC 7628 §3.1): one inside a value would begin another.
  if (user.includes('\x01')) throw invalid('The user name holds a control character')
  if (host !== undefined && !/^[\x21-\x7e]+$/.test(host)) throw invalid('The host name is not visible ASCII')
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw invalid('The port is not between 1 and 65535')
  }

  const gs2Header = `n,${user === '' ? '' : `a=${escapeName(user)}`},`
  const address = `${host === undefined ? '' : `host=${host}\x01`}${port === undefined ? '' : `port=${port}\x01`}`
  return bearerMechanism(
    {
      name: 'OAUTHBEARER',
      user,
      host,
      port,
      write: (token) => `${gs2Header}\x01${address}auth=Bearer ${token}\x01\x01`,
      acknowledgement: '\x01',
    },
    accessToken,
  )
}
