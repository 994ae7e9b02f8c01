import { invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { Runner } from './runner.ts'
import { compileSearch, type SearchProgram, writeSearch } from './search-criteria.ts'
import type { SearchCriteria } from './search-keys/index.ts'

/** Which mailboxes to search (RFC 7377 §2.2, RFC 5465 §6); all that are named here together. */
export interface MailboxFilter {
  /** By name. */
  readonly mailboxes?: readonly string[] | undefined
  /** These and all below them. */
  readonly subtree?: readonly string[] | undefined
  /** These and those right below them. */
  readonly subtreeOne?: readonly string[] | undefined
  /** All in the user's own namespace. */
  readonly personal?: boolean | undefined
  /** Those into which mail is delivered. */
  readonly inboxes?: boolean | undefined
  readonly subscribed?: boolean | undefined
}

/** What was found in one mailbox. */
export interface FoundInMailbox {
  /** In Unicode. */
  readonly mailbox: string
  readonly uidValidity: number | null
  readonly uids: SequenceSet
}

const writeFilter = (out: CommandWriter, filter: MailboxFilter): void => {
  const { mailboxes, subtree, subtreeOne, personal, inboxes, subscribed } = filter
  const named = [
    ['mailboxes', mailboxes],
    ['subtree', subtree],
    ['subtree-one', subtreeOne],
  ] as const
  out.open()
  let some = false
  for (const [word, given] of [
    ['personal', personal],
    ['inboxes', inboxes],
    ['subscribed', subscribed],
  ] as const) {
    if (given !== true) continue
    out.atom(word)
    some = true
  }
  for (const [word, names] of named) {
    if (names === undefined) continue
    if (names.length === 0) throw invalid(`searchMailboxes: ${word} names no mailbox`)
    out.atom(word)
    if (names.length === 1) out.mailbox(names[0] as string)
    else out.list(names, (name) => out.mailbox(name))
    some = true
  }
  if (!some) throw invalid('searchMailboxes: no mailboxes are named')
  out.close()
}

/** ESEARCH IN (RFC 7377 §2): one search in many mailboxes. */
export const multiSearch = command({
  name: 'ESEARCH',
  states: ['authenticated', 'selected'],
  needs: 'MULTISEARCH',
  idempotent: true,
  write(out, [filter, program]: [filter: MailboxFilter, program: SearchProgram], context) {
    if (program.usesNumbers || program.usesSaved)
      throw invalid('searchMailboxes: numbers and saved results are of one mailbox (RFC 7377 §2.2)')
    out.atom('IN')
    writeFilter(out, filter)
    out.atom('RETURN').list(['ALL'], (each) => out.atom(each))
    writeSearch(out, program, context)
  },
  claims: { ESEARCH: (reply) => reply.mailbox !== null },
  result: (replies): FoundInMailbox[] =>
    replies.map(({ mailbox, uidValidity, all }) => ({
      mailbox: mailbox as string,
      uidValidity,
      uids: all?.set ?? SequenceSet.empty,
    })),
})

/**
 * Searches many mailboxes by one command (RFC 7377; MULTISEARCH). Mailboxes in which nothing is found may be missing in
 * the result; those that are not there, or may not be read, are passed over by the server.
 *
 * @throws MissingCapability: opening them all one by one would not be the same, and not cheap either
 * @example
 * const found = await client.searchMailboxes({ subtree: ['Projects'] }, { unseen: true })
 */
export const searchMailboxes =
  (runner: Runner) =>
  (filter: MailboxFilter, criteria: SearchCriteria, options: CallOptions = {}): Promise<readonly FoundInMailbox[]> =>
    runner.run(multiSearch, [filter, compileSearch(criteria)], options)
