import type { Scanner } from '../wire/scanner.ts'

/** `* COMPARATOR i;unicode-casemap (i;octet)` (RFC 5255 §4.8): how SEARCH and SORT compare strings. */
export interface ComparatorResponse {
  readonly type: 'COMPARATOR'
  /** The active one (RFC 4790): `i;unicode-casemap`. */
  readonly active: string
  /** Those that fitted what COMPARATOR asked for; empty when none was asked for. */
  readonly matching: readonly string[]
}

export const parseComparator = (scan: Scanner): ComparatorResponse => {
  const active = scan.astring()
  scan.skipSpaces()
  const matching: string[] = []
  if (scan.openList()) while (!scan.closeList()) matching.push(scan.astring())
  return { type: 'COMPARATOR', active, matching }
}
