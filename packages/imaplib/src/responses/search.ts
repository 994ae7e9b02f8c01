import type { Scanner } from '../wire/scanner.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { readNumbers } from './read-numbers.ts'
import type { ParseContext } from './response-parser.ts'
import { readSearchModSeq } from './search-modseq.ts'
import { setOfNumbers } from './set-of-numbers.ts'

/** `* SEARCH 2 84 882 (MODSEQ 917162500)` (RFC 3501 §7.2.5, RFC 7162 §3.1.5): what SEARCH found, the old way. */
export interface SearchResponse {
  readonly type: 'SEARCH'
  /** UIDs after UID SEARCH, else sequence numbers. Servers send them in any order; here they are a set. */
  readonly messages: SequenceSet
  /** The highest mod-sequence of the messages found; null when it was not sent. */
  readonly modSeq: bigint | null
}

export const parseSearch = (scan: Scanner, context: ParseContext): SearchResponse => ({
  type: 'SEARCH',
  messages: setOfNumbers(readNumbers(scan, context)),
  modSeq: readSearchModSeq(scan),
})
