import type { Scanner } from '../wire/scanner.ts'
import { readCorrelator } from './search-correlator.ts'
import { readUidRanges, type UidRange } from './uid-ranges.ts'

/**
 * `* UIDBATCHES (TAG "A143") 215295:99696,99695:20351,20350:1` (RFC 10022): the mailbox cut into ranges that hold about
 * as many messages each, the newest first.
 */
export interface UidBatchesResponse {
  readonly type: 'UIDBATCHES'
  /** Of the command that asked. */
  readonly tag: string | null
  readonly batches: readonly UidRange[]
}

export const parseUidBatches = (scan: Scanner): UidBatchesResponse => {
  const { tag } = readCorrelator(scan)
  scan.skipSpaces()
  return { type: 'UIDBATCHES', tag, batches: readUidRanges(scan) }
}
