import { invalid } from '../errors/imap-error.ts'
import type { TextFragment } from './fragment.ts'

const NUL = 0x00
const LF = 0x0a
const CR = 0x0d
const PLUS = 0x2b
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Encodes a piece of a command line and ends it with CRLF. The one place where text becomes bytes that leave: here, after
 * the encoding, it is checked that no NUL, CR or LF is among them, since any of these would begin another command
 * (CVE-2025-15366 and its kin).
 *
 * A piece that ends a command must not end in what a server takes for the header of a literal: the server would read the
 * next command as its octets (CVE-2026-47241).
 *
 * @param redacted what a trace shows instead; null for the text itself
 * @param last whether the command ends here; otherwise the text ends in the header of a literal, made by the writer
 * @throws ImapError `EINVALID`; the message never holds the text
 */
export const sealText = (text: string, redacted: string | null, last: boolean): TextFragment => {
  // UTF-8 and nothing else: an encoding that cuts code units short makes CR and LF of U+010D and U+010A.
  const bytes = Buffer.from(`${text}\r\n`, 'utf8')
  const end = bytes.length - 2
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte <= CR && (byte === CR || byte === LF || byte === NUL))
      throw invalid('An argument holds a NUL, CR or LF where none can be sent')
  }
  if (last && endsInLiteralHeader(bytes, end))
    throw invalid('A command cannot end in what looks like the header of a literal')
  return { kind: 'text', bytes, redacted: redacted ?? text }
}

/** `{12}`, `{12+}` or `~{12}` right before `end`. Any number of digits: what a server makes of too many is its secret. */
export const endsInLiteralHeader = (bytes: Buffer, end: number): boolean => {
  if (bytes[end - 1] !== CLOSE_BRACE) return false
  let at = end - 2
  if (bytes[at] === PLUS) at -= 1
  const lastDigit = at
  while (at >= 0 && isDigit(bytes[at] as number)) at -= 1
  return at < lastDigit && bytes[at] === OPEN_BRACE
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/**
 * One line that is no command, its CRLF added: an answer to a challenge, `DONE`, `*`.
 *
 * @param secret whether a trace must not show it
 * @throws ImapError `EINVALID`, as {@link sealText}
 */
export const line = (text: string, secret = false): TextFragment => sealText(text, secret ? '[secret]' : null, true)
