import { nameBytes } from './credential-text.ts'
import type { SaslMechanism } from './mechanism.ts'
import { singleResponse } from './single-response.ts'

/**
 * EXTERNAL (RFC 4422 appendix A): the server knows the client from elsewhere, mostly from its TLS certificate.
 *
 * @param authzid the identity to act as. Default empty: the server derives it.
 * @throws {@link ImapError} `EINVALID` for NUL in the identity.
 */
export function external(authzid = ''): SaslMechanism {
  const identity = nameBytes(authzid, 'authorization identity')
  return singleResponse('EXTERNAL', () => Buffer.from(identity))
}
