import { invalid } from '../errors/imap-error.ts'
import { nameBytes, type PasswordInput, passwordBytes, requiredNameBytes, sealPassword } from './credential-text.ts'
import type { SaslMechanism } from './mechanism.ts'
import { singleResponse } from './single-response.ts'

/**
 * PLAIN (RFC 4616): `[authzid] NUL user NUL password`. The server reads the password: for links under TLS only.
 *
 * Names and password go out as they are: preparing them is the server's part (RFC 4616 §2).
 *
 * @param options.authzid the identity to act as, when it differs from the user's own.
 * @throws {@link ImapError} `EINVALID` for NUL anywhere, an empty user or an empty password: the grammar has no room for
 * them (RFC 4616 §2).
 */
export function plain(
  user: string,
  password: PasswordInput,
  options: { authzid?: string | undefined } = {},
): SaslMechanism {
  const authzid = nameBytes(options.authzid ?? '', 'authorization identity')
  const authcid = requiredNameBytes(user, 'user name')
  const checked = passwordBytes(password)
  if (checked.byteLength === 0) throw invalid('PLAIN cannot carry an empty password')
  if (checked.includes(0)) throw invalid('PLAIN cannot carry a password with NUL')
  const secret = sealPassword(password)
  const nul = Buffer.alloc(1)
  return singleResponse('PLAIN', () => Buffer.concat([authzid, nul, authcid, nul, passwordBytes(secret)]))
}
