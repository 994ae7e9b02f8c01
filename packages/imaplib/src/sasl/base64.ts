import { ImapError } from '../errors/imap-error.ts'

/** The most octets that a challenge may decode to. Real ones (Kerberos tokens, the longest) stay below 64 KiB. */
export const MAX_CHALLENGE_LENGTH = 65_536

/** Decodes base64 only as RFC 4648 §4 writes it: no other characters, full padding, unused bits zero. Else null. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  // Node's decoder skips what it does not know; what it understood comes back the same only when it was all there.
  return bytes.toString('base64') === text ? bytes : null
}

/**
 * Decodes what stands behind `+ ` during AUTHENTICATE (RFC 9051 §6.2.2). An empty text is the empty challenge.
 *
 * @throws {@link ImapError} `ESASL` when it is no base64, or decodes to more than `limit` octets (default 64 KiB).
 */
export function decodeChallenge(encoded: Uint8Array, limit: number = MAX_CHALLENGE_LENGTH): Buffer {
  if (encoded.byteLength > Math.ceil(limit / 3) * 4) {
    throw new ImapError('ESASL', `The server's challenge is longer than ${limit} octets`, { command: 'AUTHENTICATE' })
  }
  const view = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  const challenge = decodeBase64(view.toString('latin1'))
  if (challenge === null) {
    throw new ImapError('ESASL', "The server's challenge is not base64", { command: 'AUTHENTICATE' })
  }
  if (challenge.byteLength > limit) {
    throw new ImapError('ESASL', `The server's challenge is longer than ${limit} octets`, { command: 'AUTHENTICATE' })
  }
  return challenge
}

/**
 * Encodes a response for its line. With `inline` it is the initial response of SASL-IR, where the empty one is written
 * `=` (RFC 4959 §3); as a line of its own the empty response is an empty line.
 */
export function encodeResponse(response: Uint8Array, inline = false): Buffer {
  if (inline && response.byteLength === 0) return Buffer.from('=')
  const view = Buffer.from(response.buffer, response.byteOffset, response.byteLength)
  return Buffer.from(view.toString('base64'), 'latin1')
}
