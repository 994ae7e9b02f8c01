import { isUtf8 } from 'node:buffer'
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
  readonly entries: ReadonlyMap<string, MetadataValue | null>
  /** Names of all entries that the response speaks of. */
  readonly names: readonly string[]
}

/** Text where the octets are UTF-8, otherwise the octets: a value may be anything, an image too (RFC 5464 §3). */
export type MetadataValue = string | Buffer

export const parseMetadata = (scan: Scanner, context: ParseContext): MetadataResponse => {
  const mailbox = readMailbox(scan, context)
  const entries = new Map<string, MetadataValue | null>()
  const names: string[] = []
  scan.skipSpaces()
  if (scan.openList()) {
    while (!scan.closeList()) {
      const name = scan.astring().toLowerCase()
      scan.skipSpaces()
      entries.set(name, readValue(scan))
    }
    for (const name of entries.keys()) names.push(name)
  } else for (; !scan.atEnd; scan.skipSpaces()) names.push(scan.astring().toLowerCase())
  return { type: 'METADATA', ...mailbox, entries, names }
}

const readValue = (scan: Scanner): MetadataValue | null => {
  const raw = scan.rawNstring()
  if (raw === null) return null
  const octets = Buffer.from(raw, 'latin1')
  return isUtf8(octets) && !octets.includes(0) ? octets.toString('utf8') : octets
}
