/**
 * Python's `repr()` of bytes and strings. Its error messages and debug lines are full of them, and programs match on
 * those; besides, nothing that a server sent can command a terminal in this form.
 */

/** `b'…'`, with double quotes if that saves escapes, as Python has it. */
export const reprBytes = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return `b${quote}${escaped(text, quote, 0x7e)}${quote}`
}

export const reprString = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return `${quote}${escaped(text, quote, 0x10ffff)}${quote}`
}

export type Shown = string | number | boolean | null | Uint8Array | readonly (Shown | undefined)[]

/** What the library hands out: bytes, null, `[header, literal]`, and lists of them. */
export const repr = (value: Shown | undefined): string => {
  if (value === null || value === undefined) return 'None'
  if (value instanceof Uint8Array) return reprBytes(value)
  if (typeof value === 'string') return reprString(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map((item) => (isPair(item) ? reprPair(item) : repr(item))).join(', ')}]`
  return String(value)
}

const isPair = (value: unknown): value is [Uint8Array, Uint8Array] =>
  Array.isArray(value) && value.length === 2 && value[0] instanceof Uint8Array && value[1] instanceof Uint8Array

const reprPair = ([header, literal]: [Uint8Array, Uint8Array]): string =>
  `(${reprBytes(header)}, ${reprBytes(literal)})`

const escaped = (text: string, quote: string, highest: number): string => {
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0) as number
    if (char === quote || char === '\\') out += `\\${char}`
    else if (char === '\t') out += '\\t'
    else if (char === '\n') out += '\\n'
    else if (char === '\r') out += '\\r'
    else if (code < 0x20 || (code >= 0x7f && (code < 0xa0 || highest === 0x7e)))
      out += `\\x${code.toString(16).padStart(2, '0')}`
    else out += char
  }
  return out
}
