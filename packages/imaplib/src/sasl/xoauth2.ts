import { invalid } from '../errors/imap-error.ts'
import type { AccessTokenInput } from './access-token.ts'
import { bearerMechanism } from './bearer-mechanism.ts'
import { requiredNameBytes } from './credential-text.ts'
import type { SaslMechanism } from './mechanism.ts'
import type { OAuthBearerOptions } from './oauthbearer.ts'

/**
 * XOAUTH2: Google's forerunner of OAUTHBEARER, and the only one that Outlook has. Only under TLS.
 *
 * @param options.host, options.port are not sent: the function that gets the token is told them.
 * @throws {@link ImapError} `EINVALID` for an empty user, or control characters in user or token.
 */
export function xoauth2(user: string, accessToken: AccessTokenInput, options: OAuthBearerOptions = {}): SaslMechanism {
  requiredNameBytes(user, 'user name')
  if (user.includes('\x01')) throw invalid('The user name holds a control character')
  return bearerMechanism(
    {
      name: 'XOAUTH2',
      user,
      host: options.host,
      port: options.port,
      write: (token) => `user=${user}\x01auth=Bearer ${token}\x01\x01`,
      acknowledgement: '',
    },
    accessToken,
  )
}
