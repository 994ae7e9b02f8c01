import { allUids } from '../commands/all-uids.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import type { Session } from '../commands/session.ts'
import type { SessionListener } from '../commands/session-listener.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Flags } from '../responses/flags.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { Tenant } from './lane.ts'
import { Comebacks } from './comebacks.ts'
import type { Lease, LeaseOptions } from './lanes.ts'
import { NewsWait } from './news-wait.ts'
import { type Changes, findChanges } from './resync.ts'
import { RowQueue } from './row-queue.ts'
import { UidIndex } from './uid-index.ts'

/** What happened in a mailbox. */
export type WatchEvent =
  /** Messages have arrived. */
  | { readonly type: 'arrived'; readonly uids: SequenceSet }
  /** The flags of a message changed, by whomever; these are all that it has now. */
  | { readonly type: 'flags'; readonly uid: number; readonly flags: Flags; readonly modseq: bigint | null }
  /** Messages are gone. */
  | { readonly type: 'expunged'; readonly uids: SequenceSet }

export interface WatchOptions {
  /** Ends the watch; the loop over it then ends without an error. */
  readonly signal?: AbortSignal | undefined
  /**
   * After how long IDLE is begun anew, in ms. Default 290,000: routers forget silent connections after five minutes or
   * more; servers end it after 30 (RFC 2177). The renewal also finds out that a connection is dead.
   */
  readonly renew?: number | undefined
  /** How often to ask where the server has no IDLE, in ms. Default 30,000. */
  readonly poll?: number | undefined
  /**
   * What the caller knows already; the first events are what has happened since. Default: what the handle was told when
   * it was opened, so that nothing is lost between a fetch and the watch; what arrived in between may be told twice.
   */
  readonly known?:
    | { readonly uids?: SequenceSet; readonly uidNext?: number; readonly highestModSeq?: bigint }
    | undefined
}

/** What the watch needs of its mailbox. */
export interface Watchable {
  readonly uidValidity: number | undefined
  lease(options: LeaseOptions): Promise<Lease>
  rest(attempt: number, gone: AbortSignal): Promise<void>
}

interface Start {
  readonly uids: SequenceSet | undefined
  readonly uidNext: number | undefined
  readonly highestModSeq: bigint | undefined
}

/**
 * Tells what happens in a mailbox as long as it is watched: by IDLE, or by asking now and then. It renews itself, gives
 * the lane to others who need it, survives lost connections, and after each pause finds out what it has missed.
 */
export class Watch implements AsyncIterableIterator<WatchEvent>, Tenant, SessionListener {
  private readonly mailbox: Watchable
  private readonly options: WatchOptions
  private readonly start: Start
  private readonly queue = new RowQueue<WatchEvent>()
  private index: UidIndex | null = null
  private highestModSeq: bigint | undefined
  private session: Session | null = null
  private readonly news: NewsWait
  /** Ends what is waited for when the consumer leaves. */
  private readonly gone = new AbortController()
  private readonly comebacks: Comebacks
  private running = false
  private stopped = false
  private yielded = false
  /** How many messages the server has told of, when that is more than are known: their UIDs must be asked for. */
  private grown = false
  /** The numbers of the server do not fit what is known: all must be counted anew. */
  private lost = false
  /** Reading has stopped, since nobody takes what is told. */
  private throttled = false
  /** It must not be stopped: somebody waits behind it. */
  private released = false

