import { invalid } from '../../errors/imap-error.ts'
import * as response from '../../responses/fetch-items/annotation.ts'
import type { AnnotationAttributes } from '../../responses/fetch-items/annotation.ts'
import type { RequestItem } from './request-item.ts'

/** Which annotations: entries such as `/comment` or `/*`, and of them attributes such as `value.priv`. */
export interface AnnotationQuery {
  readonly entries: readonly string[]
  /** `value`, `size`, or one of them with `.priv` or `.shared`. Default `value`: both the private and the shared one. */
  readonly attributes?: readonly string[] | undefined
}

/** RFC 5257 §3.3: attributes by name, each with a private and a shared value. */
const attributeName = /^(?:value|size)(?:\.(?:priv|shared|\*))?$|^\*$/i

export const checkEntry = (entry: string): string => {
  // RFC 5257 §3.2.1: no wild cards, no slash at the end, no two in a row, ASCII without control characters.
  if (!/^\/(?:[\x20-\x24\x26-\x29\x2b-\x2e\x30-\x7e]+\/)*[\x20-\x24\x26-\x29\x2b-\x2e\x30-\x7e]+$/.test(entry))
    throw invalid(`${JSON.stringify(entry)} is not the name of an annotation, as /comment or /altsubject are`)
  return entry
}

export const checkPattern = (pattern: string): string => {
  checkEntry(pattern.replaceAll(/[*%]/g, 'x'))
  return pattern
}

/** ANNOTATION: what was noted on the message, by entry and attribute (RFC 5257 §4.3). */
export const annotation: RequestItem<AnnotationQuery, ReadonlyMap<string, AnnotationAttributes>> = {
  needs: 'ANNOTATE-EXPERIMENT-1',
  write(out, { entries, attributes = ['value'] }) {
    if (entries.length === 0 || attributes.length === 0) throw invalid('annotation: name entries and attributes')
    out.atom('ANNOTATION').open()
    out.list(entries, (entry) => out.string(checkPattern(entry)))
    out.list(attributes, (attribute) => {
      if (!attributeName.test(attribute))
        throw invalid(`annotation: there is no attribute ${JSON.stringify(attribute)}`)
      out.string(attribute)
    })
    out.close()
  },
  present: (row) => row.get(response.annotation) !== undefined,
  read: (row) => row.get(response.annotation) ?? new Map<string, AnnotationAttributes>(),
}
