import { invalid } from '../../errors/imap-error.ts'
import { checkPattern } from '../fetch-items/annotation.ts'
import type { SearchKey } from './search-key.ts'
import { searchText } from './text.ts'

/** Messages on which something was noted (RFC 5257 §4.6). */
export interface AnnotationCriteria {
  /** `/comment`; with wild cards `*` and `%`: any of these. */
  readonly entry: string
  /** Default `value`: the private or the shared one. */
  readonly attribute?: 'value' | 'value.priv' | 'value.shared' | undefined
  /** Text that the value contains, in any case; null for messages that have no such annotation. */
  readonly value: string | null
}

export const annotation: SearchKey<AnnotationCriteria> = {
  needs: 'ANNOTATE-EXPERIMENT-1',
  clauses(criteria, { path }) {
    if (typeof criteria !== 'object' || criteria === null || typeof criteria.entry !== 'string')
      throw invalid(`${path} must name an entry and a value`)
    const { entry, attribute = 'value', value } = criteria
    if (!['value', 'value.priv', 'value.shared'].includes(attribute)) throw invalid(`${path}.attribute is none`)
    const wanted = value === null ? 'NIL' : searchText(value, `${path}.value`)
    return [['ANNOTATION', { text: checkPattern(entry) }, { text: attribute }, wanted]]
  },
}
