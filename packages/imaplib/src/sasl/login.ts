import { invalid } from '../errors/imap-error.ts'
import { type PasswordInput, passwordBytes, requiredNameBytes, sealPassword } from './credential-text.ts'
import { type SaslExchange, type SaslMechanism, saslError } from './mechanism.ts'

/**
 * LOGIN, the SASL mechanism (draft-murchison-sasl-login): two prompts, answered by user and password. Obsolete, but all
 * that some servers have. The server reads the password: for links under TLS only.
 *
 * The prompts' wording differs between servers and languages; only their order counts.
 *
 * @throws {@link ImapError} `EINVALID` for an empty user, or NUL in user or password.
 */
export function login(user: string, password: PasswordInput): SaslMechanism {
  const name = 'LOGIN'
  const userBytes = requiredNameBytes(user, 'user name')
  if (passwordBytes(password).includes(0)) throw invalid('LOGIN cannot carry a password with NUL')
  const secret = sealPassword(password)
  return {
    name,
    begin: (): SaslExchange => {
      let prompts = 0
      return {
        initial: () => null,
        respond: () => {
          prompts += 1
          if (prompts === 1) return Buffer.from(userBytes)
          if (prompts === 2) return passwordBytes(secret)
          throw saslError(name, 'the server asks a third question')
        },
        succeeded: () => {
          if (prompts < 2) throw saslError(name, 'the server said OK before it had seen the password')
        },
      }
    },
  }
}
