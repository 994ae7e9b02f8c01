/**
 * The collation i;unicode-casemap (RFC 5051): a key by which strings are compared as octets. Upper and lower case are the
 * same, and so is what differs only by compatibility (`ﬁ` and `fi`, `Å` and `Å`).
 *
 * Each character is mapped to its titlecase by the simple mapping of UnicodeData.txt and then decomposed. JavaScript
 * offers the full mapping to upper case, which differs for some; those are mapped here. The version of Unicode is that of
 * the JavaScript engine.
 */
export const casemapKey = (text: string): Buffer => {
  if (isPlainAscii(text)) return Buffer.from(text.toUpperCase(), 'latin1')
  let key = ''
  for (const character of text) key += titlecase(character).normalize('NFKD')
  return Buffer.from(key, 'utf8')
}

/** -1, 0 or 1, as the octets of two keys are ordered. */
export const compareKeys = (a: Buffer, b: Buffer): number => Buffer.compare(a, b)

const isPlainAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** Letters that have a titlecase of their own: the digraphs `Ǆ ǅ ǆ`, `Ǉ ǈ ǉ`, `Ǌ ǋ ǌ`, `Ǳ ǲ ǳ`. */
const digraphs = new Map(
  Array.from('ǄǅǆǇǈǉǊǋǌǱǲǳ', (letter, index) => [letter, 'ǅǈǋǲ'[Math.floor(index / 3)] as string]),
)

const titlecase = (character: string): string => {
  const point = character.codePointAt(0) as number
  const digraph = digraphs.get(character)
  if (digraph !== undefined) return digraph
  // Georgian has capitals, but no titlecase: the mapping is to the letter itself.
  if (point >= 0x10d0 && point <= 0x10ff) return character
  const upper = character.toUpperCase()
  const single = upper.length === ((upper.codePointAt(0) as number) > 0xffff ? 2 : 1)
  return single ? upper : iotaSubscript(point, character)
}

/** Greek letters with iota subscript become two letters by the full mapping, one by the simple one. `ß` stays as it is. */
const iotaSubscript = (point: number, character: string): string => {
  if (point >= 0x1f80 && point <= 0x1faf) return String.fromCodePoint(point | 8)
  if (point === 0x1fb3 || point === 0x1fc3 || point === 0x1ff3) return String.fromCodePoint(point + 9)
  return character
}
