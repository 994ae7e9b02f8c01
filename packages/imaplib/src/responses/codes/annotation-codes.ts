import type { Scanner } from '../../wire/scanner.ts'
import type { CodeTable } from './code-reader.ts'

/** RFC 5464 §4.2.1, §4.3: what METADATA could not do. */
export interface MetadataCode {
  readonly name: 'METADATA'
  /**
   * - `LONGENTRIES`: values were left out, the longest of `size` octets
   * - `MAXSIZE`: a value may have `size` octets at most
   * - `TOOMANY`: no more entries can be made
   * - `NOPRIVATE`: there are no private entries
   */
  readonly problem: 'LONGENTRIES' | 'MAXSIZE' | 'TOOMANY' | 'NOPRIVATE'
  readonly size: number | null
}

/** RFC 5257 §4.5 */
export interface AnnotateCode {
  readonly name: 'ANNOTATE'
  readonly problem: 'TOOBIG' | 'TOOMANY'
}

const metadata = (scan: Scanner): MetadataCode => {
  const problem = scan.upperAtom()
  switch (problem) {
    case 'LONGENTRIES':
    case 'MAXSIZE':
      scan.space()
      return { name: 'METADATA', problem, size: scan.number64() }
    case 'TOOMANY':
    case 'NOPRIVATE':
      return { name: 'METADATA', problem, size: null }
    default:
      return scan.fail('LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE')
  }
}

const annotate = (scan: Scanner): AnnotateCode => {
  const problem = scan.upperAtom()
  return problem === 'TOOBIG' || problem === 'TOOMANY' ? { name: 'ANNOTATE', problem } : scan.fail('TOOBIG or TOOMANY')
}

export const annotationCodes = [
  ['METADATA', metadata],
  ['ANNOTATE', annotate],
] as const satisfies CodeTable
