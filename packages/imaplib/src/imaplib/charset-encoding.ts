import { createRequire } from 'node:module'
import type * as encodings from '@exodus/bytes/encoding-lite.js'
import type * as multiByte from '@exodus/bytes/multi-byte.js'
import type * as singleByte from '@exodus/bytes/single-byte.js'
import { valueError } from './imap4-errors.ts'

/** The legacy tables are big and seldom needed: they are loaded when the first search asks for one. */
const load = createRequire(import.meta.url)

type Encode = (text: string) => Uint8Array

const encoders = new Map<string, Encode>()

/**
 * Encodes a search criterion in the charset that SEARCH declares (RFC 3501 §6.4.4).
 *
 * ASCII needs no table: it is the same in every charset that IMAP can carry, known here or not.
 *
 * @throws RangeError for a charset not known here, and for a character that it does not have
 */
export const encodeIn = (charset: string, text: string): Buffer => {
  if (/^[\x00-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1')
  const label = charset.replace(/^"(.*)"$/, '$1').toLowerCase()
  let encode = encoders.get(label)
  if (encode === undefined) {
    encode = encoderFor(label, charset)
    encoders.set(label, encode)
  }
  try {
    return Buffer.from(encode(text))
  } catch {
    throw valueError(`${JSON.stringify(text)} cannot be written in the charset ${charset}`)
  }
}

const encoderFor = (label: string, asked: string): Encode => {
  if (label === 'us-ascii' || label === 'ascii')
    return () => {
      throw valueError('not ASCII')
    }
  if (label === 'iso-8859-1' || label === 'latin1' || label === 'latin-1') return latin1Only
  const { normalizeEncoding } = load('@exodus/bytes/encoding-lite.js') as typeof encodings
  const name = normalizeEncoding(label)
  if (name === 'utf-8') return (text) => Buffer.from(text, 'utf8')
  if (name === null || name === 'replacement' || name.startsWith('utf-16'))
    throw valueError(`unknown encoding: ${asked}`)
  const { createSinglebyteEncoder } = load('@exodus/bytes/single-byte.js') as typeof singleByte
  const { createMultibyteEncoder } = load('@exodus/bytes/multi-byte.js') as typeof multiByte
  return multiByteNames.has(name) ? createMultibyteEncoder(name) : createSinglebyteEncoder(name)
}

const multiByteNames = new Set(['big5', 'euc-kr', 'euc-jp', 'iso-2022-jp', 'shift_jis', 'gbk', 'gb18030'])

const latin1Only: Encode = (text) => {
  if (/[^\x00-\xff]/.test(text)) throw valueError('not latin1')
  return Buffer.from(text, 'latin1')
}
