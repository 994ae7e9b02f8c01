import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/** `* 23 EXISTS` (RFC 9051 §7.4.1): how many messages the selected mailbox has. */
export interface ExistsResponse {
  readonly type: 'EXISTS'
  readonly count: number
}

/** `* 5 RECENT` (RFC 3501 §7.3.2; not in IMAP4rev2). */
export interface RecentResponse {
  readonly type: 'RECENT'
  readonly count: number
}

/** `* 44 EXPUNGE` (RFC 9051 §7.5.1): this message is gone, and those above it have moved down by one. */
export interface ExpungeResponse {
  readonly type: 'EXPUNGE'
  readonly seq: number
}

const numbered = (scan: Scanner, context: ParseContext): number =>
  context.number === -1 ? scan.fail('a number before the name') : context.number

export const parseExists = (scan: Scanner, context: ParseContext): ExistsResponse => ({
  type: 'EXISTS',
  count: numbered(scan, context),
})

export const parseRecent = (scan: Scanner, context: ParseContext): RecentResponse => ({
  type: 'RECENT',
  count: numbered(scan, context),
})

export const parseExpunge = (scan: Scanner, context: ParseContext): ExpungeResponse => ({
  type: 'EXPUNGE',
  seq: numbered(scan, context),
})
