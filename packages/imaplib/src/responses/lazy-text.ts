import type { RawText } from '../wire/raw-text.ts'
import { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

const KEPT_SCRATCH = 64 * 1024

const scan = new Scanner()
let scratch = Buffer.allocUnsafeSlow(4096)

/**
 * Parses text that was kept from a response until someone read it.
 *
 * The scanner wants bytes, so the text is written into one buffer that all calls share. Parsing never calls out (repairs
 * are reported after it), so calls never nest.
 */
export const scanKept = <T>(
  raw: RawText,
  ascii: boolean,
  context: ParseContext,
  read: (scan: Scanner, context: ParseContext) => T,
): T => {
  const size = raw.length
  let bytes = scratch
  if (size > bytes.length) {
    bytes = Buffer.allocUnsafeSlow(Math.max(size, bytes.length * 2))
    if (size <= KEPT_SCRATCH) scratch = bytes
  }
  bytes.write(raw, 0, 'latin1')
  scan.resetTo(bytes, raw, 0, size, ascii)
  scan.diagnostics = context
  context.begin()
  try {
    return read(scan, context)
  } finally {
    context.finish()
  }
}
