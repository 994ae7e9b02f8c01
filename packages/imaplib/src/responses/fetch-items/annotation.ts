import type { Scanner } from '../../wire/scanner.ts'
import type { FetchItem } from '../fetch-item.ts'

/** Attributes of an annotation by name: `value.priv`, `size.shared` … */
export type AnnotationAttributes = ReadonlyMap<string, string | null>

/** ANNOTATION (RFC 5257 §4.2.2): entries as `/comment`, each with its attributes. */
export const annotation: FetchItem<ReadonlyMap<string, AnnotationAttributes>> = {
  name: 'ANNOTATION',
  parse: (scan) => {
    const entries = new Map<string, AnnotationAttributes>()
    if (!scan.openList()) scan.fail('a list of annotations')
    while (!scan.closeList()) {
      const entry = scan.astring()
      scan.skipSpaces()
      entries.set(entry, readAttributes(scan))
    }
    return entries
  },
}

const readAttributes = (scan: Scanner): AnnotationAttributes => {
  const attributes = new Map<string, string | null>()
  if (!scan.openList()) scan.fail('a list of attributes')
  while (!scan.closeList()) {
    const name = scan.astring()
    scan.skipSpaces()
    attributes.set(name, scan.takeNil() ? null : scan.astring())
  }
  return attributes
}
