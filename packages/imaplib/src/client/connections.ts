import type { Command } from '../commands/command.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { unauthenticate } from '../commands/unauthenticate.ts'
import { closedError } from '../connection/fates.ts'
import { AuthenticationError } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import { heeded } from './heeded.ts'
import { isConnectionLost } from './connection-lost.ts'
import type { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { enter, openSession } from './open-session.ts'
import { type Auth, settle, type Settings } from './options.ts'
import { sayGoodbye } from './say-goodbye.ts'
import { timeLeft } from './time-left.ts'

/** What a client has done since it was made. */
export interface Counters {
  /** Opened so far. */
  connections: number
  bytesSent: number
  bytesReceived: number
  commands: number
  responses: number
  /** How often the client waited for the server; commands that travel together wait once. */
  roundTrips: number
  /** Responses that broke the grammar and were understood all the same. */
  repairs: number
  /** Responses that could not be understood. */
  unparsed: number
}

const add = (total: Counters, { connection, counters }: Session): void => {
  total.connections += 1
  total.bytesSent += connection.bytesSent
  total.bytesReceived += connection.bytesReceived
  total.commands += connection.counters.commands
  total.responses += connection.counters.responses
  total.roundTrips += connection.counters.roundTrips
  total.repairs += counters.repairs
  total.unparsed += counters.unparsed
}

/** What a client tells of its connections. */
export interface ConnectionEvents {
  /** A session is ready: the first, another, or one in place of a lost one. */
  opened(session: Session, serverId: ReadonlyMap<string, string | null> | null): void
  lost(error: ImapError): void
}

/**
 * The connections of a client over its lifetime: opened when they are needed, opened again when they are lost.
 *
 * A command that was not sent yet is sent again by itself; one that was sent only if that does no harm.
 */
export class Connections {
  readonly lanes: Lanes
  private settings: Settings
  private readonly events: ConnectionEvents
  private stopped = false
  /** Attempts to connect that are under way, to be ended with the client. */
  private readonly attempts: AbortController[] = []
  /** True until the first session stands: a first attempt that fails is not repeated. */
  private first = true
  /** Sessions that are lent to nobody else: see {@link apart}. */
  private readonly outside = new Set<Session>()
  /** What each connection is told when it is opened, by key; see {@link everywhere}. */
  private readonly standing = new Map<string, (session: Session) => Promise<unknown>>()
  private latest: Session | null = null
  /** Counts the users that this client has been, so that what was opened as one is not used as another. */
  account = 0
  private lostWith: ImapError | null = null
  private readonly past: Counters = {
    connections: 0,
    bytesSent: 0,
    bytesReceived: 0,
    commands: 0,
    responses: 0,
    roundTrips: 0,
    repairs: 0,
    unparsed: 0,
  }

  constructor(settings: Settings, events: ConnectionEvents) {
    this.settings = settings
    this.events = events
    this.lanes = new Lanes(() => this.open(), settings.maxConnections)
  }

  /** Runs a command that needs no mailbox, on any connection. */
  run<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
  ): Promise<Result> {
    const left = timeLeft(options)
    const { account } = this
    return this.persist(command.idempotent, async () => {
      const lane = await this.any(left())
      this.checkAccount(account)
      return lane.session.run(command, args, left())
    })
  }

  /** Runs a command on each connection that there is, and on each that is opened later. See `ClientRunner`. */
  async everywhere<Args extends readonly unknown[], Result>(
    key: string,
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
  ): Promise<Result> {
    const result = await this.run(command, args, options)
    // First of all: a connection that is being opened meanwhile is told by this.
    this.standing.set(key, (session) => session.run(command, args))
    const others = this.lanes.all.filter((lane) => lane.alive && lane.session !== this.session)
    await Promise.all(others.map((lane) => lane.session.run(command, args, options)))
    return result
  }

  /**
   * Goes on as another user: on the same connection where the server has UNAUTHENTICATE (RFC 8437), otherwise on a new
   * one, which comes to the same.
   */
  async switchUser(auth: Auth): Promise<void> {
    const before = this.settings
    this.settings = settle({ ...before, auth })
    this.account += 1
    for (const session of this.outside) session.connection.destroy(null)
    for (const attempt of this.attempts) attempt.abort()
    const lanes = this.lanes.surrender(switched())
    // A compression layer would have to end in the middle of the stream (RFC 8437 §4.1); a new connection is simpler.
    const usable = (lane: Lane) =>
      lane.alive && lane.idle && lane.session.connection.pending === 0 && lane.session.has('UNAUTHENTICATE')
    const kept = before.compress === true ? undefined : lanes.find(usable)
    for (const lane of lanes)
      if (lane !== kept) void sayGoodbye(lane.session).then(() => lane.session.connection.destroy(null))
    try {
      if (kept === undefined || !(await this.reenter(kept.session))) await this.lanes.any()
    } catch (error) {
      this.settings = before
      throw error
    }
  }

  /** False when the server ends the session instead of resetting it, as it may (RFC 8437 §3). */
  private async reenter(session: Session): Promise<boolean> {
    try {
      await session.run(unauthenticate, [session], { timeout: this.settings.timeout })
    } catch {
      session.connection.destroy(null)
      return false
    }
    try {
      const serverId = await enter(session, this.settings)
      await this.brief(session, this.account)
      if (this.stopped) throw new ImapError('ECLOSED', 'This client has been closed.')
      this.latest = session
      this.lanes.adopt(session)
      this.events.opened(session, serverId)
      return true
    } catch (error) {
      session.connection.destroy(null)
      throw error
    }
  }

  /** Does something on a lane; once more when its connection was lost before anything was sent, or it does no harm. */
  async persist<Result>(idempotent: boolean, attempt: () => Promise<Result>): Promise<Result> {
    const { account } = this
    try {
      return await attempt()
    } catch (error) {
      // What one user has begun is not done again as another.
      if (account !== this.account || !this.mayRepeat(error, idempotent)) throw error
      return attempt()
    }
  }

  /** Whether there is any point, and no harm, in doing again what failed with this error. */
  mayRepeat(error: unknown, idempotent: boolean): boolean {
    if (!(error instanceof ImapError) || this.settings.reconnect === false || this.stopped) return false
    return error.code === 'ECLOSED' || (idempotent && isConnectionLost(error))
  }

  /** A connection of one's own, beside those that are shared. Whoever asked for it ends it; closing the client does too. */
  async apart(): Promise<Session> {
    if (this.stopped) throw new ImapError('ECLOSED', 'This client has been closed.')
    const session = await this.open()
    if (this.stopped) {
      session.connection.destroy(null)
      throw new ImapError('ECLOSED', 'This client has been closed.')
    }
    this.outside.add(session)
    session.listen({ closed: () => this.outside.delete(session) })
    return session
  }

  /** A connection, and with it what the server can do. */
  any(options: CallOptions = {}): Promise<Lane> {
    return heeded('Waiting for a connection', options, () => this.lanes.any())
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

  /** Says good-bye on every connection and closes it. From the call on, nobody opens another. */
  async close(): Promise<void> {
    this.stopped = true
    for (const attempt of this.attempts) attempt.abort()
    const error = new ImapError('ECLOSED', 'This client has been closed.')
    this.lanes.shutDoor(error)
    const living = this.lanes.all.filter((lane) => lane.alive)
    await Promise.all(living.map(({ session }) => sayGoodbye(session)))
    for (const session of this.outside) session.connection.destroy(null)
    this.lanes.close(error)
  }

  /** @throws ImapError `ECLOSED` when the client has become another user since */
  checkAccount(account: number): void {
    if (account !== this.account) throw switched()
  }

  /** What has gone over all connections, those that are closed too. */
  get counters(): Counters {
    const total = { ...this.past }
    for (const { session } of this.lanes.all) add(total, session)
    return total
  }

  private addUp(session: Session): void {
    add(this.past, session)
  }

  private async open(): Promise<Session> {
    const { reconnect } = this.settings
    if (reconnect === false && this.lostWith !== null)
      throw new ImapError('ECLOSED', `The connection was lost: ${this.lostWith.message}`, { cause: this.lostWith })
    const attempts = this.first || reconnect === false ? 1 : Math.max(1, reconnect.attempts)
    const { account } = this
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { session, serverId } = await this.underWay((controller) => openSession(this.settings, controller))
        await this.brief(session, account)
        this.first = false
        // It is there to end the first attempt to connect, and may fire long after.
        if (this.settings.signal !== undefined) this.settings = { ...this.settings, signal: undefined }
        this.latest = session
        session.listen({
          alert: (text) => this.settings.onAlert?.(text),
          closed: (error) => {
            this.addUp(session)
            if (error === null) return
            this.lostWith = error
            this.events.lost(error)
          },
        })
        this.events.opened(session, serverId)
        return session
      } catch (error) {
        this.checkAccount(account)
        if (attempt >= attempts || this.stopped || !worthAnotherTry(error)) throw error
        await this.underWay((controller) => this.pause(attempt, controller.signal))
      }
    }
  }

  /** Tells a new session what all are told. It is closed unless it is of use then. */
  private async brief(session: Session, account: number): Promise<void> {
    const { connection } = session
    try {
      for (const tell of this.standing.values()) await tell(session)
      this.checkAccount(account)
      // A server may greet, take the login, and say BYE in the same breath.
      if (connection.closed) throw connection.endedWith ?? closedError(null, undefined)
    } catch (error) {
      connection.destroy(null)
      throw error
    }
  }

  /** Does something that ends with the client, and when it becomes another user: the controller fires then. */
  async underWay<T>(task: (controller: AbortController) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    this.attempts.push(controller)
    if (this.stopped) controller.abort()
    try {
      return await task(controller)
    } finally {
      this.attempts.splice(this.attempts.indexOf(controller), 1)
    }
  }

  /** Waits before something is tried the n-th time again; the client's end ends it, and so does the signal. */
  rest(attempt: number, gone: AbortSignal): Promise<void> {
    return this.underWay(async (controller) => {
      const leave = () => controller.abort()
      if (gone.aborted) leave()
      gone.addEventListener('abort', leave)
      await this.pause(attempt, controller.signal)
      gone.removeEventListener('abort', leave)
    })
  }

  /** Doubles from try to try, with up to half of it left to chance: a thousand clients must not come back as one. */
  private pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { reconnect } = this.settings
    if (reconnect === false) return Promise.resolve()
    const full = Math.min(reconnect.maxDelay, reconnect.delay * 2 ** (attempt - 1))
    const delay = full / 2 + (Math.random() * full) / 2
    if (signal.aborted) return Promise.resolve()
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

const switched = () => new ImapError('ECLOSED', 'The client has become another user.')

/** A wrong password stays wrong, and asking again locks the account. */
const worthAnotherTry = (error: unknown): boolean =>
  error instanceof ImapError && error.retryable && !(error instanceof AuthenticationError && !error.retryable)
