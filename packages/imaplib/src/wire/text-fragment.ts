import { invalid } from '../errors/imap-error.ts'
import type { TextFragment } from './fragment.ts'

const CRLF_LENGTH = 2

/**
 * Encodes a piece of a command line and ends it. The one place where text becomes bytes that leave: here, after the
 * encoding, it is checked that no NUL, CR or LF is among them, since any of these would begin another command
 * (CVE-2025-15366 and its kin).
 *
 * A piece that ends a command must not end in what a server takes for the header of a literal, or it would swallow the
 * next command (CVE-2026-47241).
 *
 * @param redacted what a trace shows instead; null for the text itself
 * @param last whether the command ends here; otherwise the text ends in the header of a literal
 */
export const sealText = (text: string, redacted: string | null, last: boolean): TextFragment => {
  const size = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafe(size + CRLF_LENGTH)
  bytes.write(text, 0, 'utf8')
  for (let at = 0; at < size; at += 1) {
    const byte = bytes[at] as number
    if (byte <= 0x0d && (byte === 0x0d || byte === 0x0a || byte === 0))
      throw invalid('An argument holds a NUL, CR or LF where none can be sent')
  }
  if (last && bytes[size - 1] === 0x7d && /\{\d+\+?\}$/.test(text))
    throw invalid('A command must not end in what looks like the header of a literal')
  bytes[size] = 0x0d
  bytes[size + 1] = 0x0a
  return { kind: 'text', bytes, redacted: redacted ?? text }
}
