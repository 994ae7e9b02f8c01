import type { Scanner } from '../wire/scanner.ts'
import { type NamedMailbox, readMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** `* QUOTA "" (STORAGE 10 512)` (RFC 9208 §4.2.1): what a quota root has used up. */
export interface QuotaResponse {
  readonly type: 'QUOTA'
  /** Its name; often the empty string. */
  readonly root: string
  /** By upper-case name: `STORAGE`, `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE` (RFC 9208 §5). */
  readonly resources: ReadonlyMap<string, ResourceUsage>
}

/** In the resource's own unit: for STORAGE and ANNOTATION-STORAGE 1024 octets, else pieces. Up to 63 bits. */
export interface ResourceUsage {
  readonly usage: bigint
  readonly limit: bigint
}

/** `* QUOTAROOT INBOX ""` (RFC 9208 §4.2.2): the quota roots that a mailbox counts for. */
export interface QuotaRootResponse extends NamedMailbox {
  readonly type: 'QUOTAROOT'
  readonly roots: readonly string[]
}

export const parseQuota = (scan: Scanner): QuotaResponse => {
  const root = scan.astring()
  scan.skipSpaces()
  const resources = new Map<string, ResourceUsage>()
  if (!scan.openList()) return scan.fail('a list of resources')
  while (!scan.closeList()) {
    const name = scan.astring().toUpperCase()
    scan.space()
    const usage = scan.bigint()
    scan.space()
    resources.set(name, { usage, limit: scan.bigint() })
  }
  return { type: 'QUOTA', root, resources }
}

export const parseQuotaRoot = (scan: Scanner, context: ParseContext): QuotaRootResponse => {
  const mailbox = readMailbox(scan, context)
  const roots: string[] = []
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) roots.push(scan.astring())
  return { type: 'QUOTAROOT', ...mailbox, roots }
}
