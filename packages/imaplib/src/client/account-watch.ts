import { Idle } from '../commands/idle.ts'
import { noop } from '../commands/noop.ts'
import { notifySet } from '../commands/notify.ts'
import { select } from '../commands/select.ts'
import type { Session } from '../commands/session.ts'
import type { SessionListener } from '../commands/session-listener.ts'
import { knownItems, status, type StatusItem } from '../commands/status.ts'
import { unselect } from '../commands/unselect.ts'
import { CommandRefused } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { MailboxStatusResponse } from '../responses/mailbox-status.ts'
import type { Response } from '../responses/registry.ts'
import type { AccountEvent } from './account-events.ts'
import { Comebacks } from './comebacks.ts'
import type { Connections } from './connections.ts'
import { listMailboxes } from './list-mailboxes.ts'
import { MailboxLedger } from './mailbox-ledger.ts'
import { type Askable, namespacesOf, shareNamespaces } from './namespaces.ts'
import { NotifyEvents } from './notify-events.ts'
import { RowQueue } from './row-queue.ts'
import { sayGoodbye } from './say-goodbye.ts'
import { scopeOf, type WatchedMailboxes, type WatchScope } from './watch-scope.ts'

export interface AccountWatchOptions {
  /** Default `'personal'`: all of the user's own. */
  readonly mailboxes?: WatchedMailboxes | undefined
  /** Ends the watch; the loop over it then ends without an error. */
  readonly signal?: AbortSignal | undefined
  /** How often to look where the server has no NOTIFY, in ms. Default 60,000. The inbox is watched by IDLE meanwhile. */
  readonly poll?: number | undefined
  /** After how long IDLE is begun anew, in ms; default 290,000. See `WatchOptions`. */
  readonly renew?: number | undefined
}

const wanted = ['messages', 'unseen', 'uidNext', 'uidValidity', 'highestModSeq'] as const

/** Who compares lists knows a renamed mailbox by its id alone (RFC 8474 §4.1). */
const wantedForComparing = [...wanted, 'mailboxId'] as const

/**
 * Tells what happens in the mailboxes of an account, over one connection of its own: by NOTIFY (RFC 5465) where the
 * server has it, otherwise by asking for the counts of all now and then, with IDLE on the inbox. After a lost connection,
 * or one notification too many for the server, it finds out what it has missed.
 */
export class AccountWatch implements AsyncIterableIterator<AccountEvent>, SessionListener {
  private readonly connections: Connections
  private readonly options: AccountWatchOptions
  private readonly queue = new RowQueue<AccountEvent>()
  private readonly account: number
  private readonly asked = new NotifyEvents()
  private ledger = new MailboxLedger()
  private scope: WatchScope | null = null
  private running = false
  private stopped = false
  private idle: Idle | null = null
  /** Ends the wait of the moment. */
  private wake: (() => void) | null = null
  /** Something happened that must be looked at before waiting again. */
  private stirred = false
  /** The server tells no more until NOTIFY is sent again (RFC 5465 §5.8). */
  private overflowed = false
  /** Ends what is waited for when the consumer leaves. */
  private readonly gone = new AbortController()
  private readonly comebacks: Comebacks
  /** Mailboxes that have appeared, and whose counts are not known yet. */
  private readonly fresh = new Set<string>()

