import { ImapError } from '../errors/imap-error.ts'
import { command } from './command.ts'
import type { SortStep } from './ordering/sort-keys.ts'
import { isDisplayField } from './ordering/sort-keys.ts'
import { require } from './require.ts'
import { type SearchProgram, writeSearch } from './search-criteria.ts'
import { inOrder, writeSortKeys, writeSortSearch } from './sort.ts'

/** A result that the server keeps up to date. */
export interface SearchContext {
  /** By which the server names it in its updates. */
  readonly tag: string
  /** In order. */
  readonly uids: readonly number[]
}

/** UID SEARCH or UID SORT with UPDATE (RFC 5267 §4.3): the result now, and from then on what changes in it. */
const contextOf = (sorted: boolean) =>
  command({
    name: sorted ? 'UID SORT' : 'UID SEARCH',
    states: ['selected'],
    needs: sorted ? 'CONTEXT=SORT' : 'CONTEXT=SEARCH',
    write(out, [steps, program]: [steps: readonly SortStep[], program: SearchProgram], context) {
      out.atom('RETURN').list(['ALL', 'UPDATE'], (each) => out.atom(each))
      if (!sorted) return writeSearch(out, program, context)
      if (steps.some(({ field }) => isDisplayField(field))) require(context, 'SORT=DISPLAY', 'SORT by display names')
      writeSortKeys(out, steps)
      writeSortSearch(out, program, context)
    },
    // One with changes is of a search that was begun before.
    claims: { ESEARCH: ({ mailbox, updates }) => mailbox === null && updates === null },
    result(replies): SearchContext {
      const reply = replies[0]
      if (reply === undefined || reply.tag === null)
        throw new ImapError('EUNPARSED', 'The server did not tell the result of the search that it is to keep.', {
          command: 'UID SEARCH',
        })
      return { tag: reply.tag, uids: reply.all === null ? [] : inOrder(reply.all) }
    },
  })

export const searchContext = contextOf(false)
export const sortContext = contextOf(true)

/** CANCELUPDATE (RFC 5267 §4.3.3): the server need not keep these results any longer. */
export const cancelUpdate = command({
  name: 'CANCELUPDATE',
  states: ['selected'],
  write(out, [tags]: [tags: readonly string[]]) {
    for (const tag of tags) out.string(tag)
  },
  result: () => undefined,
})
