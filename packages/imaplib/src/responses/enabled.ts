import type { Scanner } from '../wire/scanner.ts'
import { readCapabilities } from './read-capabilities.ts'
import type { ParseContext } from './response-parser.ts'

/** `* ENABLED CONDSTORE` (RFC 9051 §7.2.1, RFC 5161 §3.2): what ENABLE has switched on. Empty when it was nothing. */
export interface EnabledResponse {
  readonly type: 'ENABLED'
  /** Upper case. */
  readonly capabilities: readonly string[]
}

export const parseEnabled = (scan: Scanner, context: ParseContext): EnabledResponse => ({
  type: 'ENABLED',
  capabilities: readCapabilities(scan, context),
})
