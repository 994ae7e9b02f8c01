import type { ImapError } from '../errors/imap-error.ts'
import type { Response } from '../responses/registry.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { MailboxState } from './mailbox-state.ts'

type FetchResponse = Extract<Response, { type: 'FETCH' }>
type StatusResponse = Extract<Response, { type: 'STATUS' }>

/** Who wants to hear of what happens in a session. All calls are synchronous, in the order of arrival. */
export interface SessionListener {
  /** The number of messages changed by EXISTS. */
  exists?(mailbox: MailboxState, count: number, previous: number): void
  /** The message with this sequence number was expunged; those above it have moved down by one. */
  expunged?(mailbox: MailboxState, sequence: number): void
  /** The messages with these UIDs are gone (RFC 7162 §3.2.10); `earlier` when that was known before, with QRESYNC. */
  vanished?(mailbox: MailboxState, uids: SequenceSet, earlier: boolean): void
  /** Data of a message that no command asked for: usually flags that another client changed. */
  fetched?(mailbox: MailboxState, row: FetchResponse): void
  /** UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ or the flags of the mailbox changed. */
  changed?(mailbox: MailboxState): void
  /** STATUS that no command asked for: news of another mailbox (RFC 5465 §5). */
  status?(status: StatusResponse): void
  /** Text that the user must see (RFC 9051 §7.1 ALERT). Untrusted; only under TLS or after authentication. */
  alert?(text: string): void
  /** Any response that no command claimed. */
  unclaimed?(response: Response): void
  /** The session is over; null for an orderly end. The last call. */
  closed?(error: ImapError | null): void
}
