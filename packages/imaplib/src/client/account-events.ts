import type { KnownCounts } from '../commands/status.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'

/**
 * What happened in an account. Of mailboxes that are not open a server tells counts and no messages, so `arrived` and
 * `expunged` say how the counts changed; `mailbox.resync()` finds the messages.
 */
export type AccountEvent =
  /** The counts of a mailbox when the watch began; once for each. */
  | { readonly type: 'status'; readonly mailbox: string; readonly status: KnownCounts }
  /** Messages have arrived: those of these UIDs that are still there. UIDs that no message got may be among them. */
  | { readonly type: 'arrived'; readonly mailbox: string; readonly uids: SequenceSet; readonly status: KnownCounts }
  /** Messages are gone; the count is undefined when others arrived at the same time, and then it may even be none. */
  | {
      readonly type: 'expunged'
      readonly mailbox: string
      readonly count: number | undefined
      readonly status: KnownCounts
    }
  /** Flags of some messages changed. Told only where the server has CONDSTORE, or when the unseen ones changed. */
  | { readonly type: 'flags'; readonly mailbox: string; readonly status: KnownCounts }
  /** UIDVALIDITY changed: all that was known of the mailbox is void. */
  | { readonly type: 'reset'; readonly mailbox: string; readonly status: KnownCounts }
  | { readonly type: 'mailbox-created'; readonly mailbox: string }
  /** Also when we may not see it any more (RFC 5465 §5.4, §5.9). */
  | { readonly type: 'mailbox-deleted'; readonly mailbox: string }
  /** Those below it are renamed too, without an event of their own (RFC 5465 §5.4). */
  | { readonly type: 'renamed'; readonly mailbox: string; readonly from: string }
  | { readonly type: 'subscribed'; readonly mailbox: string; readonly subscribed: boolean }
  /** Annotations with these names changed; the mailbox `''` is the server. Only with NOTIFY (RFC 5465 §5.6, §5.7). */
  | { readonly type: 'metadata'; readonly mailbox: string; readonly entries: readonly string[] }
