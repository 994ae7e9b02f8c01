import type { RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'

/** Which search a response answers: `(TAG "A282")`, and for MULTISEARCH `(TAG "A" MAILBOX folder UIDVALIDITY 1)`. */
export interface Correlator {
  tag: string | null
  /** RFC 7377 §2.1; the name's octets. */
  rawMailbox: RawText | null
  uidValidity: number | null
}

/** RFC 9051 §9, search-correlator. All null when there is none. */
export const readCorrelator = (scan: Scanner): Correlator => {
  const correlator: Correlator = { tag: null, rawMailbox: null, uidValidity: null }
  if (!scan.openList()) return correlator
  while (!scan.closeList()) {
    const name = scan.upperAtom()
    scan.space()
    if (name === 'TAG') correlator.tag = scan.astring()
    else if (name === 'MAILBOX') correlator.rawMailbox = scan.rawAstring()
    else if (name === 'UIDVALIDITY') correlator.uidValidity = scan.number()
    else scan.skipValue()
  }
  return correlator
}
