/** Classes of characters, as bits of one table (RFC 9051 §9). */
const ATOM = 1
const ASTRING = 2
const LIST = 4
const QUOTED = 8

const classes = new Uint8Array(128)
for (let c = 0; c < 128; c += 1) {
  const special = c <= 0x20 || c === 0x7f || '(){%*"\\'.includes(String.fromCharCode(c))
  if (!special && c !== 0x5d) classes[c] = ATOM | ASTRING | LIST
  // `]` is no ATOM-CHAR, but may stand in an astring; `%` and `*` are wild cards in LIST.
  if (c === 0x5d) classes[c] = ASTRING | LIST
  if (c === 0x25 || c === 0x2a) classes[c] = LIST
  if (c !== 0 && c !== 0x0a && c !== 0x0d) classes[c] = (classes[c] as number) | QUOTED
}

const all = (text: string, mask: number): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charCodeAt(at)
    if (c > 0x7f || ((classes[c] as number) & mask) === 0) return false
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
