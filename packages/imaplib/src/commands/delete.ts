import { command } from './command.ts'

/** DELETE: removes a mailbox and all that is in it (RFC 9051 §6.3.5). */
export const deleteMailbox = command({
  name: 'DELETE',
  states: ['authenticated', 'selected'],
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  result: () => undefined,
})
