import { command } from './command.ts'

/**
 * ENABLE: switches extensions on that change what the server sends (RFC 5161, RFC 9051 §6.3.1).
 *
 * Resolves to what was enabled. Where a server says OK without telling (iCloud), all that was asked counts.
 */
export const enable = command({
  name: 'ENABLE',
  idempotent: true,
  // With a mailbox selected, UTF8=ACCEPT and IMAP4rev2 must not be enabled (RFC 6855 §3).
  states: ['authenticated'],
  needs: ['ENABLE', 'IMAP4rev2'],
  order: 'blocks',
  write(out, [capabilities]: [capabilities: readonly string[]]) {
    for (const each of capabilities) out.atom(each)
  },
  claims: { ENABLED: () => true },
  result: (replies, { args: [asked] }): readonly string[] =>
    replies.length === 0 ? asked : replies.flatMap((reply) => [...reply.capabilities]),
})
