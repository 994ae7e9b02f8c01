import type { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'

/** UID EXPUNGE: removes those of the messages that are marked `\Deleted` (RFC 4315 §2.1, RFC 9051 §6.4.9). */
export const uidExpunge = command({
  name: 'UID EXPUNGE',
  states: ['selected'],
  needs: ['UIDPLUS', 'IMAP4rev2'],
  // Once a message is gone nothing more can happen to it: its UID is never given again.
  idempotent: true,
  write: (out, [set]: [set: SequenceSet]) => void out.set(set),
  result: () => undefined,
  division: { set: ([set]) => set, only: (_args, set): [SequenceSet] => [set], merge: () => undefined },
})

/** EXPUNGE: removes all messages of the mailbox that are marked `\Deleted`, whoever marked them (RFC 9051 §6.4.3). */
export const expunge = command({
  name: 'EXPUNGE',
  states: ['selected'],
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
