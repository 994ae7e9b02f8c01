import { FetchCollector, type FetchOutcome } from '../commands/fetch-collector.ts'
import { type FetchArguments, type FetchModifiers, uidFetch } from '../commands/fetch.ts'
import type { AskedItem } from '../commands/fetch-items/index.ts'
import type { CallOptions, Run } from '../commands/run.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { isConnectionLost } from './connection-lost.ts'
import type { Tenant } from './lane.ts'
import type { Lease } from './lanes.ts'
import { RowQueue } from './row-queue.ts'

/** Rows that may wait before the server is made to wait, and how few there must be before it may go on. */
const HIGH_ROWS = 512
const LOW_ROWS = 128

/** The same by bytes that have come since the queue was last empty: rows with bodies are few and large. */
const HIGH_BYTES = 4 * 1024 * 1024

/** After a consumer has gone, so much of an answer is still read and dropped; for more, a new connection is cheaper. */
const DRAINED_BYTES = 8 * 1024 * 1024

export interface FetchPlan {
  /** The sets to ask for, one command each, in this order. */
  readonly sets: readonly SequenceSet[]
  readonly items: readonly AskedItem[]
  readonly modifiers: FetchModifiers
  /** Gets a lane with the mailbox selected. */
  lease(): Promise<Lease>
  /** How many bytes may wait while the flow cannot be stopped. */
  readonly maxBacklog: number
  readonly call: CallOptions
  onVanished?: ((uids: SequenceSet) => void) | undefined
}

/** Commands of one fetch that may be on the wire together, so that a long set does not cost a round trip a command. */
const WINDOW = 3

type FetchRun = Run<FetchArguments, FetchOutcome>

/**
 * The rows of a fetch, as an async iterator with back-pressure to the socket.
 *
 * When rows are not taken, reading stops. As soon as another command waits behind the fetch, reading goes on and rows
 * wait here, up to a limit: so a command inside the loop over a fetch is answered, and never hangs.
 */
export class FetchStream implements AsyncIterableIterator<FetchedMessage>, Tenant {
  private readonly plan: FetchPlan
  private readonly queue = new RowQueue<FetchedMessage>()
  private nextSet = 0
  /** Messages of which a part was missing: asked for once more, each alone. */
  private readonly again: SequenceSet[] = []
  private askedAgain = false
  /** What the server did not come to, since it does only so many messages at a time (RFC 9738). */
  private readonly left: SequenceSet[] = []
  /** Commands that may still turn out to need another one. */
  private unanswered = 0
  private readonly runs = new Set<FetchRun>()
  private lease: Lease | null = null
  private leasing = false
  private throttled = false
  /** The flow must not be stopped: somebody waits behind it. */
  private released = false
  /** The lane is to be given back when what is on the wire has been answered. */
  private yielding = false
  private over = false
  private emptyAt = 0
  private problem: ImapError | null = null
  private lostWith: Error | null = null
  /** Connections lost one after the other, without a row from any of them. */
  private losses = 0

