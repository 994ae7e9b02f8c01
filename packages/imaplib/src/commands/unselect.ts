import { command } from './command.ts'

/** UNSELECT: leaves the mailbox, and expunges nothing (RFC 3691, RFC 9051 §6.4.2). The session is told by the caller. */
export const unselect = command({
  name: 'UNSELECT',
  idempotent: true,
  states: ['selected'],
  needs: ['UNSELECT', 'IMAP4rev2'],
  order: 'alone',
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
