import type { MailboxState } from '../commands/mailbox-state.ts'
import type { CallOptions } from '../commands/run.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { Connections } from './connections.ts'
import type { Lane, Target } from './lane.ts'
import type { Lease, LeaseOptions } from './lanes.ts'
import { timeLeft } from './time-left.ts'

/** What a mailbox handle stands on: which mailbox it is, what is known of it, and the lanes on which it is selected. */
export abstract class MailboxHandle implements AsyncDisposable {
  /** In Unicode. */
  readonly name: string
  /** As asked for; the server may say that nothing can be changed although it was opened for changes: {@link state}. */
  readonly readOnly: boolean
  readonly maxBacklog: number
  protected readonly connections: Connections
  private readonly target: Target
  private known: MailboxState
  /** What was known when the handle was opened: a watch begins there. */
  protected readonly opened: { readonly uidNext: number | undefined; readonly highestModSeq: bigint | undefined }
  /** Whose mailbox it is: see `ImapClient.switchUser`. */
  private readonly account: number
  private closed = false
  private stale: ImapError | null = null

  constructor(connections: Connections, target: Target, state: MailboxState, maxBacklog: number) {
    this.connections = connections
    this.target = target
    this.account = connections.account
    this.name = target.name
    this.readOnly = target.readOnly
    this.known = state
    this.opened = { uidNext: state.uidNext, highestModSeq: state.highestModSeq }
    this.maxBacklog = maxBacklog
    connections.lanes.count(target, 1)
  }

  /** What the server said of the mailbox, kept true while it is selected. */
  get state(): Readonly<MailboxState> {
    return this.known
  }

  /** How many messages there are, as far as the server has told. */
  get exists(): number {
    return this.known.exists
  }

  /** Undefined where the server tells none: then UIDs cannot be kept between sessions. */
  get uidValidity(): number | undefined {
    return this.known.uidValidity
  }

  get uidNext(): number | undefined {
    return this.known.uidNext
  }

  /** With CONDSTORE. */
  get highestModSeq(): bigint | undefined {
    return this.known.highestModSeq
  }

  /**
   * @internal Does something while the mailbox is selected; once more when a lost connection did no harm.
   * @param task gets the options with what is left of the time that is the whole call's
   */
  use<Result>(
    idempotent: boolean,
    options: CallOptions,
    task: (lease: Lease, left: () => CallOptions) => Promise<Result>,
  ): Promise<Result> {
    const left = timeLeft(options)
    return this.connections.persist(idempotent, async () => {
      const lease = await this.lease(left())
      try {
        return await task(lease, left)
      } finally {
        lease.release()
      }
    })
  }

  /** @internal A lane with this mailbox selected, and the certainty that UIDs still mean what they did. */
  async lease(options: LeaseOptions): Promise<Lease> {
    this.check()
    const lease = await this.connections.lanes.lease(this.target, options)
    if (this.account !== this.connections.account) {
      lease.release()
      this.check()
    }
    const state = lease.lane.session.mailbox
    if (state === null || state === this.known) return lease
    if (state.uidValidity !== this.known.uidValidity) {
      lease.release()
      this.stale = new ImapError(
        'ESTALE',
        `${this.name}: UIDVALIDITY changed from ${this.known.uidValidity} to ${state.uidValidity}; UIDs known until now ` +
          'mean nothing any more. Open the mailbox again.',
      )
      throw this.stale
    }
    this.known = state
    return lease
  }

  /** @internal Does something that ends with the client: the controller fires then. */
  underWay<Result>(task: (controller: AbortController) => Promise<Result>): Promise<Result> {
    return this.connections.underWay(task)
  }

  /** @internal Waits before the n-th attempt to go on after lost connections. */
  rest(attempt: number, gone: AbortSignal): Promise<void> {
    return this.connections.rest(attempt, gone)
  }

  /** @internal Whether what does no harm when it is done twice is to be done again after this error. */
  mayRepeat(error: unknown): boolean {
    return this.connections.mayRepeat(error, true)
  }

  /** @internal The lane with this mailbox selected, if there is nothing to wait for, nor to find out. */
  laneNow(): Lane | null {
    if (this.objection() !== null) return null
    const lane = this.connections.lanes.now(this.target)
    if (lane === null || lane.session.mailbox === this.known) return lane
    lane.leave()
    return null
  }

  /** Ends the use of this handle. Never expunges, and never fails. */
  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true
      this.connections.lanes.count(this.target, -1)
    }
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @throws ImapError `ESTALE` when the handle cannot be used any more */
  protected check(): void {
    const objection = this.objection()
    if (objection !== null) throw objection
  }

  /** Why the handle cannot be used; null if it can. */
  private objection(): ImapError | null {
    if (this.stale !== null) return this.stale
    if (this.account !== this.connections.account)
      return new ImapError('ESTALE', `${this.name} was opened by another user. Open the mailbox again.`)
    if (this.closed)
      return new ImapError('ESTALE', `The handle of ${this.name} has been closed. Open the mailbox again.`)
    return null
  }
}
