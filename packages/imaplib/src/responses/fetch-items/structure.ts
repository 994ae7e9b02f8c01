import type { FetchItemParser } from '../fetch-item-parser.ts'

/** Keeps the text of an ENVELOPE for when it is read. */
export const envelope: FetchItemParser = (scan, row, context) => {
  const from = scan.pos
  scan.skipQuietly()
  row.keepEnvelope(scan.rawCopy(from, scan.pos), scan.plain)
  if (!context.lazy) void row.envelope
}

/** Keeps the text of a BODYSTRUCTURE for when it is read. */
export const bodyStructure: FetchItemParser = (scan, row, context) => {
  const from = scan.pos
  scan.skipQuietly()
  row.keepStructure(scan.rawCopy(from, scan.pos), scan.plain, true)
  if (!context.lazy) void row.bodyStructure
}

/** `BODY (…)`: a body structure without extension data. */
export const body: FetchItemParser = (scan, row, context) => {
  const from = scan.pos
  scan.skipQuietly()
  row.keepStructure(scan.rawCopy(from, scan.pos), scan.plain, false)
  if (!context.lazy) void row.bodyStructure
}
