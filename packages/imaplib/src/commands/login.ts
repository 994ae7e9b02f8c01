import type { Secret } from '../wire/secret.ts'
import { command } from './command.ts'

/**
 * LOGIN with user and password in the clear (RFC 9051 §6.2.3): for servers that offer no SASL mechanism that would do.
 * Never sent when the server says LOGINDISABLED; whoever calls it has seen to TLS.
 */
export const login = command({
  name: 'LOGIN',
  idempotent: true,
  states: ['not authenticated'],
  order: 'alone',
  write: (out, [user, password]: [user: string, password: Secret]) => void out.astring(user).secret(password),
  result: (_replies, { completion }) => completion,
})
