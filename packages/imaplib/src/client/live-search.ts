import { findUids } from '../commands/find-uids.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import { type SortKey, type SortStep, sortSteps } from '../commands/ordering/sort-keys.ts'
import type { MailboxRunner } from '../commands/runner.ts'
import { compileSearch, type SearchProgram } from '../commands/search-criteria.ts'
import { cancelUpdate, searchContext, sortContext } from '../commands/search-context.ts'
import type { SearchCriteria } from '../commands/search-keys/index.ts'
import type { Session } from '../commands/session.ts'
import type { SessionListener } from '../commands/session-listener.ts'
import { sortBy } from '../commands/sort.ts'
import { CommandRefused } from '../errors/failures.ts'
import type { Response } from '../responses/registry.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Tenant } from './lane.ts'
import type { Lease, LeaseOptions } from './lanes.ts'
import { Comebacks } from './comebacks.ts'
import { type LiveEvent, LiveResult } from './live-result.ts'
import { NewsWait, type NewsWaitOptions } from './news-wait.ts'
import { RowQueue } from './row-queue.ts'

export interface LiveOptions extends NewsWaitOptions {
  /** Ends it; the loop over it then ends without an error. */
  readonly signal?: AbortSignal | undefined
  /** In which order. Default that of the mailbox. See `sort()`. */
  readonly sort?: readonly SortKey[] | undefined
}

/** What a live search needs of its mailbox. */
export interface Searchable {
  readonly name: string
  lease(options: LeaseOptions): Promise<Lease>
  rest(attempt: number, gone: AbortSignal): Promise<void>
}

/** A result is kept one by one: not one that a server makes up. */
const MOST_FOUND = 5_000_000

/** How long leaving may take, in ms. */
const LONGEST_FAREWELL = 2000

/**
 * A search whose result is kept up to date: by the server, where it has CONTEXT=SEARCH or CONTEXT=SORT (RFC 5267), and
 * otherwise by searching again when something has happened in the mailbox, with the same events.
 */
export class LiveSearch implements AsyncIterableIterator<LiveEvent>, Tenant, SessionListener {
  private readonly mailbox: Searchable
  private readonly options: LiveOptions
  private readonly program: SearchProgram
  private readonly steps: readonly SortStep[] | null
  private readonly result: LiveResult
  private readonly queue = new RowQueue<LiveEvent>()
  private readonly news: NewsWait
  /** By which the server names the search; null when it does not keep it. */
  private tag: string | null = null
  /** Something has happened that may change the result, and only another search can tell. */
  private dirty = true
  /** What was told while a search was under way, to be applied to its result. Null when none is. */
  private meanwhile: (() => readonly LiveEvent[])[] | null = null
  /** The server does not keep this search. */
  private refused = false
  private running: Promise<void> | null = null
  private stopped = false
  private yielded = false
  /** Ends what is waited for when the consumer leaves. */
  private readonly gone = new AbortController()
  private readonly comebacks: Comebacks

  /** @throws ImapError `EINVALID` for bad criteria or keys */
  constructor(mailbox: Searchable, criteria: SearchCriteria, options: LiveOptions) {
    this.mailbox = mailbox
    this.options = options
    this.program = compileSearch(criteria)
    this.steps = options.sort === undefined ? null : sortSteps(options.sort)
    this.result = new LiveResult(this.steps !== null)
    this.news = new NewsWait(options)
    this.comebacks = new Comebacks((attempt) => mailbox.rest(attempt, this.gone.signal))
    if (options.signal?.aborted === true) this.end()
    else options.signal?.addEventListener('abort', this)
  }