  constructor(connections: Connections, options: AccountWatchOptions) {
    this.connections = connections
    this.options = options
    this.account = connections.account
    this.comebacks = new Comebacks((attempt) => connections.rest(attempt, this.gone.signal))
    if (options.signal?.aborted === true) this.end()
    else options.signal?.addEventListener('abort', this)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<AccountEvent, undefined>> {
    if (!this.running && !this.stopped) {
      this.running = true
      void this.run().catch((error: Error) => {
        this.queue.fail(error)
        this.end()
      })
    }
    return this.queue.next()
  }

  return(): Promise<IteratorResult<AccountEvent, undefined>> {
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  status(told: MailboxStatusResponse): void {
    if (this.scope?.includes(told.mailbox) === true) this.tell(this.ledger.status(told.mailbox, told))
  }

  unclaimed(response: Response): void {
    if (response.type === 'LIST') this.listed(response)
    else if (response.type === 'METADATA') {
      const { mailbox, names } = response
      this.tell([{ type: 'metadata', mailbox, entries: names }])
    } else if ((response.type === 'OK' || response.type === 'NO') && response.code?.name === 'NOTIFICATIONOVERFLOW') {
      this.overflowed = true
      this.stir()
    }
  }

  exists(): void {
    this.stir()
  }

  expunged(): void {
    this.stir()
  }

  vanished(): void {
    this.stir()
  }

  fetched(): void {
    this.stir()
  }

  closed(): void {
    this.stir()
  }

  private listed(response: Extract<Response, { type: 'LIST' }>): void {
    const { mailbox, oldName } = response
    const within = (name: string | null) => name !== null && this.scope?.includes(name) === true
    if (!within(mailbox) && !within(oldName)) return
    const events = this.ledger.listed(response)
    for (const { type } of events) if (type === 'mailbox-created' || type === 'subscribed') this.fresh.add(mailbox)
    this.tell(events)
    if (this.fresh.size > 0) this.stir()
  }

  private tell(events: readonly AccountEvent[]): void {
    if (!this.stopped) for (const event of events) this.queue.push(event)
  }

  /** The signal fired. */
  handleEvent(): void {
    this.end()
  }

  private end(): void {
    this.stopped = true
    this.options.signal?.removeEventListener('abort', this)
    this.queue.end()
    this.gone.abort()
    this.stir()
  }

  private stir(): void {
    this.stirred = true
    this.idle?.stop()
    this.wake?.()
  }

  private async run(): Promise<void> {
    const namespaces = await namespacesOf(this.connections, {})
    this.scope = scopeOf(this.options.mailboxes ?? 'personal', namespaces)
    this.ledger = new MailboxLedger(this.scope.subscribed)
    while (!this.stopped) {
      try {
        await this.stay(this.scope)
      } catch (error) {
        if (this.stopped) return
        await this.comebacks.lost(error)
        continue
      }
      if (!this.stopped) await this.comebacks.ended()
    }
  }

  /** Watches over one connection, until it is lost or the watch ends. */
  private async stay(scope: WatchScope): Promise<void> {
    if (this.account !== this.connections.account)
      throw new ImapError('ESTALE', 'The client has become another user since the watch began.')
    const session = await this.connections.apart()
    this.comebacks.begin()
    const deaf = session.listen(this)
    try {
      if (await this.byNotify(session, scope)) await this.byAsking(session, scope)
    } finally {
      deaf()
      await sayGoodbye(session)
      session.connection.destroy(null)
    }
  }

  private here(session: Session): boolean {
    return !this.stopped && !session.connection.closed
  }

  /** True when the server cannot, or will not, tell by itself. */
  private async byNotify(session: Session, scope: WatchScope): Promise<boolean> {
    for (let overflows = 0; this.here(session); overflows += 1) {
      if (!session.has('NOTIFY') || overflows > MOST_OVERFLOWS) return true
      this.overflowed = false
      if (!(await this.askToBeTold(session, scope))) return true
      // From here on news is heard; what happened before is in the counts, and neither is lost.
      await this.takeStock(session, scope)
      while (this.here(session) && !this.overflowed) {
        await this.countFresh(session)
        await this.wait(session, this.options.renew ?? 290_000)
        if (!this.overflowed) overflows = 0
      }
    }
    return false
  }

  private async askToBeTold(session: Session, scope: WatchScope): Promise<boolean> {
    for (;;) {
      const events = this.asked.forServer((capability) => session.has(capability))
      if (events === null) return false
      try {
        await session.run(notifySet, [[{ mailboxes: scope.notify, events }], {}])
        return true
      } catch (error) {
        if (!(error instanceof CommandRefused)) throw error
        // RFC 5465 §3.1: NOTIFICATIONOVERFLOW says that this is too much to ask; BADEVENT what can be asked.
        if (!this.asked.learnFrom(error)) return false
      }
    }
  }

  private async byAsking(session: Session, scope: WatchScope): Promise<void> {
    const listens = scope.includes('INBOX') && (session.has('IDLE') || session.has('IMAP4rev2'))
    const reach = this.options.poll ?? 60_000
    while (this.here(session)) {
      await this.takeStock(session, scope, wantedForComparing)
      if (!this.here(session)) return
      if (!listens) {
        await this.pause(reach)
        continue
      }
      // What came between the counts and the SELECT is in the counts of the next round at the latest.
      await session.run(select, ['INBOX', { readOnly: true }, session])
      await this.wait(session, Math.min(reach, this.options.renew ?? 290_000))
      // STATUS of the selected mailbox may be old news (RFC 9051 §6.3.11).
      if (this.here(session)) await this.leaveInbox(session)
    }
  }

  private async leaveInbox(session: Session): Promise<void> {
    if (!session.has('UNSELECT') && !session.has('IMAP4rev2')) return
    await session.run(unselect, [])
    session.markSelected(null)
  }

  /** The counts of all mailboxes, and what is new in them. */
  private async takeStock(session: Session, scope: WatchScope, items: readonly StatusItem[] = wanted): Promise<void> {
    this.stirred = false
    const { patterns, subscribed } = scope
    const asked = askable(session, this.account)
    shareNamespaces(this.connections, asked)
    const found = await listMailboxes(asked, { pattern: patterns, subscribed, status: items })
    const present = found.filter(({ name, attributes }) => scope.includes(name) && !attributes.has('\\NonExistent'))
    this.tell(this.ledger.snapshot(present))
    this.comebacks.learnt()
  }

  private async countFresh(session: Session): Promise<void> {
    for (const mailbox of this.fresh) {
      this.fresh.delete(mailbox)
      const items = knownItems(wanted, (capability) => session.has(capability))
      try {
        this.tell(this.ledger.status(mailbox, await session.run(status, [mailbox, items])))
      } catch (error) {
        // It may be gone again by now, or be no mailbox but a level of names. Cyrus says OK, and tells nothing, when it has
        // been renamed meanwhile. Its counts come when they change.
        if (!(error instanceof CommandRefused || (error instanceof ImapError && error.code === 'EUNPARSED')))
          throw error
      }
    }
  }

  private async wait(session: Session, time: number): Promise<void> {
    if (this.stirred) {
      this.stirred = false
      return
    }
    if (session.has('IDLE') || session.has('IMAP4rev2')) await this.waitByIdle(session, time)
    else {
      await this.pause(Math.min(time, this.options.poll ?? 60_000))
      if (this.here(session)) await session.run(noop, [])
    }
    this.stirred = false
  }

  private async waitByIdle(session: Session, time: number): Promise<void> {
    const idle = new Idle(session)
    this.idle = idle
    const timer = setTimeout(() => idle.stop(), time)
    try {
      idle.start()
      await idle.done
    } finally {
      clearTimeout(timer)
      this.idle = null
    }
  }

  private pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.wake = null
        resolve()
      }
      const timer = setTimeout(done, delay)
      this.wake = done
    })
  }
}

/** One session in place of the client's connections: so the answers are in order with what the server tells unasked. */
const askable = (session: Session, account: number): Askable => ({
  account,
  any: () => Promise.resolve(),
  has: (capability) => session.has(capability),
  run: (command, args, options) => session.run(command, args, options),
})

/** A server that gives up again and again is better asked now and then. */
const MOST_OVERFLOWS = 3
