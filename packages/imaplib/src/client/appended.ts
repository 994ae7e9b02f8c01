/** Where a message is that was put into a mailbox (RFC 4315 §3 APPENDUID). */
export interface Appended {
  /** Of the mailbox. */
  readonly uidValidity: number
  readonly uid: number
}
