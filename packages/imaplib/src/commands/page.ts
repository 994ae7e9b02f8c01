import { SequenceSet } from '../wire/sequence-set.ts'
import { partialRange } from './fetch.ts'
import { findUids } from './find-uids.ts'
import { type SortKey, sortSteps } from './ordering/sort-keys.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import { type SearchReturn, uidSearch } from './search.ts'
import { compileSearch, type SearchProgram } from './search-criteria.ts'
import type { SearchCriteria } from './search-keys/index.ts'
import { sortHere, sortsItself, uidSort } from './sort.ts'

export interface PageOptions extends CallOptions {
  /** Which messages. Default all. */
  readonly criteria?: SearchCriteria | undefined
  /** In which order. Default that of the mailbox. See `sort()`. */
  readonly sort?: readonly SortKey[] | undefined
}

/** A window of what was found. */
export interface Page {
  /** In order; fewer than asked for at the end. */
  readonly uids: readonly number[]
  /** How many messages were found in all. */
  readonly total: number
}

/**
 * A page of what a search finds: `[1, 50]` the first fifty, `[-1, -50]` the last fifty, in ascending order. Computed by
 * the server where it can (PARTIAL, RFC 9394; CONTEXT=SEARCH and CONTEXT=SORT, RFC 5267); otherwise the whole result is
 * fetched and cut here.
 *
 * @throws ImapError `EINVALID` for places that are none
 * @example
 * const { uids, total } = await inbox.page([1, 50], { sort: ['-arrival'] })
 */
export const page =
  (runner: MailboxRunner) =>
  async (places: readonly [from: number, to: number], options: PageOptions = {}): Promise<Page> => {
    partialRange(places)
    const { criteria = { all: true }, sort, ...call } = options
    const program = compileSearch(criteria)
    if (sort === undefined) {
      const found = await searchWindow(runner, program, places, call)
      if (found !== null) return found
      const all = await findUids(runner, program, call)
      return { uids: [...windowOf(all, places)], total: all.size }
    }
    const steps = sortSteps(sort)
    if (!sortsItself(runner, steps)) return cut(await sortHere(runner, steps, program, call), places)
    if (runner.has('CONTEXT=SORT') && places[0] > 0) {
      const { uids, count } = await runner.run(uidSort, [steps, program, { items: ['COUNT'], partial: places }], call)
      if (count !== null) return { uids, total: count }
    }
    const wanted = runner.has('ESORT') ? ({ items: ['ALL'] } as const) : null
    return cut((await runner.run(uidSort, [steps, program, wanted], call)).uids, places)
  }

/**
 * The window from the server; null where it has none. RFC 5267 §4.4 has windows from the beginning only, RFC 9394 from
 * the end too: but Cyrus 3.12 counts those from the beginning all the same. So a window at the end is asked for with the
 * highest UID, which must be the last in it.
 */
const searchWindow = async (
  runner: MailboxRunner,
  program: SearchProgram,
  places: readonly [number, number],
  call: CallOptions,
): Promise<Page | null> => {
  const forwards = places[0] > 0
  if (!runner.has('PARTIAL') && !(forwards && runner.has('CONTEXT=SEARCH'))) return null
  if (forwards) {
    const { partial, count } = await runner.run(uidSearch, [program, { items: ['COUNT'], partial: places }], call)
    return partial === null || count === null ? null : { uids: [...partial], total: count }
  }
  const fromEnd = [-1, Math.min(...places)] as const
  const wanted: SearchReturn = { items: ['COUNT', 'MAX'], partial: fromEnd }
  const { partial, count, max } = await runner.run(uidSearch, [program, wanted], call)
  if (partial === null || count === null || (count > 0 && partial.last !== max)) return null
  return { uids: [...windowOf(partial, places)], total: count }
}

/** Places from 1, or from -1 backwards, as indices from 0: the second one not included. */
const indices = (places: readonly [number, number], size: number): [number, number] => {
  const [low, high] = [Math.min(...places), Math.max(...places)]
  return low > 0 ? [low - 1, high] : [Math.max(0, size + low), Math.max(0, size + high + 1)]
}

const cut = (uids: readonly number[], places: readonly [number, number]): Page => ({
  uids: uids.slice(...indices(places, uids.length)),
  total: uids.length,
})

const windowOf = (set: SequenceSet, places: readonly [number, number]): SequenceSet => {
  const [start, end] = indices(places, set.size)
  const found: number[] = []
  for (let index = start; index < Math.min(end, set.size); index += 1) found.push(set.at(index) as number)
  return SequenceSet.ofNumbers(found)
}
