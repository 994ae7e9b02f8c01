import { ImapError } from '../errors/imap-error.ts'
import type { OrderedSet } from '../responses/ordered-set.ts'
import { command } from './command.ts'
import { partialRange } from './fetch.ts'
import { fetchRows } from './fetch-rows.ts'
import { findUids } from './find-uids.ts'
import { isDisplayField, type SortKey, type SortStep, sortSteps } from './ordering/sort-keys.ts'
import { itemsFor, sortRows } from './ordering/sort-rows.ts'
import { require } from './require.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import { compileSearch, type SearchProgram, writeSearch } from './search-criteria.ts'
import type { SearchCriteria } from './search-keys/index.ts'

/** What SORT is to tell in the form of ESEARCH (RFC 5267 §3). */
export interface SortReturn {
  readonly items: readonly ('ALL' | 'COUNT' | 'MIN' | 'MAX')[]
  /** Only these places of the result: needs CONTEXT=SORT (RFC 5267 §4.4). */
  readonly partial?: readonly [from: number, to: number] | undefined
}

export interface SortReply {
  /** In sort order. */
  readonly uids: readonly number[]
  readonly count: number | null
}

/** More UIDs than this in one answer are refused: a few octets can stand for four billion. */
const MOST_UIDS = 10_000_000

/**
 * UID SORT (RFC 5256 §3). With `wanted` in the form of ESORT (RFC 5267 §3); null for the plain form. Either kind of answer
 * is understood, whatever was asked for.
 */
export const uidSort = command({
  name: 'UID SORT',
  states: ['selected'],
  idempotent: true,
  needs: 'SORT',
  order: ([, program]: [steps: readonly SortStep[], program: SearchProgram, wanted: SortReturn | null]) =>
    program.usesNumbers ? 'numbers' : 'free',
  write(out, [steps, program, wanted], context) {
    if (steps.some(({ field }) => isDisplayField(field))) require(context, 'SORT=DISPLAY', 'SORT by display names')
    if (wanted !== null) {
      require(context, wanted.partial === undefined ? ['ESORT', 'CONTEXT=SORT'] : 'CONTEXT=SORT', 'SORT RETURN')
      out.atom('RETURN').open()
      for (const item of wanted.items) out.atom(item)
      if (wanted.partial !== undefined) out.atom('PARTIAL').verbatim(partialRange(wanted.partial))
      out.close()
    }
    writeSortKeys(out, steps)
    writeSortSearch(out, program, context)
  },
  claims: {
    SORT: () => true,
    ESEARCH: (reply) => reply.mailbox === null,
    unparsed: (reply) => reply.name === 'SORT' || reply.name === 'ESEARCH',
  },
  result(replies): SortReply {
    let uids: readonly number[] = []
    let count: number | null = null
    for (const reply of replies) {
      if (reply.type === 'unparsed') throw notUnderstood('could not be understood')
      if (reply.type === 'SORT') uids = reply.messages
      else {
        count = reply.count ?? count
        const ordered = reply.all ?? reply.partial?.messages ?? null
        if (ordered !== null && !reply.uid) throw notUnderstood('gave sequence numbers instead of UIDs')
        if (ordered !== null) uids = inOrder(ordered)
      }
    }
    return { uids, count }
  },
})

/** `(REVERSE DATE SUBJECT)` */
export const writeSortKeys = (out: Parameters<typeof writeSearch>[0], steps: readonly SortStep[]): void => {
  out.open()
  for (const { word, reverse } of steps) {
    if (reverse) out.atom('REVERSE')
    out.atom(word)
  }
  out.close()
}

/** SORT and THREAD name the charset always, as a bare word (RFC 5256 §3). */
export const writeSortSearch = (...[out, program, context]: Parameters<typeof writeSearch>): void => {
  out.atom(program.unicode ? 'UTF-8' : 'US-ASCII')
  writeSearch(out, { ...program, unicode: false }, context)
}

/** The set's own order, which is the result (RFC 5267 §3). */
export const inOrder = (ordered: OrderedSet): number[] => {
  const uids: number[] = []
  for (const uid of ordered) {
    if (uids.length >= MOST_UIDS) throw notUnderstood(`names more than ${MOST_UIDS} messages`)
    uids.push(uid)
  }
  return uids
}

const notUnderstood = (what: string) =>
  new ImapError('EUNPARSED', `The server's answer to SORT ${what}.`, { command: 'UID SORT' })

/**
 * The messages that match, sorted: by the server where it can (SORT, SORT=DISPLAY), otherwise here, in the same order:
 * RFC 5256's, with texts compared by i;unicode-casemap (RFC 5051).
 *
 * Keys: `arrival`, `date`, `from`, `to`, `cc` (mailbox of the first address), `displayFrom`, `displayTo`, `size`,
 * `subject`; with a minus in front the other way round. Among equals the place in the mailbox decides.
 *
 * @throws ImapError `EINVALID` for bad keys or criteria
 * @example
 * const uids = await inbox.sort(['subject', '-date'], { unseen: true })
 */
export const sort =
  (runner: MailboxRunner) =>
  async (
    keys: readonly SortKey[],
    criteria: SearchCriteria = { all: true },
    options: CallOptions = {},
  ): Promise<readonly number[]> => {
    return sortBy(runner, sortSteps(keys), compileSearch(criteria), options)
  }

/** By the server, or here. */
export const sortBy = async (
  runner: MailboxRunner,
  steps: readonly SortStep[],
  program: SearchProgram,
  options: CallOptions,
): Promise<readonly number[]> => {
  if (!sortsItself(runner, steps)) return sortHere(runner, steps, program, options)
  const wanted: SortReturn | null = runner.has('ESORT') ? { items: ['ALL'] } : null
  return (await runner.run(uidSort, [steps, program, wanted], options)).uids
}

export const sortsItself = (runner: MailboxRunner, steps: readonly SortStep[]): boolean =>
  runner.has('SORT') && (runner.has('SORT=DISPLAY') || !steps.some(({ field }) => isDisplayField(field)))

export const sortHere = async (
  runner: MailboxRunner,
  steps: readonly SortStep[],
  program: SearchProgram,
  options: CallOptions,
): Promise<readonly number[]> => {
  const found = await findUids(runner, program, options)
  if (found.isEmpty) return []
  return sortRows(await fetchRows(runner, found, itemsFor(steps), options), steps)
}
