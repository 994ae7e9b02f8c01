import { ImapError } from '../errors/imap-error.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import { compileSearch, type SearchProgram, writeSearch } from './search-criteria.ts'
import type { SearchCriteria } from './search-keys/index.ts'
import { inOrder } from './sort.ts'

/** A message that was found, and how well it fits. */
export interface RankedMessage {
  readonly uid: number
  /** 1 to 100. */
  readonly relevancy: number
}

/** UID SEARCH RETURN (RELEVANCY) (RFC 6203 §4). */
export const uidSearchRanked = command({
  name: 'UID SEARCH',
  states: ['selected'],
  idempotent: true,
  needs: 'SEARCH=FUZZY',
  order: ([program]: [program: SearchProgram]) => (program.usesNumbers ? 'numbers' : 'free'),
  write(out, [program], context) {
    out.atom('RETURN').list(['RELEVANCY', 'ALL'], (each) => out.atom(each))
    writeSearch(out, program, context)
  },
  claims: { ESEARCH: (reply) => reply.mailbox === null, SEARCH: () => true },
  result: (replies): RankedMessage[] =>
    replies.flatMap((reply) => {
      const uids = reply.type === 'SEARCH' ? [...reply.messages] : reply.all === null ? [] : inOrder(reply.all)
      const scores = reply.type === 'SEARCH' ? [] : (reply.relevancy ?? [])
      if (scores.length !== uids.length)
        throw new ImapError('EUNPARSED', 'The server did not tell the relevancy of each message.', {
          command: 'UID SEARCH',
        })
      return uids.map((uid, index) => ({ uid, relevancy: scores[index] as number }))
    }),
})

/**
 * What is found by fuzzy keys, the best first (RFC 6203; SEARCH=FUZZY).
 *
 * @throws MissingCapability
 * @example
 * const [best] = await inbox.rank({ fuzzy: { subject: 'IMAP break' } })
 */
export const rank =
  (runner: MailboxRunner) =>
  async (criteria: SearchCriteria, options: CallOptions = {}): Promise<readonly RankedMessage[]> => {
    const found = await runner.run(uidSearchRanked, [compileSearch(criteria)], options)
    return found.sort((a, b) => b.relevancy - a.relevancy || a.uid - b.uid)
  }