  constructor(plan: FetchPlan) {
    this.plan = plan
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<FetchedMessage, undefined>> {
    const answer = this.queue.next()
    const waiting = this.queue.length
    if (waiting === 0) this.released = false
    if (waiting <= LOW_ROWS && !this.over) {
      this.flow()
      this.pump()
    }
    return answer
  }

  /** The consumer leaves the loop: cheap, and the connection stays usable. */
  return(): Promise<IteratorResult<FetchedMessage, undefined>> {
    this.queue.clear()
    this.stop(new ImapError('ABORT_ERR', 'The fetch was left.', { command: 'UID FETCH' }))
    return Promise.resolve({ value: undefined, done: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** A command waits behind this fetch on its connection (called by the session). */
  release(): void {
    this.released = true
    this.flow()
  }

  /** Somebody waits for the lane (called by the lanes). */
  yield(): void {
    this.release()
    if (this.runs.size === 0) this.letGo()
    else this.yielding = true
  }

  /** Asks for more, as long as there is something to ask and room for the answers. */
  private pump(): void {
    if (this.over || this.leasing || this.yielding) return
    const { sets } = this.plan
    while (this.runs.size < WINDOW && !this.throttled && this.queue.length <= LOW_ROWS) {
      const set = this.left[0] ?? sets[this.nextSet] ?? this.again[0]
      if (set === undefined) break
      if (this.lease === null) return this.getLane()
      if (this.left.length > 0) this.left.shift()
      else if (this.nextSet < sets.length) this.nextSet += 1
      else {
        this.again.shift()
        this.askedAgain = true
      }
      this.ask(set, this.lease)
    }
    const asked = this.nextSet >= sets.length && this.left.length === 0 && this.again.length === 0
    if (this.runs.size === 0 && this.unanswered === 0 && asked) this.finish()
  }

  private getLane(): void {
    this.leasing = true
    this.plan.lease().then(
      (lease) => {
        this.leasing = false
        this.lease = lease
        if (this.over) return this.letGo()
        // Something is asked for before the lane is given to those who wait, or two fetches would hand it to and fro.
        this.pump()
        if (this.lease === lease) lease.lane.admit(this)
      },
      (error: Error) => {
        this.leasing = false
        // That the connection was lost says more than that there is no other.
        this.stop(isConnectionLost(error) ? (this.lostWith ?? error) : error)
      },
    )
  }

  private ask(set: SequenceSet, { lane }: Lease): void {
    const { plan } = this
    const { session } = lane
    if (this.queue.length === 0) this.emptyAt = session.connection.bytesReceived
    const taken: number[] = []
    const collector = new FetchCollector(set, plan.items, true, {
      row: (row) => {
        taken.push(row.uid as number)
        this.take(row)
      },
      ...(plan.onVanished === undefined ? {} : { vanished: plan.onVanished }),
    })
    const run = session.start(uidFetch, [set, plan.items, plan.modifiers], plan.call, collector)
    this.runs.add(run)
    this.unanswered += 1
    run.promise.then(
      (outcome) => this.answered(outcome),
      (error: Error) => this.failed(error, set, taken),
    )
    run.onWireEnd = () => this.offTheWire(run)
    if (run.wireEnded) this.offTheWire(run)
  }

  private offTheWire(run: FetchRun): void {
    this.runs.delete(run)
    if (this.runs.size > 0) return
    this.flow()
    // One that was left early holds its lane only until the server has finished with it.
    if (this.over || this.yielding) this.letGo()
    this.yielding = false
  }

  private answered({ incomplete, unparsed, rest }: FetchOutcome): void {
    this.unanswered -= 1
    if (rest !== null) this.left.push(rest)
    if (unparsed > 0) this.note(`${unparsed} answers to FETCH could not be understood`)
    for (const uid of incomplete) {
      // Some servers give a part of an answer, and the rest only when the message is asked for alone (Apache James).
      if (this.askedAgain) this.note(`message ${uid}: the server left out a part of what was asked`)
      else this.again.push(SequenceSet.of(uid))
    }
    this.pump()
  }

  /**
   * A fetch whose connection was lost goes on over another one with what has not come yet. The lease sees to it that the
   * UIDs still mean the same messages. Places (PARTIAL) cannot be gone on with: they are counted anew.
   */
  private failed(error: Error, set: SequenceSet, taken: readonly number[]): void {
    const resumable = isConnectionLost(error) && this.plan.modifiers.partial === undefined
    if (taken.length > 0) this.losses = 0
    this.losses += 1
    if (!resumable || this.over || this.losses > MOST_LOSSES) return this.stop(error)
    this.lostWith = error
    this.unanswered -= 1
    const rest = set.subtract(SequenceSet.ofNumbers(taken))
    if (!rest.isEmpty) this.left.push(rest)
    if (this.runs.size > 0) return
    this.letGo()
    this.pump()
  }

  private note(what: string): void {
    this.problem ??= new ImapError('EUNPARSED', `Not all that was asked for has come: ${what}.`, {
      command: 'UID FETCH',
    })
  }

  private finish(): void {
    this.over = true
    this.letGo()
    if (this.problem === null) this.queue.end()
    else this.queue.fail(this.problem)
  }

  private take(row: FetchedMessage): void {
    if (this.over) return
    this.queue.push(row)
    const session = this.lease?.lane.session
    if (session === undefined) return
    if (this.queue.length <= 1) {
      this.emptyAt = session.connection.bytesReceived
      return
    }
    const bytes = session.connection.bytesReceived - this.emptyAt
    if (this.released) {
      if (bytes > this.plan.maxBacklog) this.stop(tooMuch(bytes))
    } else if (!this.throttled && (this.queue.length > HIGH_ROWS || bytes > HIGH_BYTES)) {
      // Whoever waits behind these rows already must not be made to wait for their reader.
      if (session.connection.pending > this.runs.size) this.released = true
      else {
        this.throttled = true
        session.throttle(this)
      }
    }
  }

  private flow(): void {
    if (!this.throttled) return
    this.throttled = false
    this.lease?.lane.session.unthrottle(this)
  }

  /** Ends the stream; the consumer gets what is here and then the error. */
  private stop(error: Error): void {
    if (this.over) return
    this.over = true
    this.queue.fail(error)
    for (const run of this.runs) run.abandon(error)
    this.flow()
    if (this.runs.size === 0) this.letGo()
    else this.drain()
  }

  /** Lets the rest of the answer pass; when it is long, the connection is given up instead. */
  private drain(): void {
    const connection = this.lease?.lane.session.connection
    if (connection === undefined) return
    const limit = connection.bytesReceived + DRAINED_BYTES
    const check = setInterval(() => {
      if (this.runs.size === 0 || connection.closed) clearInterval(check)
      else if (connection.bytesReceived > limit && connection.pending <= this.runs.size) {
        clearInterval(check)
        connection.destroy(new ImapError('EEOF', 'A long answer that nobody reads was cut off.', { retryable: true }))
      }
    }, 20)
    check.unref()
  }

  private letGo(): void {
    this.flow()
    const { lease } = this
    if (lease === null) return
    this.lease = null
    lease.lane.tenants.delete(this)
    lease.release()
  }
}

/** More losses than commands that one connection carries, all without a row, are no accident. */
const MOST_LOSSES = 3 * WINDOW

const tooMuch = (bytes: number) =>
  new ImapError(
    'EBACKLOG',
    `${bytes} bytes of fetched messages wait unread while another command is to be answered (option maxBacklog). ` +
      'Read them first, ask for fewer at a time, or allow another connection.',
    { command: 'UID FETCH' },
  )
