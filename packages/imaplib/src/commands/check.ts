import { command } from './command.ts'

/** CHECK: asks the server to put the mailbox in order (RFC 3501 §6.4.1). Not in IMAP4rev2, where NOOP does (RFC 9051 App. E). */
export const check = command({
  name: 'CHECK',
  states: ['selected'],
  idempotent: true,
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
