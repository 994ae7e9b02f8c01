/**
 * What is known of the selected mailbox: what SELECT said (RFC 9051 §6.3.2), kept true by the untagged responses since.
 */
export class MailboxState {
  /** The name as it was selected, in Unicode. */
  readonly name: string
  /** Whether nothing can be changed: EXAMINE, or the server said READ-ONLY. */
  readOnly: boolean
  /** How many messages there are. */
  exists = 0
  /** IMAP4rev1 only. */
  recent = 0
  /** UIDs mean the same messages as long as this stays the same; undefined when the server told none. */
  uidValidity: number | undefined = undefined
  /** The UID that the next new message will have, at the least; undefined when the server told none. */
  uidNext: number | undefined = undefined
  /** Number of the first unseen message (IMAP4rev1 only). */
  unseen: number | undefined = undefined
  /** Flags that messages here may have. */
  flags: readonly string[] = []
  /** Flags that can be changed for good; `\*` says that keywords can be made. Undefined: all of {@link flags}. */
  permanentFlags: readonly string[] | undefined = undefined
  /** Highest mod-sequence (RFC 7162 §3.1.2.1); undefined without CONDSTORE. */
  highestModSeq: bigint | undefined = undefined
  /** The mailbox keeps no mod-sequences (RFC 7162 §3.1.2.2). */
  noModSeq = false
  /** RFC 8474; stays the same when the mailbox is renamed. */
  mailboxId: string | undefined = undefined
  /** UIDs do not last beyond this session (RFC 4315 UIDNOTSTICKY). */
  uidNotSticky = false

  constructor(name: string, readOnly: boolean) {
    this.name = name
    this.readOnly = readOnly
  }
}
