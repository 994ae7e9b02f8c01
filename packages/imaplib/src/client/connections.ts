import type { Command } from '../commands/command.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { AuthenticationError } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { openSession } from './open-session.ts'
import type { Settings } from './options.ts'

/** What a client tells of its connections. */
export interface ConnectionEvents {
  /** A session is ready: the first, another, or one in place of a lost one. */
  opened(session: Session, serverId: ReadonlyMap<string, string | null> | null): void
  lost(error: ImapError): void
}

/** Codes that say: the connection is gone, and the command with it. */
const gone = new Set(['ECLOSED', 'EEOF', 'EBYE'])

/**
 * The connections of a client over its lifetime: opened when they are needed, opened again when they are lost.
 *
 * A command that was not sent yet is sent again by itself; one that was sent only if that does no harm.
 */
export class Connections {
  readonly lanes: Lanes
  private readonly settings: Settings
  private readonly events: ConnectionEvents
  private readonly stop = new AbortController()
  /** True until the first session stands: a first attempt that fails is not repeated. */
  private first = true
  /** What each connection is told when it is opened, by key; see {@link everywhere}. */
  private readonly standing = new Map<string, (session: Session) => Promise<unknown>>()
  private latest: Session | null = null
  private lostWith: ImapError | null = null

  constructor(settings: Settings, events: ConnectionEvents) {
    this.settings = settings
    this.events = events
    this.lanes = new Lanes(() => this.open(), settings.maxConnections)
  }

  /** Runs a command that needs no mailbox, on any connection. */
  run<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    return this.persist(command.idempotent, async () => {
      const lane = await this.lanes.any()
      return lane.session.run(command, args, options)
    })
  }

  /** Runs a command on each connection that there is, and on each that is opened later. See `ClientRunner`. */
  async everywhere<Args extends readonly unknown[], Result>(
    key: string,
    command: Command<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    const result = await this.run(command, args, options)
    const others = this.lanes.all.filter((lane) => lane.alive && lane.session !== this.session)
    await Promise.all(others.map((lane) => lane.session.run(command, args, options)))
    this.standing.set(key, (session) => session.run(command, args))
    return result
  }

  /** Does something on a lane; once more when its connection was lost before anything was sent, or it does no harm. */
  async persist<Result>(idempotent: boolean, attempt: () => Promise<Result>): Promise<Result> {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ImapError) || this.settings.reconnect === false || this.stop.signal.aborted) throw error
      const unsent = error.code === 'ECLOSED'
      if (!unsent && !(idempotent && gone.has(error.code))) throw error
      return attempt()
    }
  }

  async any(): Promise<Lane> {
    return this.lanes.any()
  }

  /** The session that speaks for the server: the first that lives, or the last that did. */
  get session(): Session {
    const living = this.lanes.all.find((lane) => lane.alive)?.session
    return living ?? (this.latest as Session)
  }

  values(capability: string): string[] {
    return this.session.connection.capabilities?.values(capability) ?? []
  }

  has(capability: string): boolean {
    return this.session.has(capability)
  }

  isEnabled(capability: string): boolean {
    return this.session.isEnabled(capability)
  }

  close(): void {
    this.stop.abort()
    this.lanes.close(new ImapError('ECLOSED', 'This client has been closed.'))
  }

  private async open(): Promise<Session> {
    const { reconnect } = this.settings
    if (reconnect === false && this.lostWith !== null)
      throw new ImapError('ECLOSED', `The connection was lost: ${this.lostWith.message}`, { cause: this.lostWith })
    const attempts = this.first || reconnect === false ? 1 : Math.max(1, reconnect.attempts)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { session, serverId } = await openSession(this.settings, this.stop.signal)
        for (const tell of this.standing.values()) await tell(session)
        this.first = false
        this.latest = session
        session.listen({
          closed: (error) => {
            if (error === null) return
            this.lostWith = error
            this.events.lost(error)
          },
        })
        this.events.opened(session, serverId)
        return session
      } catch (error) {
        if (attempt >= attempts || !worthAnotherTry(error)) throw error
        await this.pause(attempt)
      }
    }
  }

  /** Doubles from try to try, with up to half of it left to chance: a thousand clients must not come back as one. */
  private pause(attempt: number): Promise<void> {
    const { reconnect } = this.settings
    if (reconnect === false) return Promise.resolve()
    const full = Math.min(reconnect.maxDelay, reconnect.delay * 2 ** (attempt - 1))
    const delay = full / 2 + (Math.random() * full) / 2
    const { signal } = this.stop
    return new Promise((resolve) => {
      const timer = setTimeout(done, delay)
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
    })
  }
}

/** A wrong password stays wrong, and asking again locks the account. */
const worthAnotherTry = (error: unknown): boolean =>
  error instanceof ImapError && error.retryable && !(error instanceof AuthenticationError && !error.retryable)
