import type { Scanner } from '../wire/scanner.ts'
import { readCapabilities } from './read-capabilities.ts'
import type { ParseContext } from './response-parser.ts'

/** `* CAPABILITY IMAP4rev2 IDLE AUTH=PLAIN` (RFC 9051 §7.2.2) */
export interface CapabilityResponse {
  readonly type: 'CAPABILITY'
  /** Upper case. */
  readonly capabilities: readonly string[]
}

export const parseCapability = (scan: Scanner, context: ParseContext): CapabilityResponse => ({
  type: 'CAPABILITY',
  capabilities: readCapabilities(scan, context),
})
