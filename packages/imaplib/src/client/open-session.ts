import { capability } from '../commands/capability.ts'
import { compress } from '../commands/compress.ts'
import { enable } from '../commands/enable.ts'
import { id, type Identification } from '../commands/id.ts'
import { Session } from '../commands/session.ts'
import { starttls } from '../commands/starttls.ts'
import { Connection } from '../connection/connection.ts'
import { CommandRefused } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import { connectTcp } from '../transport/tcp.ts'
import { connectTls } from '../transport/tls.ts'
import type { Transport } from '../transport/transport.ts'
import { logIn } from './log-in.ts'
import type { Settings } from './options.ts'

/** A session that is ready for work, and what was learnt on the way. */
export interface OpenedSession {
  readonly session: Session
  /** What the server said about itself (RFC 2971); null when it did not. */
  readonly serverId: ReadonlyMap<string, string | null> | null
}

/**
 * Connects, protects, logs in and switches on: all that lies between a host's name and the first command.
 *
 * From the greeting it takes as few round trips as the server's codes allow: with capabilities in greeting and tagged
 * OK, one for the login and one for ID and ENABLE, which travel together.
 *
 * @param attempt ends it when it is aborted; used for the limits of the settings too, so not to be used again
 * @throws ImapError one for each way in which it fails; nothing stays open then. Node's own errors (`ECONNREFUSED` …)
 * are the `cause` of an `ECONNECT`
 */
export const openSession = async (settings: Settings, attempt: AbortController): Promise<OpenedSession> => {
  // One signal for all that may end the attempt. `AbortSignal.any` would leave traces on signals that live long.
  const limit = attempt.signal
  const timer = setTimeout(() => attempt.abort(TIME_IS_UP), settings.timeout)
  const given = settings.signal
  const onGiven = () => attempt.abort(given?.reason)
  if (given?.aborted === true) onGiven()
  else given?.addEventListener('abort', onGiven)
  let session: Session | null = null
  let stop: ImapError | null = null
  let onAbort = () => undefined
  // What is not ours, a dial function or one that gets a token, may never come back.
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => {
      stop = interrupted(limit.reason, settings)
      session?.connection.destroy(stop)
      reject(stop)
    }
  })
  stopped.catch(() => undefined)
  limit.addEventListener('abort', onAbort)
  try {
    limit.throwIfAborted()
    const dialling = dial(settings, limit)
    dialling.then(
      (late) => stop !== null && late.destroy(),
      () => undefined,
    )
    session = converse(await Promise.race([dialling, stopped]), settings)
    limit.throwIfAborted()
    const serverId = await Promise.race([greet(session, settings), stopped])
    return { session, serverId }
  } catch (caught) {
    // What ended the connection says more than that it has ended.
    const error = isClosed(caught) ? (session?.connection.endedWith ?? caught) : caught
    session?.connection.destroy(stop)
    throw stop ?? (limit.aborted ? interrupted(limit.reason, settings) : asImapError(error, settings))
  } finally {
    clearTimeout(timer)
    given?.removeEventListener('abort', onGiven)
    limit.removeEventListener('abort', onAbort)
  }
}

const isClosed = (error: unknown): boolean => error instanceof ImapError && error.code === 'ECLOSED'

const TIME_IS_UP = Symbol('time is up')

const interrupted = (reason: unknown, settings: Settings): ImapError =>
  reason === TIME_IS_UP
    ? new ImapError('ETIMEDOUT', `Connecting to ${settings.host} took more than ${settings.timeout} ms.`, {
        retryable: true,
      })
    : new ImapError('ABORT_ERR', `Connecting to ${settings.host} was aborted.`, { cause: reason })

const asImapError = (error: unknown, settings: Settings): ImapError => {
  if (error instanceof ImapError) return error
  const cause = error as Error
  return new ImapError('ECONNECT', `Cannot connect to ${settings.host}:${settings.port}: ${cause.message}`, {
    cause,
    retryable: true,
  })
}

const dial = (settings: Settings, signal: AbortSignal): Promise<Transport> => {
  if (settings.dial !== undefined) return settings.dial(signal)
  const address = { host: settings.host, port: settings.port, connectTimeout: 0, ...settings.network, signal }
  return settings.security === 'tls' ? connectTls({ ...settings.tls, ...address }) : connectTcp(address)
}

