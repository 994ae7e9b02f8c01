/** Classes of ASCII characters as bits of one table (RFC 9051 §9). */
const ATOM = 1
const ASTRING = 2
const LIST = 4
const QUOTED = 8
const TAG = 16
const BASE64 = 32

const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  // TEXT-CHAR: CHAR without CR and LF; `"` and `\` may stand in a quoted string when they are escaped.
  let mask = code === 0 || char === '\r' || char === '\n' ? 0 : QUOTED
  if (/[A-Za-z0-9+/=]/.test(char)) mask |= BASE64
  if (code <= 0x20 || code === 0x7f || '(){"\\'.includes(char)) return mask
  // `%` and `*` are wild cards: legal in what LIST takes, and nowhere else outside of quotes.
  mask |= LIST
  if (char === '%' || char === '*') return mask
  // `]` is no ATOM-CHAR, but may stand in an astring.
  mask |= ASTRING
  if (char !== ']') mask |= ATOM
  return char === '+' ? mask : mask | TAG
})

const all = (text: string, mask: number): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 0x7f || ((classes[code] as number) & mask) === 0) return false
  }
  return true
}

/** 1*ATOM-CHAR */
export const isAtom = (text: string): boolean => text !== '' && all(text, ATOM)

/** 1*ASTRING-CHAR */
export const isAstringAtom = (text: string): boolean => text !== '' && all(text, ASTRING)

/** 1*list-char */
export const isListAtom = (text: string): boolean => text !== '' && all(text, LIST)

/** Whether all characters are ASCII and may stand in a quoted string (escaped where need be). */
export const isQuotable = (text: string): boolean => all(text, QUOTED)

/** A command's tag: 1*ASTRING-CHAR without `+`. */
export const isTag = (text: string): boolean => text !== '' && all(text, TAG)

/** Only characters that occur in base64, padding included; whether they are well placed is not looked at. */
export const isBase64Text = (text: string): boolean => all(text, BASE64)

/** `NIL`, in any case: an atom of its own meaning, which a string must not be mistaken for. */
export const isNil = (text: string): boolean => text.length === 3 && text.toUpperCase() === 'NIL'

/** An argument as an error message shows it: one line, and not for ever. */
export const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