  /** The result as the events that have been taken or wait to be taken make it. */
  get uids(): readonly number[] {
    return this.result.uids
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<LiveEvent, undefined>> {
    if (this.running === null && !this.stopped)
      this.running = this.run().catch((error: Error) => {
        this.queue.fail(error)
        this.end()
      })
    return this.queue.next()
  }

  /** The consumer leaves the loop. Waits until the server has been told, but not for a server that does not answer. */
  async return(): Promise<IteratorResult<LiveEvent, undefined>> {
    this.end()
    let timer: NodeJS.Timeout | undefined
    const longEnough = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_FAREWELL)))
    await Promise.race([this.running, longEnough])
    clearTimeout(timer)
    return { value: undefined, done: true }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** The lane is needed for another mailbox: what happens meanwhile is found out afterwards. */
  yield(): void {
    this.yielded = true
    this.news.interrupt()
  }

  unclaimed(response: Response): void {
    if (response.type === 'ESEARCH' && response.updates !== null) {
      const { tag, updates } = response
      this.change(() => (tag === this.tag ? this.result.update(updates) : []))
    }
    // RFC 5267 §4.3.1: the server keeps it no longer, or never did.
    if (response.type === 'NO' && response.code?.name === 'NOUPDATE' && response.code.tag === this.tag) {
      this.tag = null
      this.refused = true
      this.spoil()
    }
  }

  vanished(_mailbox: MailboxState, uids: SequenceSet): void {
    this.change(() => this.result.vanish(uids))
  }

  expunged(): void {
    // Of which message only the numbers could tell; a server that keeps the result names it (REMOVEFROM).
    if (this.tag === null) this.spoil()
  }

  exists(): void {
    if (this.tag === null) this.spoil()
  }

  fetched(): void {
    if (this.tag === null) this.spoil()
  }

  closed(): void {
    this.news.interrupt()
  }

  private spoil(): void {
    this.dirty = true
    this.news.interrupt()
  }

  private change(change: () => readonly LiveEvent[]): void {
    if (this.meanwhile === null) this.tell(change())
    else this.meanwhile.push(change)
  }

  private tell(events: readonly LiveEvent[]): void {
    for (const event of events) this.queue.push(event)
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
    this.news.interrupt()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.stay()
      } catch (error) {
        if (this.stopped) return
        await this.comebacks.lost(error)
        continue
      }
      if (!this.stopped && !this.yielded) await this.comebacks.ended()
    }
  }

  /** Searches and listens on one lane until it is lost, given away, or the search ends. */
  private async stay(): Promise<void> {
    // Who has made way waits until nobody else needs the lane, and for the next turn among those who watch.
    const patience = this.yielded ? this.news.interval : 0
    const lease = await this.mailbox.lease({ signal: this.gone.signal, patience })
    const { lane } = lease
    const { session } = lane
    this.comebacks.begin()
    this.yielded = false
    this.dirty = true
    lane.admit(this)
    const deaf = session.listen(this)
    try {
      while (this.here(session)) {
        if (this.dirty) await this.search(session)
        if (this.here(session) && !this.dirty) await this.news.wait(session)
      }
      if (this.tag !== null && !session.connection.closed && session.mailbox !== null)
        await session.run(cancelUpdate, [[this.tag]])
    } finally {
      deaf()
      this.tag = null
      lane.tenants.delete(this)
      lease.release()
    }
  }

  private here(session: Session): boolean {
    return !this.stopped && !this.yielded && !session.connection.closed && session.mailbox !== null
  }

  private async search(session: Session): Promise<void> {
    this.dirty = false
    this.meanwhile = []
    try {
      this.tell(this.result.become(await this.ask(session)))
      this.comebacks.learnt()
    } finally {
      const changes = this.meanwhile
      this.meanwhile = null
      for (const change of changes) this.tell(change())
    }
  }

  private async ask(session: Session): Promise<readonly number[]> {
    const { steps, program } = this
    const kept = steps === null ? 'CONTEXT=SEARCH' : 'CONTEXT=SORT'
    if (this.tag === null && session.has(kept) && !this.refused) {
      try {
        const context = await session.run(steps === null ? searchContext : sortContext, [steps ?? [], program])
        this.tag = context.tag
        return context.uids
      } catch (error) {
        // NOUPDATE may come with the refusal; whatever the reason, searching by itself may still work.
        if (!(error instanceof CommandRefused)) throw error
        this.refused = true
      }
    }
    const runner = runnerOf(session, this.mailbox.name)
    return steps === null
      ? (await findUids(runner, program, {})).toArray(MOST_FOUND)
      : sortBy(runner, steps, program, {})
  }
}

const runnerOf = (session: Session, name: string): MailboxRunner => ({
  name,
  has: (capability) => session.has(capability),
  values: (capability) => session.connection.capabilities?.values(capability) ?? [],
  isEnabled: (capability) => session.isEnabled(capability),
  run: (command, args, options) => session.run(command, args, options),
})
