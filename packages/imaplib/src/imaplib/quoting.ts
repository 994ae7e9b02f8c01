/**
 * How text becomes part of a command line. All functions take and give latin1 strings: each char is a byte.
 *
 * - `'rfc'`: the newest Pythons (3.13.15, 3.14.7 and later): whatever is not an atom is quoted, as RFC 3501 §9 has it,
 *   and what is quoted already stays as it is.
 * - `'legacy3'`: the older Python 3: nothing is quoted but the password.
 * - `'python2'`: Python 2: every string with a character outside of a safe set is quoted, unless it is in quotes or
 *   parentheses.
 */
export type Quoting = 'rfc' | 'legacy3' | 'python2'

/** One well-formed quoted string (RFC 3501 §9), with 8-bit characters allowed as RFC 6855 §3 has it. */
const quotedString = /^"(?:[^"\\\x00\r\n]|\\["\\])*"$/
const astringRun = /^[^(){ \x00-\x1f\x7f-\xff%*\\"]+$/
const patternRun = /^[^(){ \x00-\x1f\x7f-\xff\\"]+$/
/** Python 2's `IMAP4.mustquote`: a character for which a string is quoted. */
export const mustquote: RegExp = /[^\w!#$%&'*+,.:;<=>?^`|~-]/
const python2Run = /^[\w!#$%&'*+,.:;<=>?^`|~-]+$/

export const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

/** A mailbox, a user, an identifier: quoted unless it can do without, or is quoted already. */
export const astring = (text: string): string => (quotedString.test(text) || astringRun.test(text) ? text : quote(text))

/** A pattern of LIST: as {@link astring}, but its wildcards do not make it quoted. */
export const listPattern = (text: string): string =>
  quotedString.test(text) || patternRun.test(text) ? text : quote(text)

/** What Python 2 did with every string argument. */
export const python2Quote = (text: string): string => {
  if (text.length > 1 && /^(?:\([^]*\)|"[^]*")$/.test(text)) return text
  return python2Run.test(text) ? text : quote(text)
}

/** In parentheses, unless it is so already. */
export const parenthesised = (text: string): string => (text.startsWith('(') && text.endsWith(')') ? text : `(${text})`)

/** The items of FETCH: in parentheses, unless it is one of the macros (RFC 3501 §6.4.5), which must not be. */
export const fetchParts = (text: string): string => (/^(?:all|full|fast)$/i.test(text) ? text : parenthesised(text))
