import { command } from './command.ts'

/** RENAME: gives a mailbox another name (RFC 9051 §6.3.6). Renaming INBOX moves its messages and leaves it empty. */
export const rename = command({
  name: 'RENAME',
  states: ['authenticated', 'selected'],
  write: (out, [from, to]: [from: string, to: string]) => void out.mailbox(from).mailbox(to),
  result: () => undefined,
})
