import type { ComparatorResponse } from '../responses/comparator.ts'
import { invalid } from '../errors/imap-error.ts'
import { command, only } from './command.ts'
import type { CallOptions } from './run.ts'
import type { ClientRunner, Extension } from './runner.ts'

/** How SEARCH, SORT and THREAD compare strings (RFC 5255 §4.8). */
export type Comparator = Pick<ComparatorResponse, 'active' | 'matching'>

/** A collation of RFC 4790: `i;unicode-casemap`, with `*` for any part of its name, or `default`. */
const check = (name: string): string => {
  if (!/^[A-Za-z0-9;=.,\-*/:%]+$/.test(name)) throw invalid(`${JSON.stringify(name)} is not a comparator (RFC 4790 §3)`)
  return name
}

/** COMPARATOR: which one is active, and with names the first of these that the server has (RFC 5255 §4.7). */
export const comparatorCommand = command({
  name: 'COMPARATOR',
  states: ['authenticated', 'selected'],
  needs: 'I18NLEVEL=2',
  idempotent: true,
  order: 'blocks',
  write(out, [names]: [names: readonly string[]]) {
    for (const name of names) out.astring(check(name))
  },
  claims: { COMPARATOR: () => true },
  result(replies): Comparator {
    const { active, matching } = only(replies, 'COMPARATOR')
    return { active, matching }
  },
})

/**
 * How the server compares strings (RFC 5255 §4, I18NLEVEL=2). With I18NLEVEL=1 there is nothing to choose: it is
 * `i;unicode-casemap`.
 *
 * @example
 * await client.comparator.use(['i;unicode-casemap', 'i;ascii-casemap'])
 */
export const comparator = ((runner: ClientRunner) => ({
  /** The one in use. */
  active: (options?: CallOptions) => runner.run(comparatorCommand, [[]], options),
  /**
   * Uses the first that the server has, on all connections, those opened later too.
   * @throws CommandRefused with the response code BADCOMPARATOR when it has none of them
   */
  use: (names: readonly string[], options?: CallOptions) => {
    if (names.length === 0) throw invalid('COMPARATOR: none is named')
    return runner.everywhere('COMPARATOR', comparatorCommand, [names], options)
  },
})) satisfies Extension<ClientRunner, unknown>
