import { command } from './command.ts'

/** SUBSCRIBE: adds a name to the list of those the user wants to see (RFC 9051 §6.3.7). */
export const subscribe = command({
  name: 'SUBSCRIBE',
  states: ['authenticated', 'selected'],
  idempotent: true,
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  result: () => undefined,
})

/** UNSUBSCRIBE: takes it off again (RFC 9051 §6.3.8). */
export const unsubscribe = command({
  name: 'UNSUBSCRIBE',
  states: ['authenticated', 'selected'],
  idempotent: true,
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  result: () => undefined,
})
