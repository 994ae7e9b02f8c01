import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/** `* ID ("name" "Cyrus" "version" "1.5")` (RFC 2971 §3.2): what the server says about itself, if anything. */
export interface IdResponse {
  readonly type: 'ID'
  /** By lower-case name; null for `NIL`. Values may be null. */
  readonly fields: ReadonlyMap<string, string | null> | null
}

export const parseId = (scan: Scanner, context: ParseContext): IdResponse => {
  if (scan.atEnd || scan.takeNil()) return { type: 'ID', fields: null }
  if (!scan.openList()) return scan.fail('a list of fields')
  const fields = new Map<string, string | null>()
  while (!close(scan, context)) {
    const name = (readField(scan) ?? '').toLowerCase()
    // A name without a value at the end is worth as little as none.
    const value = close(scan, context) ? undefined : readField(scan)
    if (!fields.has(name)) fields.set(name, value ?? null)
    if (value === undefined) break
  }
  return { type: 'ID', fields }
}

/** The end of the list; commas between the fields are no more than spaces (`* ID ("a", "b")`). */
const close = (scan: Scanner, context: ParseContext): boolean => {
  scan.skipSpaces()
  while (scan.take(COMMA)) {
    context.repaired('id-commas')
    scan.skipSpaces()
  }
  return scan.closeList()
}

/** A string before a comma would be taken for one that has unescaped quotes in it. */
const readField = (scan: Scanner): string | null => {
  if (scan.peek() !== QUOTE) return scan.nstring()
  const { text, pos } = scan
  const close = text.indexOf('"', pos + 1)
  if (close === -1 || close + 1 >= scan.end || text.charCodeAt(close + 1) !== COMMA) return scan.nstring()
  const raw = text.slice(pos + 1, close)
  if (raw.includes('\\')) return scan.nstring()
  scan.pos = close + 1
  return scan.decode(raw)
}

const QUOTE = 0x22
const COMMA = 0x2c
