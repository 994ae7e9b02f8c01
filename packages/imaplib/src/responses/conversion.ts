import type { Scanner } from '../wire/scanner.ts'

/** `* CONVERSION "image/gif" "image/jpeg" ("PIX-X" "PIX-Y")` (RFC 5259 §5.2): a conversion that the server can do. */
export interface ConversionResponse {
  readonly type: 'CONVERSION'
  /** Media types; `*` stands for anything. */
  readonly from: string
  readonly to: string
  /** Names of the parameters that it takes. */
  readonly parameters: readonly string[]
}

export const parseConversion = (scan: Scanner): ConversionResponse => {
  const from = scan.astring()
  scan.space()
  const to = scan.astring()
  scan.skipSpaces()
  const parameters: string[] = []
  if (scan.openList()) while (!scan.closeList()) parameters.push(scan.astring())
  return { type: 'CONVERSION', from, to, parameters }
}
