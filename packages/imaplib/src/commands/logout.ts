import { command } from './command.ts'

/** LOGOUT: ends the session; the server says BYE and closes (RFC 9051 §6.1.3). */
export const logout = command({
  name: 'LOGOUT',
  idempotent: true,
  states: ['not authenticated', 'authenticated', 'selected', 'logout'],
  order: 'blocks',
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
