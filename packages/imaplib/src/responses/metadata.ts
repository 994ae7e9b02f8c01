import type { Scanner } from '../wire/scanner.ts'
import { type NamedMailbox, readMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * `* METADATA INBOX (/private/comment "My own")` (RFC 5464 §4.4); also with LIST (RFC 9590). The mailbox `''` is the
 * server itself. Without values it only says that these entries changed.
 */
export interface MetadataResponse extends NamedMailbox {
  readonly type: 'METADATA'
  /** Values by entry name, in lower case (RFC 5464 §3.2); null for one that does not exist. Empty if only names came. */
  readonly entries: ReadonlyMap<string, string | null>
  /** Names of all entries that the response speaks of. */
  readonly names: readonly string[]
}

export const parseMetadata = (scan: Scanner, context: ParseContext): MetadataResponse => {
  const mailbox = readMailbox(scan, context)
  const entries = new Map<string, string | null>()
  const names: string[] = []
  scan.skipSpaces()
  if (scan.openList()) {
    while (!scan.closeList()) {
      const name = scan.astring().toLowerCase()
      scan.skipSpaces()
      entries.set(name, scan.nstring())
    }
    for (const name of entries.keys()) names.push(name)
  } else for (; !scan.atEnd; scan.skipSpaces()) names.push(scan.astring().toLowerCase())
  return { type: 'METADATA', ...mailbox, entries, names }
}
