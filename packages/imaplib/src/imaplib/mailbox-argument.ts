import { encodeMailboxName, isValidModifiedUtf7 } from '../wire/mailbox-name.ts'

/**
 * A mailbox name as it goes out while UTF8=ACCEPT is not enabled: in modified UTF-7 (RFC 3501 §5.1.3), unless it is that
 * already. So names that a caller has from LIST go back as they came, and `Entwürfe` and `A&B` are right too.
 *
 * Control characters come out encoded: none reaches the wire as such.
 */
export const mailboxText = (name: string): string => (isValidModifiedUtf7(name) ? name : encodeMailboxName(name))
