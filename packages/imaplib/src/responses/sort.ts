import type { Scanner } from '../wire/scanner.ts'
import { readNumbers } from './read-numbers.ts'
import type { ParseContext } from './response-parser.ts'
import { readSearchModSeq } from './search-modseq.ts'

/** `* SORT 2 84 882` (RFC 5256 §4). */
export interface SortResponse {
  readonly type: 'SORT'
  /** In sort order. UIDs after UID SORT, else sequence numbers. */
  readonly messages: readonly number[]
  /** RFC 7162 §3.1.6: the highest mod-sequence of the messages found; null when it was not sent. */
  readonly modSeq: bigint | null
}

export const parseSort = (scan: Scanner, context: ParseContext): SortResponse => ({
  type: 'SORT',
  messages: Array.from(readNumbers(scan, context)),
  modSeq: readSearchModSeq(scan),
})
