import type { Scanner } from '../wire/scanner.ts'

/**
 * `(MODSEQ 917162500)` after the hits of SEARCH and SORT (RFC 7162 §3.1.5): the highest of theirs; null without it. Nothing
 * else may follow: a hit that cannot be read must not be passed over.
 */
export const readSearchModSeq = (scan: Scanner): bigint | null => {
  scan.skipSpaces()
  if (scan.atEnd) return null
  if (!scan.openList()) return scan.fail('a number or the end')
  let modSeq: bigint | null = null
  while (!scan.closeList()) {
    const name = scan.upperAtom()
    scan.space()
    if (name === 'MODSEQ') modSeq = scan.bigint()
    else scan.skipValue()
  }
  return modSeq
}
