import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/** One character between quotes, or `NIL` (RFC 9051 §9, mailbox-list); empty quotes mean the same to some. */
export const readDelimiter = (scan: Scanner, context: ParseContext): string | null => {
  const delimiter = scan.nstring()
  if (delimiter !== '') return delimiter
  context.repaired('delimiter-empty')
  return null
}
