import { isUtf8 } from 'node:buffer'

/**
 * Server text as it is kept before it is read: one character per octet (latin1), so that no octet is lost whatever the
 * charset turns out to be. `Buffer.from(raw, 'latin1')` gives the octets back.
 */
export type RawText = string

/** How the octets above 0x7F were understood. */
export type RawTextCharset = 'us-ascii' | 'utf-8' | 'windows-1252'

/** The characters at 0x80-0x9F in windows-1252; the five holes stay C1 controls, as the WHATWG encoding has it. */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Whether no character is above U+007F: only these are one octet of UTF-8. The platform counts faster than a loop here. */
export const isAsciiText = (text: string): boolean => Buffer.byteLength(text) === text.length

/**
 * Octets to text. Valid UTF-8 is UTF-8 (RFC 6855, RFC 9051 §5.1); anything else is windows-1252, which gives every octet
 * a character and can be undone: octets never turn into U+FFFD, which would lose them.
 */
export const decodeRaw = (raw: RawText): string => {
  if (isAsciiText(raw)) return raw
  const octets = Buffer.from(raw, 'latin1')
  return isUtf8(octets) ? octets.toString('utf8') : windows1252(raw)
}

export const rawCharset = (raw: RawText): RawTextCharset => {
  if (isAsciiText(raw)) return 'us-ascii'
  return isUtf8(Buffer.from(raw, 'latin1')) ? 'utf-8' : 'windows-1252'
}

const windows1252 = (raw: RawText): string => {
  let text = ''
  let from = 0
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at)
    if (code < 0x80 || code > 0x9f) continue
    text += raw.slice(from, at) + (C1[code - 0x80] as string)
    from = at + 1
  }
  return from === 0 ? raw : text + raw.slice(from)
}
