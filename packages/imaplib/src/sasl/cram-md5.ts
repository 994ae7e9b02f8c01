import { createHmac } from 'node:crypto'
import { type PasswordInput, passwordBytes, requiredNameBytes, sealPassword } from './credential-text.ts'
import { type SaslExchange, type SaslMechanism, saslError } from './mechanism.ts'

/**
 * CRAM-MD5 (RFC 2195): `user SP hex(HMAC-MD5(password, challenge))`. The password does not cross the wire, but the server
 * does not prove itself, and what it keeps is as good as the password. Use it only where neither SCRAM nor TLS exists.
 *
 * @throws {@link ImapError} `EINVALID` for an empty user or one with NUL.
 */
export function cramMd5(user: string, password: PasswordInput): SaslMechanism {
  const name = 'CRAM-MD5'
  const userBytes = requiredNameBytes(user, 'user name')
  passwordBytes(password)
  const secret = sealPassword(password)
  return {
    name,
    begin: (): SaslExchange => {
      let answered = false
      return {
        initial: () => null,
        respond: (challenge) => {
          if (answered) throw saslError(name, 'the server sent a second challenge')
          // RFC 2195 §2: the challenge is a msg-id. Nothing to hash means a fixed digest, good for every later login.
          if (challenge.byteLength === 0) throw saslError(name, "the server's challenge is empty")
          answered = true
          const digest = createHmac('md5', passwordBytes(secret)).update(challenge).digest('hex')
          return Buffer.concat([userBytes, Buffer.from(` ${digest}`)])
        },
        succeeded: () => {
          if (!answered) throw saslError(name, 'the server said OK before it had seen a response')
        },
      }
    },
  }
}
