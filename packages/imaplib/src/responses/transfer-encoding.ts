import { Base64Decoder } from './base64.ts'
import { QuotedPrintableDecoder } from './quoted-printable.ts'
import { UuDecoder } from './uuencode.ts'

/** Takes the Content-Transfer-Encoding off a body that comes in chunks. */
export interface TransferDecoder {
  /** The octets that the chunk completes. They may be the chunk's own memory when nothing had to be decoded. */
  write(chunk: Buffer): Buffer
  /** What was held back; then the decoder is done. */
  end(): Buffer
}

/**
 * A decoder for a Content-Transfer-Encoding (RFC 2045 §6), by its name in any case: `base64`, `quoted-printable`,
 * `x-uuencode`. `7bit`, `8bit`, `binary` and names that nobody knows change nothing: what an unknown encoding means
 * cannot be guessed, and {@link isKnownTransferEncoding} tells.
 *
 * @example
 * const decoder = transferDecoder(part.encoding)
 * for await (const chunk of body) sink.write(decoder.write(chunk))
 * sink.end(decoder.end())
 */
export const transferDecoder = (encoding: string): TransferDecoder => (decoders.get(nameOf(encoding)) ?? asItIs)()

/** Whether {@link transferDecoder} knows how to take this encoding off. */
export const isKnownTransferEncoding = (encoding: string): boolean => decoders.has(nameOf(encoding))

/** Some servers leave a trailing space, quotes or a comment's start in it. */
const nameOf = (encoding: string): string => {
  const trimmed = encoding.trim().toLowerCase()
  const end = trimmed.search(/[\s;(]/)
  return (end === -1 ? trimmed : trimmed.slice(0, end)).replaceAll('"', '')
}

const EMPTY = Buffer.alloc(0)
const asItIs = (): TransferDecoder => ({ write: (chunk) => chunk, end: () => EMPTY })
const base64 = (): TransferDecoder => new Base64Decoder()
const quotedPrintable = (): TransferDecoder => new QuotedPrintableDecoder()
const uuencode = (): TransferDecoder => new UuDecoder()

const decoders = new Map<string, () => TransferDecoder>([
  ['', asItIs],
  ['7bit', asItIs],
  ['7-bit', asItIs],
  ['8bit', asItIs],
  ['8-bit', asItIs],
  ['binary', asItIs],
  ['base64', base64],
  ['base-64', base64],
  ['quoted-printable', quotedPrintable],
  ['quotedprintable', quotedPrintable],
  ['x-uuencode', uuencode],
  ['x-uue', uuencode],
  ['uuencode', uuencode],
  ['uue', uuencode],
])
