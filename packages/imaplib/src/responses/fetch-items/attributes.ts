import type { FetchItemParser } from '../fetch-item-parser.ts'
import { readFlags } from '../flags.ts'
import { readDateTime } from '../internal-date.ts'

export const uid: FetchItemParser = (scan, row, context) => {
  const value = scan.number()
  if (value === 0) context.repaired('uid-zero')
  else row.setUid(value)
}

export const flags: FetchItemParser = (scan, row, context) => {
  row.setFlags(readFlags(scan, context))
}

export const internalDate: FetchItemParser = (scan, row, context) => {
  const date = readDateTime(scan, context)
  if (date !== null) row.setInternalDate(date.seconds, date.zone)
}

export const size: FetchItemParser = (scan, row) => {
  const value = scan.looseNumber()
  if (value !== null) row.setSize(value)
}

const MINUS = 0x2d

/** `(12121231777)`, with or without the parentheses. */
export const modseq: FetchItemParser = (scan, row, context) => {
  const inList = scan.openList()
  if (!inList) context.repaired('modseq-bare')
  scan.skipSpaces()
  // A negative one (Zoho) is no mod-sequence.
  if (scan.peek() === MINUS) scan.looseNumber()
  else row.setModseq(scan.bigint())
  if (inList && !scan.closeList()) scan.fail('the end of a mod-sequence')
}
