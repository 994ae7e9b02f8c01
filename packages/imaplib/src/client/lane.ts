import { type QuickResync, type Selected, select } from '../commands/select.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import type { Session } from '../commands/session.ts'

/** Which mailbox an operation needs selected, and how. */
export interface Target {
  readonly name: string
  readonly readOnly: boolean
}

export const sameTarget = (a: Target, b: Target): boolean => a.name === b.name && a.readOnly === b.readOnly

/** Something that holds a mailbox on a lane and can let go of it: an unread fetch, a watch. */
export interface Tenant {
  /** Somebody needs the lane for another mailbox: finish what is on the wire, without the consumer if need be. */
  yield(): void
}

/** Who lends lanes. */
export interface LaneOwner {
  /** Whether somebody waits for a lane. */
  readonly wanted: boolean
  /** A user has gone: gives the lane to who waits for it. */
  serve(): void
}

/**
 * One connection, and who uses the mailbox that is selected there.
 *
 * The selection changes only while nobody uses it.
 */
export class Lane {
  readonly session: Session
  target: Target | null = null
  private selecting: Promise<Selected> | null = null
  /** Operations that rely on the selection. */
  users = 0
  readonly tenants = new Set<Tenant>()
  /** For choosing the lane whose selection was used least recently. */
  lastUsed = 0

  private readonly owner: LaneOwner

  constructor(session: Session, owner: LaneOwner) {
    this.session = session
    this.owner = owner
  }

  /** The tenant will be asked to let go when somebody waits, and at once if somebody does already. */
  admit(tenant: Tenant): void {
    this.tenants.add(tenant)
    if (this.owner.wanted) tenant.yield()
  }

  /** One user less. A function of its own, to be handed on for each command without making another. */
  readonly leave = (): void => {
    this.users -= 1
    this.owner.serve()
  }

  get alive(): boolean {
    return !this.session.connection.closed && this.session.state !== 'logout'
  }

  get idle(): boolean {
    return this.users === 0 && this.selecting === null
  }

  holds(target: Target): boolean {
    return this.target !== null && sameTarget(this.target, target)
  }

  /** Whether a command for the target can be sent right now. */
  ready(target: Target): boolean {
    return this.selecting === null && this.session.mailbox !== null && this.alive && this.holds(target)
  }

  /**
   * Selects the target unless it is selected already. Calls for the same target share one SELECT.
   * @throws ImapError when the server refuses: then no mailbox is selected (RFC 9051 §6.3.2)
   */
  async enter(target: Target): Promise<MailboxState> {
    if (this.holds(target)) {
      if (this.selecting !== null) return (await this.selecting).state
      const { mailbox } = this.session
      if (mailbox !== null) return mailbox
    }
    return (await this.select(target)).state
  }

  /**
   * Selects the target anew, even if it is selected, and learns what has changed since `resync` (RFC 7162 §3.2.5).
   * The caller must be the only user.
   */
  select(target: Target, resync?: QuickResync): Promise<Selected> {
    this.target = target
    const selecting = this.session.run(select, [target.name, { readOnly: target.readOnly, resync }, this.session])
    this.selecting = selecting
    const settled = () => {
      if (this.selecting === selecting) this.selecting = null
    }
    selecting.then(settled, () => {
      settled()
      if (this.target === target) this.target = null
    })
    return selecting
  }
}
