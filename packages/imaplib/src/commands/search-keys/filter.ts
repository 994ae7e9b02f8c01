import { invalid } from '../../errors/imap-error.ts'
import { isAtom } from '../../wire/grammar.ts'
import type { SearchKey } from './search-key.ts'

/** A search that is stored at the server under this name (RFC 5466 §3.1). Unknown to it: NO [UNDEFINED-FILTER]. */
export const filter: SearchKey<string> = {
  needs: 'FILTERS',
  clauses(value, { path }) {
    // RFC 5466 §4, filter-name
    if (typeof value !== 'string' || !isAtom(value) || value.includes('/'))
      throw invalid(`${path} is not the name of a filter`)
    return [['FILTER', value]]
  },
}
