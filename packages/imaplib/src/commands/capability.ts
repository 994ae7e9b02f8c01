import { command } from './command.ts'

/** CAPABILITY: what the server can do (RFC 9051 §6.1.1). The connection keeps the answer by itself. */
export const capability = command({
  name: 'CAPABILITY',
  states: ['not authenticated', 'authenticated', 'selected'],
  idempotent: true,
  write: (_out, _args: []) => undefined,
  claims: { CAPABILITY: () => true },
  result: () => undefined,
})
