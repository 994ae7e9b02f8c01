import { isAscii } from 'node:buffer'
import type { RawText } from '../wire/raw-text.ts'
import { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

const KEPT_SCRATCH = 64 * 1024

const scan = new Scanner()
let scratch = Buffer.allocUnsafeSlow(4096)
let written: RawText = ''
let writtenAscii = true

/**
 * Puts the scanner over text that was kept from a response until someone read it. To be ended by {@link closeKept}.
 *
 * The scanner wants bytes, so the text is written into one buffer that all calls share. Parsing never calls out (repairs
 * are reported after it), so calls never nest.
 */
export const openKept = (raw: RawText, ascii: boolean, context: ParseContext): Scanner => {
  const size = raw.length
  // The text of the call before is often still there: an envelope is read, then the body structure after it.
  if (written !== raw) {
    if (size > scratch.length)
      scratch = Buffer.allocUnsafeSlow(Math.max(size, Math.min(scratch.length * 2, KEPT_SCRATCH)))
    scratch.write(raw, 0, 'latin1')
    written = raw
    writtenAscii = ascii || isAscii(scratch.subarray(0, size))
  }
  scan.resetTo(scratch, raw, 0, size, writtenAscii)
  scan.diagnostics = context
  context.begin()
  return scan
}

export const closeKept = (context: ParseContext): void => {
  if (scratch.length > KEPT_SCRATCH) {
    scratch = Buffer.allocUnsafeSlow(KEPT_SCRATCH)
    written = ''
  }
  context.finish()
}