const converse = (transport: Transport, settings: Settings): Session => {
  if (settings.security === 'tls' && !transport.secure) {
    transport.destroy()
    throw new ImapError('ETLSREQUIRED', `${transport.description} is not protected by TLS.`)
  }
  const { logger } = settings
  return new Session(
    (session) =>
      new Connection(transport, session, {
        ...settings,
        // The limit on all of connecting holds for the greeting too.
        greetingTimeout: 0,
        inactivityTimeout: settings.inactivityTimeout,
        trace:
          logger?.trace === undefined
            ? undefined
            : (direction, line) => logger.trace?.(`${direction === 'sent' ? 'C' : 'S'}: ${line}`),
      }),
  )
}

const greet = async (session: Session, settings: Settings): Promise<OpenedSession['serverId']> => {
  const greeting = await session.connection.greeting
  if (settings.security === 'starttls') await protect(session, greeting.status === 'PREAUTH', settings)
  if (greeting.status !== 'PREAUTH') return enter(session, settings)
  session.markAuthenticated()
  await learn(session)
  return switchOn(session, settings)
}

/** From a protected connection that knows nobody to a session that is ready for work. */
export const enter = async (session: Session, settings: Settings): Promise<OpenedSession['serverId']> => {
  await learn(session)
  await logIn(session, settings)
  await learn(session)
  return switchOn(session, settings)
}

/** RFC 9051 §11.1: without STARTTLS nothing is said; a PREAUTH greeting would skip it, so it is refused (§7.1.4). */
const protect = async (session: Session, preauth: boolean, settings: Settings): Promise<void> => {
  const refuse = (why: string, cause?: unknown) =>
    new ImapError('ETLSREQUIRED', `${settings.host}: ${why}, so the connection cannot be protected.`, { cause })
  if (preauth) throw refuse('the server has logged us in before STARTTLS')
  await learn(session)
  if (!session.has('STARTTLS')) throw refuse('the server does not offer STARTTLS')
  const handshake = { ...settings.tls, host: settings.host, connectTimeout: 0 }
  let secured: Promise<void> | undefined
  try {
    await session.run(starttls, [() => (secured = session.connection.startTls(handshake))])
  } catch (error) {
    if (error instanceof CommandRefused) throw refuse(`STARTTLS was refused (${error.serverText})`, error)
    throw error
  }
  await secured
}

/** Asks for the capabilities unless the server told them by itself, in its greeting or with its OK. */
const learn = async (session: Session): Promise<void> => {
  if (session.connection.capabilities !== null) return
  await session.run(capability, [])
  // A server whose answer cannot be understood can do nothing but the basics.
  if (session.connection.capabilities === null)
    throw new ImapError('EPROTOCOL', 'The server did not answer CAPABILITY.', { command: 'CAPABILITY' })
}

const switchOn = async (session: Session, settings: Settings): Promise<OpenedSession['serverId']> => {
  const wanted = toEnable(session, settings)
  const clientId = settings.clientId === undefined ? ourselves : settings.clientId
  const [serverId] = await Promise.all([
    clientId !== null && session.has('ID') ? session.run(id, [clientId]).catch(refused(null)) : null,
    wanted.length === 0
      ? undefined
      : session.run(enable, [wanted]).then((enabled) => session.markEnabled(enabled), refused(undefined)),
  ])
  if (settings.compress === true && session.has('COMPRESS=DEFLATE'))
    await session.run(compress, [() => session.connection.compress()]).catch(refused(undefined))
  return serverId
}

/** These are niceties: a server that refuses one is used without it. Everything else is an error. */
const refused =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof CommandRefused) return instead
    throw error
  }

const toEnable = (session: Session, settings: Settings): string[] => {
  const { imap4rev2 = true, qresync = true, utf8 = false, uidOnly = false } = settings.enable ?? {}
  if (!session.has('ENABLE') && !session.has('IMAP4rev2')) return []
  const wanted: string[] = []
  if (imap4rev2 && session.has('IMAP4rev2')) wanted.push('IMAP4rev2')
  if (qresync && session.has('QRESYNC')) wanted.push('QRESYNC')
  else if (qresync && session.has('CONDSTORE')) wanted.push('CONDSTORE')
  // RFC 6855 §7: a server that says UTF8=ONLY refuses everything else until it is enabled.
  if (session.has('UTF8=ONLY') || (utf8 && session.has('UTF8=ACCEPT'))) wanted.push('UTF8=ACCEPT')
  if (uidOnly && session.has('UIDONLY')) wanted.push('UIDONLY')
  return wanted
}

const ourselves: Identification = { name: 'imaplib', 'support-url': 'https://www.npmjs.com/package/imaplib' }
