import type { Scanner } from '../wire/scanner.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { readOrderedSet } from './ordered-set.ts'

/** A sequence set as responses have it (RFC 9051 §9): numbers and ranges, without `*`. */
export const readSequenceSet = (scan: Scanner): SequenceSet => readOrderedSet(scan).set
