import { login } from '../commands/login.ts'
import type { Session } from '../commands/session.ts'
import { authenticate } from '../connection/authenticate.ts'
import type { StatusLine } from '../connection/status-line.ts'
import { AuthenticationError, CommandRefused } from '../errors/failures.ts'
import { responseCode } from '../responses/response-code.ts'
import { type ChannelBinding, chooseMechanism, type MechanismChoice } from '../sasl/index.ts'
import { TlsDetails } from '../transport/tls-details.ts'
import type { Transport } from '../transport/transport.ts'
import type { Settings } from './options.ts'

/**
 * Logs in with the strongest mechanism that server, credentials and options have in common.
 *
 * Another one is tried only when the server refused the mechanism itself. A refused access token is asked for once more
 * where it comes from a function; a refused password never.
 *
 * @throws AuthenticationError with the server's words; ImapError `ESASL` when no mechanism is left
 */
export const logIn = async (session: Session, settings: Settings): Promise<void> => {
  const { connection } = session
  const { floor, mechanisms, scram, ...credentials } = settings.auth
  const choices = chooseMechanism(connection.capabilities ?? [], credentials, {
    tls: connection.secure,
    channelBinding: bindingsOf(connection.carrier, (await connection.greeting).text),
    floor,
    allow: mechanisms,
    loginDisabled: session.has('LOGINDISABLED'),
    dangerouslyAllowCleartextSecrets: settings.security === 'insecure-plaintext',
    scram,
  })
  const told = connection.timesTold
  let refusal: unknown
  for (const choice of choices) {
    try {
      const completion = await attempt(session, choice, tokenCanBeRenewed(settings))
      session.markAuthenticated()
      const code = responseCode(completion)
      session.referrals = code?.name === 'REFERRAL' ? code.urls : []
      // What was offered to a stranger says nothing of what a user is offered, unless the server told it anew.
      if (connection.timesTold === told) connection.forgetCapabilities()
      return
    } catch (error) {
      refusal ??= error
      if (!(error instanceof AuthenticationError && error.mechanismUnavailable)) throw error
    }
  }
  throw refusal
}

const tokenCanBeRenewed = ({ auth }: Settings): boolean =>
  'accessToken' in auth && typeof auth.accessToken === 'function'

const attempt = async (session: Session, choice: MechanismChoice, renewable: boolean): Promise<StatusLine> => {
  if (choice.kind === 'login-command') return loginCommand(session, choice)
  const { connection } = session
  try {
    return await authenticate(connection, choice.mechanism)
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error
    // Coremail announces SASL-IR and answers BAD to it: ask again as if it had not.
    // (A refused channel binding has nothing to do with it, and another attempt costs three seconds at Cyrus.)
    const withoutIr = error.mechanismUnavailable && session.has('SASL-IR') && !error.mechanism.endsWith('-PLUS')
    if (!withoutIr && !(renewable && tokenRefused(error))) throw error
    return authenticate(connection, choice.mechanism, !withoutIr)
  }
}

/** Outlook says NO without the error JSON, others with it. */
const tokenRefused = ({ mechanism, responseCode, cause }: AuthenticationError): boolean =>
  (mechanism === 'OAUTHBEARER' || mechanism === 'XOAUTH2') &&
  (cause !== undefined || responseCode === undefined || responseCode === 'AUTHENTICATIONFAILED')

const loginCommand = async (
  session: Session,
  choice: MechanismChoice & { kind: 'login-command' },
): Promise<StatusLine> => {
  try {
    return await session.run(login, [choice.user, choice.password])
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error
    const { responseCode, codeArguments, serverText, retryable } = error
    const details = { responseCode, codeArguments, serverText, retryable, command: 'LOGIN', cause: error }
    throw new AuthenticationError('LOGIN', false, `LOGIN was refused: ${serverText}`, details)
  }
}

/**
 * The channel bindings that this connection can make, the best first. `tls-unique` is not defined for TLS 1.3, yet it is
 * the only one that Cyrus knows there, and it ties to the connection all the same; so it comes last, except at a server
 * that says it is Cyrus: each refusal there takes three seconds.
 */
const bindingsOf = (transport: Transport, greeting: string): ChannelBinding[] => {
  const details = 'tls' in transport && transport.tls instanceof TlsDetails ? transport.tls : null
  if (details === null) return []
  const found: [ChannelBinding['type'], Uint8Array | null][] = [
    ['tls-exporter', details.exporter('EXPORTER-Channel-Binding', 32)],
    ['tls-unique', details.tlsUnique()],
    ['tls-server-end-point', details.serverEndPoint()],
  ]
  if (/\bCyrus IMAP\b/i.test(greeting)) found.unshift(...found.splice(1, 1))
  return found.flatMap(([type, data]) => (data === null ? [] : [{ type, data }]))
}
