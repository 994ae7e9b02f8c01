import { isAscii, isUtf8 } from 'node:buffer'
import { invalid } from '../errors/imap-error.ts'

const AMPERSAND = 0x26
const MINUS = 0x2d

/** A name as the server sent it, made readable. */
export interface DecodedName {
  /** In Unicode. Where the server's octets were no valid name, they are kept as they came, one character each. */
  readonly name: string
  /** Whether {@link encodeMailboxName} of the name gives the server's own octets again. */
  readonly valid: boolean
}

/**
 * Writes a Unicode name in modified UTF-7 (RFC 3501 §5.1.3, RFC 9051 appendix A).
 *
 * @throws ImapError `EINVALID` for a lone surrogate, which no encoding has
 * @example
 * encodeMailboxName('Entwürfe') // 'Entw&APw-rfe'
 */
export const encodeMailboxName = (name: string): string => {
  let encoded = ''
  let plain = 0
  for (let at = 0; at < name.length; ) {
    const unit = name.charCodeAt(at)
    if (unit === AMPERSAND) {
      encoded += `${name.slice(plain, at)}&-`
      at += 1
      plain = at
    } else if (isPlain(unit)) at += 1
    else {
      const start = at
      while (at < name.length && !isPlain(name.charCodeAt(at)) && name.charCodeAt(at) !== AMPERSAND) at += 1
      encoded += `${name.slice(plain, start)}&${shifted(name.slice(start, at))}-`
      plain = at
    }
  }
  return encoded + name.slice(plain)
}

/**
 * Reads a name in modified UTF-7. Names in raw UTF-8, which servers send too (RFC 6855, RFC 9051), are read as that.
 *
 * What is neither is kept as it came, so that it can be sent back: a name must never be changed by looking at it.
 */
export const decodeMailboxName = (raw: Uint8Array | string): DecodedName => {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw
  const latin1 =
    typeof raw === 'string' ? raw : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (!isAscii(bytes)) {
    if (!isUtf8(bytes)) return { name: latin1, valid: false }
    const name = Buffer.from(bytes).toString('utf8')
    return { name, valid: false }
  }
  if (!latin1.includes('&')) return { name: latin1, valid: isCanonical(latin1, latin1) }
  const name = unshift(latin1)
  if (name === null || !isCanonical(name, latin1)) return { name: latin1, valid: false }
  return { name, valid: true }
}

/** Whether the text is a mailbox name in modified UTF-7, written the one way in which it must be. */
export const isValidModifiedUtf7 = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7e) return false
  return decodeMailboxName(text).valid
}

/** There is exactly one way to write a name (RFC 3501 §5.1.3: no superfluous shifts); another is not taken for it. */
const isCanonical = (name: string, raw: string): boolean => name.isWellFormed() && encodeMailboxName(name) === raw

const isPlain = (unit: number): boolean => unit >= 0x20 && unit <= 0x7e && unit !== AMPERSAND

/** UTF-16BE in base64 with `,` for `/` and no padding. */
const shifted = (text: string): string => {
  if (!text.isWellFormed()) throw invalid(`${JSON.stringify(text)} holds half of a surrogate pair and cannot be a name`)
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replaceAll('/', ',').replace(/=+$/, '')
}

/** Null where a shift is broken: no end, not base64, half an UTF-16 unit. */
const unshift = (text: string): string | null => {
  let name = ''
  let at = 0
  for (;;) {
    const shift = text.indexOf('&', at)
    if (shift === -1) return name + text.slice(at)
    name += text.slice(at, shift)
    const end = text.indexOf('-', shift)
    if (end === -1) return null
    if (end === shift + 1) name += '&'
    else {
      const inside = text.slice(shift + 1, end)
      if (!isShiftedBase64(inside)) return null
      const bytes = Buffer.from(inside.replaceAll(',', '/'), 'base64')
      if (bytes.length % 2 !== 0) return null
      name += bytes.swap16().toString('utf16le')
    }
    at = end + 1
  }
}

const isShiftedBase64 = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charCodeAt(at)
    const letter = (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)
    if (!letter && !(c >= 0x30 && c <= 0x39) && c !== 0x2b && c !== 0x2c) return false
  }
  return text.length > 0 && text.charCodeAt(0) !== MINUS
}
