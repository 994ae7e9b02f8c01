import { allUids } from '../commands/all-uids.ts'
import { Idle } from '../commands/idle.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import { noop } from '../commands/noop.ts'
import type { Session } from '../commands/session.ts'
import type { SessionListener } from '../commands/session-listener.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Flags } from '../responses/flags.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { Tenant } from './lane.ts'
import type { Lease } from './lanes.ts'
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
  lease(options: { signal?: AbortSignal | undefined }): Promise<Lease>
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
  private idle: Idle | null = null
  private running = false
  private stopped = false
  private yielded = false
  /** How many messages the server has told of, when that is more than are known: their UIDs must be asked for. */
  private grown = false
  /** Ends the wait of the moment: something happened. */
  private wake: (() => void) | null = null

  constructor(mailbox: Watchable, options: WatchOptions, start: Start) {
    this.mailbox = mailbox
    this.options = options
    this.start = { ...start, ...options.known }
    this.highestModSeq = this.start.highestModSeq
    options.signal?.addEventListener('abort', () => this.end())
    if (options.signal?.aborted === true) this.end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<WatchEvent, undefined>> {
    if (!this.running && !this.stopped) {
      this.running = true
      void this.run().catch((error: Error) => {
        this.stopped = true
        this.queue.fail(error)
      })
    }
    return this.queue.next()
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

  exists(_mailbox: MailboxState, count: number): void {
    if (this.index === null || count <= this.index.size) return
    this.grown = true
    this.interrupt()
  }

  expunged(_mailbox: MailboxState, sequence: number): void {
    const uid = this.index?.expunge(sequence)
    if (uid !== undefined) this.queue.push({ type: 'expunged', uids: SequenceSet.of(uid) })
  }

  vanished(_mailbox: MailboxState, uids: SequenceSet): void {
    const gone = this.index?.remove(uids)
    if (gone !== undefined && !gone.isEmpty) this.queue.push({ type: 'expunged', uids: gone })
  }

  fetched(_mailbox: MailboxState, row: FetchedMessage): void {
    const { flags, modseq } = row
    const uid = row.uid ?? this.index?.at(row.seq)
    // A message that is not known yet is told as arrived, with the flags it has then.
    if (flags === null || uid === undefined || this.index?.has(uid) !== true) return
    this.queue.push({ type: 'flags', uid, flags, modseq })
  }

  closed(): void {
    this.interrupt()
  }

  private end(): void {
    this.stopped = true
    this.queue.end()
    this.interrupt()
  }

  private interrupt(): void {
    this.idle?.stop()
    this.wake?.()
  }

  private async run(): Promise<void> {
    let failures = 0
    while (!this.stopped) {
      try {
        await this.stay()
        failures = 0
      } catch (error) {
        if (this.stopped) return
        failures += 1
        // A lost connection is opened anew by the next lease; whoever cannot be had back at all is given up there.
        if (!(error instanceof ImapError && error.retryable) || failures > MOST_FAILURES) throw error
      }
    }
  }

  /** Watches on one lane until it is lost, given away, or the watch ends. */
  private async stay(): Promise<void> {
    const { signal } = this.options
    const lease = await this.mailbox.lease({ signal })
    const { lane } = lease
    const { session } = lane
    this.session = session
    this.yielded = false
    lane.admit(this)
    // From here on news is heard; what happened before is found out by catching up, and neither is lost.
    const deaf = session.listen(this)
    try {
      await this.catchUp(session)
      while (this.here(session)) {
        if (this.grown) await this.welcome(session)
        if (this.here(session) && !this.grown) await this.wait(session)
      }
    } finally {
      deaf()
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
    if (!gone.isEmpty) this.queue.push({ type: 'expunged', uids: gone })
    if (!arrived.isEmpty) this.queue.push({ type: 'arrived', uids: arrived })
    for (const { uid, flags, modseq } of changes?.changed ?? []) this.queue.push({ type: 'flags', uid, flags, modseq })
    this.remember(session)
  }

  /** Asks for all UIDs, until the answer fits the number of messages: one may be expunged while we ask. */
  private async takeStock(session: Session): Promise<SequenceSet> {
    for (let tries = 1; ; tries += 1) {
      // What is told while we ask cannot be understood without the list, and is in the answer.
      this.index = null
      const present = await session.run(allUids, [SequenceSet.all])
      const exists = session.mailbox?.exists ?? 0
      if (present.size > exists && this.here(session) && tries < MOST_COUNTS) continue
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
    // `n:*` names the last message even if its UID is below n (RFC 9051 §9, seq-range).
    const uids = SequenceSet.ofNumbers([...found].filter((uid) => uid >= next && index.add(uid)))
    if (!uids.isEmpty) this.queue.push({ type: 'arrived', uids })
    this.remember(session)
  }

  private remember(session: Session): void {
    this.highestModSeq = session.mailbox?.highestModSeq ?? this.highestModSeq
  }

  private async wait(session: Session): Promise<void> {
    if (session.has('IDLE') || session.has('IMAP4rev2')) return this.waitByIdle(session)
    await this.pause(this.options.poll ?? 30_000)
    if (this.here(session)) await session.run(noop, [])
  }

  private async waitByIdle(session: Session): Promise<void> {
    const idle = new Idle(session)
    this.idle = idle
    const timer = setTimeout(() => idle.stop(), this.options.renew ?? 290_000)
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

/** All UIDs below: what a mailbox had when it was opened, as far as that is known. */
const allBelow = (uidNext: number | undefined): SequenceSet | undefined => {
  if (uidNext === undefined) return undefined
  return uidNext <= 1 ? SequenceSet.empty : SequenceSet.ofRanges([[1, uidNext - 1]])
}

/** A server whose numbers never agree is believed in the end. */
const MOST_COUNTS = 5

/** Connections lost one after the other, each before anything could be learnt, are no accident. */
const MOST_FAILURES = 5
