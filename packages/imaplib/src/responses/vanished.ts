import type { Scanner } from '../wire/scanner.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { readSequenceSet } from './read-sequence-set.ts'

/** `* VANISHED (EARLIER) 41,43:116` (RFC 7162 §3.2.10): messages that are gone. It stands for EXPUNGE after QRESYNC. */
export interface VanishedResponse {
  readonly type: 'VANISHED'
  /**
   * True when the client was behind and asked: nothing is removed from the mailbox now, and the number of messages stays.
   */
  readonly earlier: boolean
  /** May name UIDs that never existed. */
  readonly uids: SequenceSet
}

export const parseVanished = (scan: Scanner): VanishedResponse => {
  let earlier = false
  if (scan.openList()) {
    while (!scan.closeList()) earlier = scan.upperAtom() === 'EARLIER' || earlier
    scan.skipSpaces()
  }
  return { type: 'VANISHED', earlier, uids: readSequenceSet(scan) }
}