  constructor(mailbox: Watchable, options: WatchOptions, start: Start) {
    this.mailbox = mailbox
    this.options = options
    this.news = new NewsWait(options)
    this.start = { ...start, ...options.known }
    this.highestModSeq = this.start.highestModSeq
    this.comebacks = new Comebacks((attempt) => mailbox.rest(attempt, this.gone.signal))
    if (options.signal?.aborted === true) this.end()
    else options.signal?.addEventListener('abort', this)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<WatchEvent, undefined>> {
    if (!this.running && !this.stopped) {
      this.running = true
      void this.run().catch((error: Error) => this.fail(error))
    }
    const answer = this.queue.next()
    if (this.queue.length <= FEW_EVENTS) {
      this.released = false
      this.flow()
    }
    return answer
  }

  return(): Promise<IteratorResult<WatchEvent, undefined>> {
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** The lane is needed for another mailbox: what happens meanwhile is found out afterwards. */
  yield(): void {
    this.yielded = true
    this.interrupt()
  }

  /** A command waits behind the news that nobody takes (called by the session). */
  release(): void {
    this.released = true
    this.flow()
  }

  exists(_mailbox: MailboxState, count: number): void {
    if (this.index === null || count === this.index.size) return
    // Fewer, without a word of which are gone, is not for a server to say (RFC 9051 §7.4.1); some do.
    if (count < this.index.size) this.lost = true
    else this.grown = true
    this.interrupt()
  }

  expunged(_mailbox: MailboxState, sequence: number): void {
    const uid = this.index?.expunge(sequence)
    if (uid !== undefined) this.tell({ type: 'expunged', uids: SequenceSet.of(uid) })
  }

  vanished(_mailbox: MailboxState, uids: SequenceSet): void {
    const gone = this.index?.remove(uids)
    if (gone !== undefined && !gone.isEmpty) this.tell({ type: 'expunged', uids: gone })
  }

  fetched(_mailbox: MailboxState, row: FetchedMessage): void {
    const { flags, modseq } = row
    const uid = row.uid ?? this.index?.at(row.seq)
    // A message that is not known yet is told as arrived, with the flags it has then.
    if (flags === null || uid === undefined || this.index?.has(uid) !== true) return
    this.tell({ type: 'flags', uid, flags, modseq })
  }

  closed(): void {
    this.interrupt()
  }

  /** The signal fired. */
  handleEvent(): void {
    this.end()
  }

  private tell(event: WatchEvent): void {
    if (this.stopped) return
    this.queue.push(event)
    const waiting = this.queue.length
    if (waiting > MOST_EVENTS) return this.fail(new ImapError('EBACKLOG', `${waiting} events of a watch wait unread.`))
    if (waiting <= MANY_EVENTS || this.throttled || this.released || this.session === null) return
    this.throttled = true
    this.session.throttle(this)
  }

  private flow(): void {
    if (!this.throttled) return
    this.throttled = false
    this.session?.unthrottle(this)
  }

  private fail(error: Error): void {
    this.queue.fail(error)
    this.end()
  }

  private end(): void {
    this.stopped = true
    this.options.signal?.removeEventListener('abort', this)
    this.queue.end()
    this.flow()
    this.gone.abort()
    this.interrupt()
  }

  private interrupt(): void {
    this.news.interrupt()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.stay()
      } catch (error) {
        if (this.stopped) return
        // A lost connection is opened anew by the next lease; whoever cannot be had back at all is given up there.
        await this.comebacks.lost(error)
        continue
      }
      if (!this.stopped && !this.yielded) await this.comebacks.ended()
    }
  }

  /** Watches on one lane until it is lost, given away, or the watch ends. */
  private async stay(): Promise<void> {
    // Who has made way waits until nobody else needs the lane, and for the next turn among those who watch.
    const patience = this.yielded ? this.news.interval : 0
    const lease = await this.mailbox.lease({ signal: this.gone.signal, patience })
    const { lane } = lease
    const { session } = lane
    this.comebacks.begin()
    this.session = session
    this.yielded = false
    lane.admit(this)
    // From here on news is heard; what happened before is found out by catching up, and neither is lost.
    const deaf = session.listen(this)
    try {
      await this.catchUp(session)
      while (this.here(session)) {
        if (this.lost) await this.catchUp(session)
        if (this.grown) await this.welcome(session)
        if (this.here(session) && !this.grown && !this.lost) await this.news.wait(session)
      }
    } finally {
      deaf()
      this.flow()
      this.session = null
      lane.tenants.delete(this)
      lease.release()
    }
  }

  private here(session: Session): boolean {
    return !this.stopped && !this.yielded && !session.connection.closed && session.mailbox !== null
  }

