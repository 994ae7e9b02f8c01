import type { FetchItemParser } from '../fetch-item-parser.ts'
import type { FetchItem } from '../fetch-item.ts'
import { readOrigin, readSectionName } from '../section.ts'
import type { Scanner, StreamedLiteral } from '../../wire/scanner.ts'
import type { ParseContext } from '../response-parser.ts'
import { bodyStructure } from './structure.ts'

const SPACE = 0x20
const QUOTE = 0x22
const CLOSE = 0x29
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const TILDE = 0x7e

/** `BODY[…]<origin> nstring`; without a bracket it is a body structure. */
export const bodySection: FetchItemParser = (scan, row, context) => {
  if (scan.peek() === OPEN_BRACKET) readSection('BODY', scan, row, context)
  else bodyStructure(scan, row, context)
}

/** `BINARY[…]<origin> literal8` (RFC 3516): a part with its transfer encoding undone. */
export const binarySection: FetchItemParser = (scan, row, context) => readSection('BINARY', scan, row, context)

/** `RFC822`, `RFC822.HEADER`, `RFC822.TEXT` (RFC 3501 §7.4.2): older names of sections, kept as they are. */
export const wholeMessage =
  (name: string): FetchItemParser =>
  (scan, row, context) =>
    row.addSection(name, null, readValue(scan, context))

/** Sizes of decoded parts by part number, `BINARY.SIZE[2] 4096` (RFC 3516); null when the server does not know. */
export const binarySizes: FetchItem<ReadonlyMap<string, number | null>> = {
  name: 'BINARY.SIZE',
  parse: (scan) => {
    const name = readSectionName(scan, 'BINARY.SIZE')
    scan.skipSpaces()
    return new Map([[name.slice('BINARY.SIZE['.length, -1), scan.looseNumber()]])
  },
}

/** There may be several in a row. */
export const binarySize: FetchItemParser = (scan, row, context) =>
  row.addExtra(binarySizes.name, new Map([...(row.get(binarySizes) ?? []), ...binarySizes.parse(scan, context)]))

const readSection = (
  prefix: string,
  scan: Parameters<FetchItemParser>[0],
  row: Parameters<FetchItemParser>[1],
  context: ParseContext,
): void => {
  const name = readSectionName(scan, prefix)
  const origin = readOrigin(scan)
  scan.skipSpaces()
  row.addSection(name, origin, readValue(scan, context))
}

const readValue = (scan: Scanner, context: ParseContext): Buffer | StreamedLiteral | null => {
  const byte = scan.peek()
  if (byte !== QUOTE && byte !== OPEN_BRACE && byte !== TILDE) {
    // What stands in its place is the next item, or the end (Yandex).
    if (!scan.takeNil()) context.repaired('section-absent')
    return null
  }
  const data = scan.stringBytes()
  const next = scan.peek()
  if (next === SPACE || next === CLOSE || next === -1 || !Buffer.isBuffer(data)) return data
  return withSurplus(data, scan, context)
}

/** The literal was longer than announced (characters were counted, not octets): it goes on up to the last parenthesis. */
const withSurplus = (data: Buffer, scan: Scanner, context: ParseContext): Buffer => {
  const { bytes, pos, end } = scan
  let to = end
  while (to > pos && bytes[to - 1] !== CLOSE) to -= 1
  if (to <= pos) return data
  context.repaired('literal-short')
  scan.pos = to - 1
  return Buffer.concat([data, bytes.subarray(pos, to - 1)])
}
