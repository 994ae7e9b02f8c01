import { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'

/**
 * UID SEARCH for all messages of a set: which of these UIDs there are (RFC 9051 §6.4.4). For bookkeeping; the search for
 * users is elsewhere. Asks for ranges where the server can send them (ESEARCH, RFC 4731).
 */
export const allUids = command({
  name: 'UID SEARCH',
  states: ['selected'],
  idempotent: true,
  write(out, [uids]: [uids: SequenceSet], context) {
    if (context.has('ESEARCH') || context.has('IMAP4rev2')) out.atom('RETURN').open().atom('ALL').close()
    out.atom('UID').set(uids)
  },
  claims: { SEARCH: () => true, ESEARCH: (reply) => reply.mailbox === null },
  result(replies): SequenceSet {
    let found = SequenceSet.empty
    for (const reply of replies) {
      const set = reply.type === 'SEARCH' ? reply.messages : reply.all?.set
      if (set !== undefined) found = found.union(set)
    }
    return found
  },
  division: {
    set: ([uids]) => uids,
    only: (_args, set): [uids: SequenceSet] => [set],
    merge: (first, second) => first.union(second),
  },
})
