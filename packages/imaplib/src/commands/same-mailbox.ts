/** Whether two names mean the same mailbox: INBOX in any case, all others to the letter (RFC 9051 §5.1). */
export const sameMailbox = (a: string, b: string): boolean =>
  a === b || (a.length === 5 && b.length === 5 && a.toUpperCase() === 'INBOX' && b.toUpperCase() === 'INBOX')
