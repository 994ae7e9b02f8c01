import { command } from './command.ts'

/** NOOP: does nothing, which lets the server tell what is new (RFC 9051 §6.1.2). */
export const noop = command({
  name: 'NOOP',
  states: ['not authenticated', 'authenticated', 'selected'],
  idempotent: true,
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
