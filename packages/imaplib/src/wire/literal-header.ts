import { ImapError } from '../errors/imap-error.ts'

const CR = 0x0d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const PLUS = 0x2b
const MINUS = 0x2d

/** A literal is at most 2^63-1 octets long (RFC 9051 §9, number64); JavaScript counts exactly to 2^53-1. */
const MAX_DIGITS = 15

/**
 * Reads the literal header that ends a line: `{n}`, `~{n}` (RFC 3516) or `{n+}` (a server should not send it, RFC 7888
 * §3, but what it means is plain).
 *
 * Exactly digits, with an optional `+`, make a header. Braces round anything else (`{}`, `{5 }`, `{0x5}`) are text, as
 * in a mailbox name; but a negative or absurdly long number was meant as a size, and nothing after it can be trusted.
 *
 * @param end position of the line's CR, or of its LF when there is no CR
 * @returns the size, or -1 when the line does not end in a literal header
 * @throws ImapError `EPROTOCOL` for a number that cannot be a size
 */
export const literalSizeAt = (bytes: Buffer, start: number, end: number): number => {
  let at = end - 1
  if (at < start || bytes[at] !== CLOSE_BRACE) return -1
  at -= 1
  if (at >= start && bytes[at] === PLUS) at -= 1
  const lastDigit = at
  let size = 0
  let scale = 1
  while (at >= start) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) break
    // Leading zeros add nothing, however many there are; only significant digits can overflow.
    if (digit !== 0 && lastDigit - at >= MAX_DIGITS) throw badSize()
    size += digit * scale
    scale = lastDigit - at < MAX_DIGITS ? scale * 10 : scale
    at -= 1
  }
  if (at === lastDigit || at < start) return -1
  if (bytes[at] === OPEN_BRACE) return size
  if (bytes[at] === MINUS && at > start && bytes[at - 1] === OPEN_BRACE) throw badSize()
  return -1
}

const badSize = () =>
  new ImapError('EPROTOCOL', 'The server announced a literal of an impossible size; the connection cannot be trusted.')

/** Where the line ends that has its LF at `lf`: the position of the CR, or `lf` itself where no CR precedes. */
export const lineEnd = (bytes: Buffer, start: number, lf: number): number =>
  lf > start && bytes[lf - 1] === CR ? lf - 1 : lf
