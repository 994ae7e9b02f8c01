import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { closedError } from '../connection/fates.ts'
import { ImapError } from '../errors/imap-error.ts'
import { heeded } from './heeded.ts'
import { Lane, type LaneOwner, sameTarget, type Target } from './lane.ts'

/** The right to use a lane with the wanted mailbox selected, until it is released. */
export interface Lease {
  readonly lane: Lane
  /** Idempotent. */
  release(): void
}

export interface LeaseOptions extends CallOptions {
  /** For how long those who hold a lane without need are left alone, in ms. Default 0: they are asked to let go at once. */
  readonly patience?: number | undefined
}

interface Waiting {
  readonly target: Target
  grant(lane: Lane | Promise<Lane>): void
  fail(error: Error): void
}

/** A connection on its way. */
interface Opening {
  readonly lane: Promise<Lane>
  /** What is to be selected there; null for none. */
  readonly target: Target | null
  /** How many have been promised the lane. */
  users: number
}

/**
 * The connections of one client, and the order in which they are lent.
 *
 * A mailbox is selected on one lane at a time for each way of selecting it. Whoever needs a mailbox gets, in this order:
 * the lane where it is selected; an idle lane; a new connection, if the client may have one more; or the place at the
 * end of the queue, and then those who hold a lane without need (an unread fetch, a watch) are asked to let go.
 */
export class Lanes implements LaneOwner {
  private readonly open: () => Promise<Session>
  private readonly most: number
  private lanes: Lane[] = []
  private opening: Opening[] = []
  /** Those who wait, and for whom others must make way. */
  private waiting: Waiting[] = []
  /** Those who wait until nobody else does. */
  private patient: Waiting[] = []
  private clock = 0
  private shut: ImapError | null = null
  /** How many open handles stand for each target: their lane is taken from them only when there is no other way. */
  private handles: { target: Target; count: number }[] = []

  constructor(open: () => Promise<Session>, most: number) {
    this.open = open
    this.most = most
  }

  get wanted(): boolean {
    return this.waiting.length > 0
  }

  /** Lanes in order of opening. */
  get all(): readonly Lane[] {
    return this.lanes
  }

  /** Takes a session that is there already as the first lane. */
  adopt(session: Session): Lane {
    const lane = new Lane(session, this)
    this.lanes.push(lane)
    session.listen({ closed: () => this.drop(lane) })
    return lane
  }

  /** A lane for a command that needs no mailbox: the first that lives, or a new one. */
  async any(): Promise<Lane> {
    this.checkOpen()
    const living = this.lanes.find((lane) => lane.alive)
    return living ?? this.opening[0]?.lane ?? this.grow(null)
  }

  /** A lane with the target selected. Rejects when selecting fails, or no connection can be had. */
  lease(target: Target, options: LeaseOptions = {}): Promise<Lease> {
    const what = `Waiting for a connection with ${target.name} selected`
    return heeded(
      what,
      options,
      (gone) => this.obtain(target, gone, options.patience ?? 0),
      (lease) => lease.release(),
    )
  }

  private async obtain(target: Target, gone: AbortSignal | undefined, patience: number): Promise<Lease> {
    this.checkOpen()
    const lane = await this.place(target, gone, patience)
    lane.lastUsed = ++this.clock
    let held = true
    const release = () => {
      if (!held) return
      held = false
      lane.leave()
    }
    try {
      await lane.enter(target)
    } catch (error) {
      release()
      throw error
    }
    return { lane, release }
  }

  /**
   * The lane where the target is selected, when there is nothing to wait for; then it has one user more, until
   * `lane.leave()`. Null otherwise: {@link lease} finds a way.
   */
  now(target: Target): Lane | null {
    if (this.waiting.length > 0) return null
    for (const lane of this.lanes) {
      if (!lane.ready(target)) continue
      lane.users += 1
      lane.lastUsed = ++this.clock
      return lane
    }
    return null
  }

  /** A handle was opened (+1) or closed (-1). */
  count(target: Target, by: 1 | -1): void {
    const entry = this.handles.find((each) => sameTarget(each.target, target))
    if (entry === undefined) this.handles.push({ target, count: by })
    else entry.count += by
    if (entry?.count === 0) this.handles = this.handles.filter((each) => each !== entry)
  }

  /** Takes all lanes away, and leaves them open: they belong to the caller now. Whoever waits for one is told. */
  surrender(error: ImapError): readonly Lane[] {
    const { lanes } = this
    this.lanes = []
    this.opening = []
    this.refuseAll(error)
    return lanes
  }

  /** Lends nothing any more; whoever waits is told. What is lent stays so. */
  shutDoor(error: ImapError): void {
    this.shut ??= error
    this.refuseAll(error)
  }

  private refuseAll(error: Error): void {
    for (const waiting of [...this.waiting.splice(0), ...this.patient.splice(0)]) waiting.fail(error)
  }

