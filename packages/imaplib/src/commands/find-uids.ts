import { SequenceSet } from '../wire/sequence-set.ts'
import type { CallOptions } from './run.ts'
import type { Runner } from './runner.ts'
import { uidSearch } from './search.ts'
import type { SearchProgram } from './search-criteria.ts'

/** The UIDs that match: told as ranges where the server can (RFC 4731), as a list elsewhere. */
export const findUids = async (runner: Runner, program: SearchProgram, options: CallOptions): Promise<SequenceSet> => {
  if (runner.has('ESEARCH') || runner.has('IMAP4rev2')) {
    const { all, count } = await runner.run(uidSearch, [program, { items: ['ALL', 'COUNT'] }], options)
    // A server that takes RETURN and then leaves the result out (Strato) is asked in the old way.
    if (all !== null || count === 0) return all ?? SequenceSet.empty
  }
  const { all } = await runner.run(uidSearch, [program, null], options)
  return all ?? SequenceSet.empty
}
