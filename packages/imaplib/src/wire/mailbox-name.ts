import { isUtf8 } from 'node:buffer'
import { invalid } from '../errors/imap-error.ts'
import { isBase64Text, shown } from './grammar.ts'

const AMPERSAND = 0x26

/** A name as the server sent it, made readable. */
export interface DecodedName {
  /** In Unicode. Where the server's octets were no modified UTF-7: in UTF-8, or else one character per octet, as they came. */
  readonly name: string
  /**
   * Whether {@link encodeMailboxName} of the name gives the server's own octets again. Where it is false, the mailbox can
   * only be named by those octets.
   */
  readonly valid: boolean
}

/**
 * Writes a Unicode name in modified UTF-7 (RFC 3501 §5.1.3, RFC 9051 appendix A): printable ASCII stands for itself, `&`
 * is `&-`, and everything else, control characters too, is UTF-16 in base64 between `&` and `-`.
 *
 * @throws ImapError `EINVALID` for half of a surrogate pair
 * @example
 * encodeMailboxName('Entwürfe') // 'Entw&APw-rfe'
 */
export const encodeMailboxName = (name: string): string => {
  let encoded = ''
  let from = 0
  for (let at = 0; at < name.length; ) {
    const unit = name.charCodeAt(at)
    if (isPlain(unit)) {
      at += 1
      continue
    }
    encoded += name.slice(from, at)
    if (unit === AMPERSAND) {
      encoded += '&-'
      at += 1
    } else {
      const start = at
      while (at < name.length && !isPlain(name.charCodeAt(at)) && name.charCodeAt(at) !== AMPERSAND) at += 1
      encoded += `&${shift(name.slice(start, at))}-`
    }
    from = at
  }
  return from === 0 ? name : encoded + name.slice(from)
}

/**
 * Reads a name in modified UTF-7. Names in raw UTF-8, which servers send too, are read as that.
 *
 * There is exactly one way to write a name (RFC 3501 §5.1.3 forbids superfluous shifts and shifted ASCII). Whatever is
 * written otherwise is left as it came: a reading that cannot be undone would name a mailbox that does not exist.
 *
 * @param raw octets; or a string with one character for each octet
 */
export const decodeMailboxName = (raw: Uint8Array | string): DecodedName => {
  const text = typeof raw === 'string' ? raw : viewOf(raw).toString('latin1')
  let shifts = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === AMPERSAND) shifts += 1
    else if (!isPlain(unit)) return { name: decodeOctets(text), valid: false }
  }
  if (shifts === 0) return { name: text, valid: true }
  const name = unshift(text)
  return name !== null && name.isWellFormed() && encodeMailboxName(name) === text
    ? { name, valid: true }
    : { name: text, valid: false }
}

/** Whether the text is a mailbox name in modified UTF-7, written in the one way in which it must be. */
export const isValidModifiedUtf7 = (text: string): boolean => decodeMailboxName(text).valid

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Printable ASCII but `&` stands for itself. */
const isPlain = (unit: number): boolean => unit >= 0x20 && unit <= 0x7e && unit !== AMPERSAND

/** A name that breaks the rule with octets that should have been shifted. */
const decodeOctets = (latin1: string): string => {
  const octets = Buffer.from(latin1, 'latin1')
  // A string that does not hold octets, as one that was decoded already, is nothing to decode.
  return isUtf8(octets) && octets.toString('latin1') === latin1 ? octets.toString('utf8') : latin1
}

/** UTF-16BE in base64, with `,` for `/` and without padding. */
const shift = (text: string): string => {
  if (!text.isWellFormed()) throw invalid(`${shown(text)} holds half of a surrogate pair and cannot be a name`)
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replaceAll('/', ',').replaceAll('=', '')
}

/** Null where a shift is broken: no end, no base64, half of a UTF-16 unit. */
const unshift = (text: string): string | null => {
  let name = ''
  let at = 0
  for (;;) {
    const start = text.indexOf('&', at)
    if (start === -1) return name + text.slice(at)
    const end = text.indexOf('-', start)
    if (end === -1) return null
    const run = text.slice(start + 1, end).replaceAll(',', '/')
    const octets = Buffer.from(run, 'base64')
    if (!isBase64Text(run) || octets.length % 2 !== 0) return null
    name += text.slice(at, start) + (end === start + 1 ? '&' : octets.swap16().toString('utf16le'))
    at = end + 1
  }
}
