import type { Scanner } from '../wire/scanner.ts'

/** `* JMAPACCESS "https://example.com/.well-known/jmap"` (RFC 9698 §4): the same mail by JMAP. */
export interface JmapAccessResponse {
  readonly type: 'JMAPACCESS'
  /** The session resource. Untrusted: credentials are not for every address that a server names. */
  readonly url: string
}

export const parseJmapAccess = (scan: Scanner): JmapAccessResponse => ({ type: 'JMAPACCESS', url: scan.string() })
