import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * Capability names up to the end, in upper case: they are compared without regard to case (RFC 9051 §7.2.2). `LITERAL +`,
 * as some write it, is put together again; whatever else stands there is passed over.
 */
export const readCapabilities = (scan: Scanner, context: ParseContext): string[] => {
  const names: string[] = []
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) {
    const from = scan.pos
    scan.skipValue()
    const name = scan.text.slice(from, scan.pos)
    const last = names.length - 1
    if (name === '+' && last >= 0) {
      names[last] += '+'
      context.repaired('capability-plus')
    } else names.push(name.toUpperCase())
  }
  return names
}