  /** Closes all. */
  close(error: ImapError): void {
    this.shutDoor(error)
    for (const lane of this.lanes) lane.session.connection.destroy(null)
  }

  private checkOpen(): void {
    if (this.shut !== null) throw new ImapError('ECLOSED', 'This client has been closed.', { cause: this.shut })
  }

  /** Finds a lane and counts its user at once, before anybody else can look. */
  private place(target: Target, gone: AbortSignal | undefined, patience: number): Promise<Lane> {
    const lane = this.waiting.length === 0 ? this.available(target) : null
    return lane === null ? this.queue(target, gone, patience) : Promise.resolve(lane)
  }

  /** A lane that nobody needs to be waited for, with one user more; null if there is none. */
  private available(target: Target): Lane | Promise<Lane> | null {
    const lane = this.lanes.find((each) => each.alive && each.holds(target)) ?? this.idleLane()
    if (lane !== null) {
      lane.users += 1
      // At once, so that whoever comes next for the same mailbox finds it here.
      if (!lane.holds(target)) void lane.select(target)
      return lane
    }
    const coming = this.opening.find((each) => each.target !== null && sameTarget(each.target, target))
    if (coming === undefined) return this.hasRoom ? this.grow(target) : null
    coming.users += 1
    return coming.lane
  }

  private get hasRoom(): boolean {
    return this.lanes.length + this.opening.length < this.most
  }

  /** The idle lane whose selection will be missed least; null if a new connection, or waiting, is better. */
  private idleLane(): Lane | null {
    const idle = this.lanes.filter((lane) => lane.alive && lane.idle)
    const unclaimed = idle.filter((lane) => lane.target === null || !this.hasHandle(lane.target))
    const may = unclaimed.length > 0 ? unclaimed : this.hasRoom ? [] : idle
    may.sort((a, b) => Number(a.target !== null) - Number(b.target !== null) || a.lastUsed - b.lastUsed)
    return may[0] ?? null
  }

  private hasHandle(target: Target): boolean {
    return this.handles.some((each) => each.count > 0 && sameTarget(each.target, target))
  }

  /** @param gone fires when the caller does not wait any more */
  private queue(target: Target, gone: AbortSignal | undefined, patience: number): Promise<Lane> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const done = () => {
        clearTimeout(timer)
        gone?.removeEventListener('abort', onGone)
      }
      const onGone = () => {
        done()
        this.forget(waiting)
        reject(gone?.reason as Error)
        this.serve()
      }
      const waiting: Waiting = {
        target,
        grant(lane) {
          done()
          resolve(lane)
        },
        fail(error) {
          done()
          reject(error)
        },
      }
      gone?.addEventListener('abort', onGone)
      if (patience === 0) return this.insist(waiting)
      this.patient.push(waiting)
      timer = setTimeout(() => {
        this.forget(waiting)
        this.insist(waiting)
      }, patience)
      this.serve()
    })
  }

  /** From now on others must make way. */
  private insist(waiting: Waiting): void {
    this.waiting.push(waiting)
    for (const lane of this.lanes) for (const tenant of lane.tenants) tenant.yield()
    this.serve()
  }

  private forget(waiting: Waiting): void {
    this.waiting = this.waiting.filter((each) => each !== waiting)
    this.patient = this.patient.filter((each) => each !== waiting)
  }

  /** Gives lanes to those who wait, first come first served. */
  serve(): void {
    for (;;) {
      const queue = this.waiting.length > 0 ? this.waiting : this.patient
      const next = queue[0]
      const lane = next === undefined ? null : this.available(next.target)
      if (next === undefined || lane === null) return
      queue.shift()
      next.grant(lane)
    }
  }

  /** Opens a connection; with a target it has one user from the first, and that is selected there. */
  private grow(target: Target | null): Promise<Lane> {
    const settled = () => (this.opening = this.opening.filter((each) => each !== opening))
    const lane = this.open().then(
      (session) => {
        settled()
        return this.moveIn(session, opening)
      },
      (error: Error) => {
        settled()
        throw error
      },
    )
    const opening: Opening = { lane, target, users: target === null ? 0 : 1 }
    this.opening.push(opening)
    lane.then(
      () => this.serve(),
      (error: Error) => {
        // Nothing is left that could ever serve those who wait.
        if (this.lanes.length + this.opening.length === 0) this.refuseAll(error)
        this.serve()
      },
    )
    return lane
  }

  private moveIn(session: Session, { target, users }: Opening): Lane {
    const { connection } = session
    if (this.shut !== null) {
      connection.destroy(null)
      throw new ImapError('ECLOSED', 'This client has been closed.', { cause: this.shut })
    }
    // It would never tell that it has ended.
    if (connection.closed) throw closedError(connection.endedWith ?? null, undefined)
    const lane = this.adopt(session)
    lane.users += users
    if (target !== null) void lane.select(target)
    return lane
  }

  private drop(lane: Lane): void {
    this.lanes = this.lanes.filter((each) => each !== lane)
    lane.tenants.clear()
    this.serve()
  }
}
