import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { ImapError } from '../errors/imap-error.ts'
import { heeded } from './heeded.ts'
import { Lane, type LaneOwner, sameTarget, type Target } from './lane.ts'

/** The right to use a lane with the wanted mailbox selected, until it is released. */
export interface Lease {
  readonly lane: Lane
  /** Idempotent. */
  release(): void
}

interface Waiting {
  readonly target: Target
  grant(lane: Lane): void
  fail(error: Error): void
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
  private opening: Promise<Lane>[] = []
  private waiting: Waiting[] = []
  private clock = 0
  private shut: ImapError | null = null
  /** How many open handles stand for each target: their lane is taken from them only when there is no other way. */
  private readonly handles: { target: Target; count: number }[] = []

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
    return living ?? this.opening[0] ?? this.grow(false)
  }

  /** A lane with the target selected. Rejects when selecting fails, or no connection can be had. */
  lease(target: Target, options: CallOptions = {}): Promise<Lease> {
    const what = `Waiting for a connection with ${target.name} selected`
    return heeded(
      what,
      options,
      (gone) => this.obtain(target, gone),
      (lease) => lease.release(),
    )
  }

  private async obtain(target: Target, gone: AbortSignal | undefined): Promise<Lease> {
    this.checkOpen()
    const lane = await this.place(target, gone)
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
  }

  /** Takes all lanes away, and leaves them open: they belong to the caller now. */
  surrender(): readonly Lane[] {
    const { lanes } = this
    this.lanes = []
    return lanes
  }

  /** Closes all; whoever waits is told. */
  close(error: ImapError): void {
    this.shut = error
    for (const waiting of this.waiting.splice(0)) waiting.fail(error)
    for (const lane of this.lanes) lane.session.connection.destroy(null)
  }

  private checkOpen(): void {
    if (this.shut !== null) throw new ImapError('ECLOSED', 'This client has been closed.', { cause: this.shut })
  }

  /** Finds a lane and counts its user at once, before anybody else can look. */
  private place(target: Target, gone: AbortSignal | undefined): Promise<Lane> {
    if (this.waiting.length === 0) {
      const lane = this.suitable(target)
      if (lane !== null) return Promise.resolve(lane)
      if (this.lanes.length + this.opening.length < this.most) return this.grow(true)
    }
    return this.queue(target, gone)
  }

  private suitable(target: Target): Lane | null {
    const lane = this.lanes.find((each) => each.alive && each.holds(target)) ?? this.idleLane(target)
    if (lane !== null) lane.users += 1
    return lane
  }

  /** The idle lane whose selection will be missed least; null if a new connection, or waiting, is better. */
  private idleLane(target: Target): Lane | null {
    const idle = this.lanes.filter((lane) => lane.alive && lane.idle)
    const unclaimed = idle.filter((lane) => lane.target === null || !this.hasHandle(lane.target))
    const may = unclaimed.length > 0 ? unclaimed : this.lanes.length + this.opening.length < this.most ? [] : idle
    may.sort((a, b) => Number(a.target !== null) - Number(b.target !== null) || a.lastUsed - b.lastUsed)
    const lane = may[0] ?? null
    // From here on nobody else finds it idle.
    if (lane !== null) lane.target = lane.holds(target) ? lane.target : null
    return lane
  }

  private hasHandle(target: Target): boolean {
    return this.handles.some((each) => each.count > 0 && sameTarget(each.target, target))
  }

  /** @param gone fires when the caller does not wait any more */
  private queue(target: Target, gone: AbortSignal | undefined): Promise<Lane> {
    return new Promise((resolve, reject) => {
      const onGone = () => {
        this.waiting = this.waiting.filter((each) => each !== waiting)
        reject(gone?.reason as Error)
        this.serve()
      }
      const done = () => gone?.removeEventListener('abort', onGone)
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
      this.waiting.push(waiting)
      for (const lane of this.lanes) for (const tenant of lane.tenants) tenant.yield()
      this.serve()
    })
  }

  /** Gives lanes to those who wait, first come first served. */
  serve(): void {
    for (;;) {
      const next = this.waiting[0]
      if (next === undefined) return
      const lane = this.suitable(next.target)
      if (lane !== null) {
        this.waiting.shift()
        next.grant(lane)
        continue
      }
      if (this.lanes.length + this.opening.length >= this.most) return
      this.waiting.shift()
      this.grow(true).then(
        (opened) => next.grant(opened),
        (error: Error) => next.fail(error),
      )
    }
  }

  private grow(used: boolean): Promise<Lane> {
    const opening: Promise<Lane> = this.open().then((session) => {
      if (this.shut !== null) {
        session.connection.destroy(null)
        throw new ImapError('ECLOSED', 'This client has been closed.', { cause: this.shut })
      }
      const lane = this.adopt(session)
      if (used) lane.users += 1
      return lane
    })
    this.opening.push(opening)
    const settled = () => void this.opening.splice(this.opening.indexOf(opening), 1)
    opening.then(settled, (error: Error) => {
      settled()
      // Nothing is left that could ever serve those who wait.
      if (this.lanes.length === 0) for (const waiting of this.waiting.splice(0)) waiting.fail(error)
    })
    return opening
  }

  private drop(lane: Lane): void {
    this.lanes = this.lanes.filter((each) => each !== lane)
    lane.tenants.clear()
    this.serve()
  }
}
