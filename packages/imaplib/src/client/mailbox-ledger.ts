import type { KnownCounts } from '../commands/status.ts'
import type { ListName, ListResponse } from '../responses/list.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { AccountEvent } from './account-events.ts'

interface Entry {
  subscribed: boolean | undefined
  status: KnownCounts | null
}

/** A mailbox as a full list tells of it. */
export interface Listed {
  readonly name: string
  readonly subscribed: boolean | undefined
  readonly status: KnownCounts | null
}

/** What is known of the mailboxes of an account, and what is news compared with it. */
export class MailboxLedger {
  private readonly entries = new Map<string, Entry>()
  private begun = false
  /** Only mailboxes that are subscribed to are known: then to appear is to be subscribed to. */
  private readonly onlySubscribed: boolean

  constructor(onlySubscribed = false) {
    this.onlySubscribed = onlySubscribed
  }

  /** What was told of a mailbox: takes it over, and says what is new in it. Counts that were not told stay as they were. */
  status(mailbox: string, told: KnownCounts): AccountEvent[] {
    const entry = this.entries.get(mailbox)
    const before = entry?.status ?? null
    const status = { ...before, ...defined(told) }
    if (entry === undefined) this.entries.set(mailbox, { subscribed: undefined, status })
    else entry.status = status
    return before === null ? [{ type: 'status', mailbox, status }] : compare(mailbox, before, status)
  }

  /** A single mailbox was told of: it is there, or not any more, or has another name, or is subscribed to (RFC 5465 §5). */
  listed({ mailbox, attributes, oldName }: ListResponse<ListName>): AccountEvent[] {
    if (attributes.has('\\NonExistent') || attributes.has('\\NoAccess'))
      return this.entries.delete(mailbox) ? [{ type: 'mailbox-deleted', mailbox }] : []
    const subscribed = attributes.has('\\Subscribed')
    if (this.onlySubscribed && !subscribed) return this.entries.delete(mailbox) ? [this.disappeared(mailbox)] : []
    if (oldName !== null && oldName !== mailbox) return this.renamed(oldName, mailbox, subscribed)
    const entry = this.entries.get(mailbox)
    if (entry === undefined) {
      this.entries.set(mailbox, { subscribed, status: null })
      return [this.appeared(mailbox)]
    }
    const before = entry.subscribed
    entry.subscribed = subscribed
    return before === undefined || before === subscribed ? [] : [{ type: 'subscribed', mailbox, subscribed }]
  }

  /** All mailboxes as they are now: what happened since it was last known. The first time that is their counts alone. */
  snapshot(all: readonly Listed[]): AccountEvent[] {
    const events: AccountEvent[] = []
    const renamed = this.begun ? this.findRenamed(all) : new Map<string, string>()
    for (const [from, to] of renamed) events.push(...this.renamed(from, to, undefined))
    const present = new Set(all.map(({ name }) => name))
    for (const mailbox of this.entries.keys()) {
      if (present.has(mailbox)) continue
      this.entries.delete(mailbox)
      events.push(this.disappeared(mailbox))
    }
    for (const { name: mailbox, subscribed, status } of all) {
      const entry = this.entries.get(mailbox)
      if (entry === undefined) {
        this.entries.set(mailbox, { subscribed, status: null })
        if (this.begun) events.push(this.appeared(mailbox))
      } else if (subscribed !== undefined && subscribed !== entry.subscribed) {
        if (entry.subscribed !== undefined) events.push({ type: 'subscribed', mailbox, subscribed })
        entry.subscribed = subscribed
      }
      if (status !== null) events.push(...this.status(mailbox, status))
    }
    this.begun = true
    return events
  }

  private appeared(mailbox: string): AccountEvent {
    return this.onlySubscribed
      ? { type: 'subscribed', mailbox, subscribed: true }
      : { type: 'mailbox-created', mailbox }
  }

  private disappeared(mailbox: string): AccountEvent {
    return this.onlySubscribed
      ? { type: 'subscribed', mailbox, subscribed: false }
      : { type: 'mailbox-deleted', mailbox }
  }

  private renamed(from: string, mailbox: string, subscribed: boolean | undefined): AccountEvent[] {
    const entry = this.entries.get(from)
    this.entries.delete(from)
    this.entries.set(mailbox, {
      subscribed: subscribed ?? entry?.subscribed,
      status: entry?.status ?? null,
    })
    return [{ type: 'renamed', mailbox, from }]
  }

  /** By MAILBOXID, which stays when the name changes (RFC 8474 §4.1): new name by old name. */
  private findRenamed(all: readonly Listed[]): Map<string, string> {
    const present = new Set(all.map(({ name }) => name))
    const gone = new Map<string, string>()
    for (const [name, { status }] of this.entries)
      if (!present.has(name) && status?.mailboxId !== undefined) gone.set(status.mailboxId, name)
    const renamed = new Map<string, string>()
    for (const { name, status } of all) {
      const from = status?.mailboxId === undefined ? undefined : gone.get(status.mailboxId)
      if (from !== undefined && !this.entries.has(name)) renamed.set(from, name)
    }
    return renamed
  }
}

const names = ['messages', 'unseen', 'uidNext', 'uidValidity', 'highestModSeq', 'mailboxId'] as const

const defined = (told: KnownCounts): KnownCounts =>
  Object.fromEntries(names.filter((name) => told[name] !== undefined).map((name) => [name, told[name]]))

const compare = (mailbox: string, before: KnownCounts, status: KnownCounts): AccountEvent[] => {
  if (before.uidValidity !== undefined && status.uidValidity !== before.uidValidity)
    return [{ type: 'reset', mailbox, status }]
  const events: AccountEvent[] = []
  const [from, to] = [before.uidNext ?? 0, status.uidNext ?? 0]
  const grown = from > 0 && to > from ? to - from : 0
  const lost = (before.messages ?? 0) + grown - (status.messages ?? 0)
  if (grown > 0) events.push({ type: 'arrived', mailbox, uids: SequenceSet.ofRanges([[from, to - 1]]), status })
  if (before.messages !== undefined && lost > 0)
    events.push({ type: 'expunged', mailbox, count: grown === 0 ? lost : undefined, status })
  const flagged =
    before.highestModSeq === undefined
      ? before.unseen !== undefined && status.unseen !== before.unseen
      : status.highestModSeq !== undefined && status.highestModSeq > before.highestModSeq
  if (events.length === 0 && flagged) events.push({ type: 'flags', mailbox, status })
  return events
}
