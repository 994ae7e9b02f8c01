import { command, only } from './command.ts'

/** NAMESPACE: with what the names of one's own, other users' and shared mailboxes begin (RFC 2342, RFC 9051 §6.3.10). */
export const namespace = command({
  name: 'NAMESPACE',
  states: ['authenticated', 'selected'],
  needs: ['NAMESPACE', 'IMAP4rev2'],
  idempotent: true,
  write: (_out, _args: []) => undefined,
  claims: { NAMESPACE: () => true },
  result: (replies) => only(replies, 'NAMESPACE'),
})