  /** Finds out what happened while nobody listened, and takes over from there. */
  private async catchUp(session: Session): Promise<void> {
    const before = this.index
    const present = await this.takeStock(session)
    const known = before?.toSet() ?? this.start.uids ?? allBelow(this.start.uidNext) ?? present
    const changes = await this.changesSince(session, known)
    // Without the list of what was there, only the server can say what is gone.
    const exact = before !== null || this.start.uids !== undefined
    const gone = exact ? known.subtract(present) : (changes?.vanished.subtract(present) ?? SequenceSet.empty)
    const arrived = present.subtract(known)
    if (!gone.isEmpty) this.tell({ type: 'expunged', uids: gone })
    if (!arrived.isEmpty) this.tell({ type: 'arrived', uids: arrived })
    for (const { uid, flags, modseq } of changes?.changed ?? []) this.tell({ type: 'flags', uid, flags, modseq })
    this.remember(session)
    this.comebacks.learnt()
  }

  /** Asks for all UIDs, until the answer fits the number of messages: one may be expunged while we ask. */
  private async takeStock(session: Session): Promise<SequenceSet> {
    this.lost = false
    for (let tries = 1; ; tries += 1) {
      // What is told while we ask cannot be understood without the list, and is in the answer.
      this.index = null
      const present = await session.run(allUids, [SequenceSet.all])
      const exists = session.mailbox?.exists ?? 0
      if (present.size > exists && this.here(session) && tries < MOST_COUNTS) continue
      if (present.size > MOST_MESSAGES) throw tooMany(present.size)
      this.index = new UidIndex(present)
      this.grown = present.size < exists
      return present
    }
  }

  /** Null where the server keeps no mod-sequences: then nobody can tell whose flags have changed. */
  private async changesSince(session: Session, uids: SequenceSet): Promise<Changes | null> {
    const { highestModSeq } = this
    const uidValidity = this.mailbox.uidValidity ?? 0
    const now = session.mailbox?.highestModSeq
    if (highestModSeq === undefined || now === undefined || now < highestModSeq) return null
    return findChanges(session, { uidValidity, uids, highestModSeq }, () => ({}))
  }

  /** The server has more messages than are known: asks for their UIDs. */
  private async welcome(session: Session): Promise<void> {
    this.grown = false
    const index = this.index as UidIndex
    const next = index.last + 1
    const found = await session.run(allUids, [SequenceSet.ofRanges([[next, '*']])])
    if (found.size > MOST_MESSAGES) throw tooMany(found.size)
    // `n:*` names the last message even if its UID is below n (RFC 9051 §9, seq-range).
    const uids = SequenceSet.ofNumbers([...found].filter((uid) => uid >= next && index.add(uid)))
    if (!uids.isEmpty) this.tell({ type: 'arrived', uids })
    this.remember(session)
  }

  private remember(session: Session): void {
    this.highestModSeq = session.mailbox?.highestModSeq ?? this.highestModSeq
  }
}

/** All UIDs below: what a mailbox had when it was opened, as far as that is known. */
const allBelow = (uidNext: number | undefined): SequenceSet | undefined => {
  if (uidNext === undefined) return undefined
  return uidNext <= 1 ? SequenceSet.empty : SequenceSet.ofRanges([[1, uidNext - 1]])
}

/** A server whose numbers never agree is believed in the end. */
const MOST_COUNTS = 5

/** Which UID stands at which number must be kept one by one: not for a set that a server makes up (RFC 9051 §9 seq-range). */
const MOST_MESSAGES = 5_000_000

const tooMany = (count: number) =>
  new ImapError('ELIMIT', `A mailbox of ${count} messages cannot be watched: ${MOST_MESSAGES} at the most.`)

/** Events that may wait before the server is made to wait, and how few there must be before it may go on. */
const MANY_EVENTS = 2000
const FEW_EVENTS = 500

/** The same while the flow cannot be stopped, since a command waits behind. */
const MOST_EVENTS = 200_000
