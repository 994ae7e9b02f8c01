import { isAscii } from 'node:buffer'
import type { RawText } from '../wire/raw-text.ts'
import { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

const KEPT_SCRATCH = 64 * 1024

const scan = new Scanner()
let scratch = Buffer.alloc(4096)
/** Views of the scratch from its begin on, each {@link STEP} longer than the one before: a view costs more than its use. */
let beginnings: Buffer[] = []
const STEP = 256

/**
 * At least the first `size` octets of the scratch. What lies behind them is left from other rows, and may make text look
 * as if it were not ASCII, which does no harm.
 */
const beginning = (size: number): Buffer => {
  const index = Math.floor((size + STEP - 1) / STEP)
  return (beginnings[index] ??= scratch.subarray(0, index * STEP))
}

const resize = (size: number): void => {
  scratch = Buffer.alloc(size)
  beginnings = []
}

let written: RawText = ''
let writtenAscii = true

/**
 * Puts the scanner over text that was kept from a response until someone read it. To be ended by {@link closeKept}.
 *
 * The scanner wants bytes, so the text is written into one buffer that all calls share. Parsing never calls out (repairs
 * are reported after it), so calls never nest.
 */
export const openKept = (raw: RawText, context: ParseContext): Scanner => {
  const size = raw.length
  // The text of the call before is often still there: an envelope is read, then the body structure after it.
  if (written !== raw) {
    if (size > scratch.length) resize(Math.max(size, Math.min(scratch.length * 2, KEPT_SCRATCH)))
    scratch.write(raw, 0, 'latin1')
    written = raw
    writtenAscii = isAscii(beginning(size))
  }
  scan.resetTo(scratch, raw, 0, size, writtenAscii)
  scan.diagnostics = context
  context.begin()
  return scan
}

export const closeKept = (context: ParseContext): void => {
  if (scratch.length > KEPT_SCRATCH) {
    resize(KEPT_SCRATCH)
    written = ''
  }
  context.finish()
}
