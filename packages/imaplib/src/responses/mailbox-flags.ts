import type { Scanner } from '../wire/scanner.ts'
import { type Flags, readFlags } from './flags.ts'
import type { ParseContext } from './response-parser.ts'

/** `* FLAGS (\Answered \Seen $Junk)` (RFC 9051 §7.3.5): the flags that messages of the selected mailbox may have. */
export interface FlagsResponse {
  readonly type: 'FLAGS'
  readonly flags: Flags
}

export const parseFlags = (scan: Scanner, context: ParseContext): FlagsResponse => ({
  type: 'FLAGS',
  flags: readFlags(scan, context),
})
