import type { StatusLine } from '../connection/status-line.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Response } from '../responses/registry.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Collector, Command } from './command.ts'
import { type FetchArguments, uidFetch } from './fetch.ts'
import { FetchCollector } from './fetch-collector.ts'
import { askedItems, type FetchQuery } from './fetch-items/index.ts'
import type { CallOptions } from './run.ts'
import type { Runner } from './runner.ts'

/** UID FETCH for those who need all rows together, as sorting does. */
const fetchTogether: Command<FetchArguments, readonly FetchedMessage[]> = {
  ...uidFetch,
  collect: ([set, items]) => new Together(set, items),
  division: {
    set: ([set]) => set,
    only: ([, items, modifiers], set) => [set, items, modifiers],
    merge: (first, second) => [...first, ...second],
  },
}

class Together implements Collector<readonly FetchedMessage[]> {
  private readonly rows: FetchedMessage[] = []
  private readonly rest: FetchCollector

  constructor(...[set, items]: [set: SequenceSet, items: FetchArguments[1]]) {
    this.rest = new FetchCollector(set, items, true, { row: (row) => void this.rows.push(row) })
  }

  claim(response: Response): boolean {
    return this.rest.claim(response)
  }

  result(_completion: StatusLine): readonly FetchedMessage[] {
    const { incomplete, unparsed } = this.rest.result()
    if (incomplete.length > 0 || unparsed > 0)
      throw new ImapError('EUNPARSED', 'Not all that was asked for has come, or could be understood.', {
        command: 'UID FETCH',
      })
    return this.rows
  }
}

/** Characters of a set in one command. */
const LONGEST_SET = 7500

/** The rows of all messages of a set that there are; each message once, in ascending order of UIDs. */
export const fetchRows = async (
  runner: Runner,
  set: SequenceSet,
  query: FetchQuery,
  options: CallOptions,
): Promise<FetchedMessage[]> => {
  const items = askedItems(query)
  const pieces = await Promise.all(
    set.split(LONGEST_SET).map((piece) => runner.run(fetchTogether, [piece, items, {}], options)),
  )
  const rows = new Map(pieces.flat().map((row) => [row.uid as number, row]))
  return [...rows.values()].sort((a, b) => (a.uid as number) - (b.uid as number))
}
