import type { Scanner, StreamedLiteral } from '../wire/scanner.ts'
import { decodeRaw } from '../wire/raw-text.ts'
import type { ParseContext } from './response-parser.ts'
import { readCorrelator } from './search-correlator.ts'
import { readSectionName } from './section.ts'

/** `* 2 CONVERTED (TAG "b001") (UID 120 BINARY[2] ~{…}…)` (RFC 5259 §9): a part in another form. */
export interface ConvertedResponse {
  readonly type: 'CONVERTED'
  readonly seq: number
  /** Of the CONVERT command that this answers. */
  readonly tag: string | null
  readonly uid: number | null
  /** The octets by item name: `BINARY[2]`; null when the part could not be converted. */
  readonly sections: ReadonlyMap<string, Buffer | StreamedLiteral | null>
  /** Other items as text, by item name: `BODYPARTSTRUCTURE[2]`, `BINARY.SIZE[2]`, `AVAILABLECONVERSIONS[2]`. */
  readonly others: ReadonlyMap<string, string>
}

export const parseConverted = (scan: Scanner, context: ParseContext): ConvertedResponse => {
  const { tag } = readCorrelator(scan)
  scan.skipSpaces()
  let uid: number | null = null
  const sections = new Map<string, Buffer | StreamedLiteral | null>()
  const others = new Map<string, string>()
  if (!scan.openList()) return scan.fail('a list of items')
  while (!scan.closeList()) {
    let name = scan.name()
    const isSection = name === 'BINARY' || name === 'BODY'
    if (scan.peek() === OPEN_BRACKET) name = readSectionName(scan, name)
    scan.skipSpaces()
    // RFC 5259 §9: BINARY[2] NIL, or (ERROR "text" code) when the conversion failed.
    if (name === 'UID') uid = scan.number()
    else if (isSection && scan.peek() !== OPEN) sections.set(name, scan.nstringBytes())
    else {
      const from = scan.pos
      scan.skipValue()
      others.set(name, decodeRaw(scan.rawCopy(from, scan.pos)))
    }
  }
  return { type: 'CONVERTED', seq: context.number, tag, uid, sections, others }
}

const OPEN = 0x28
const OPEN_BRACKET = 0x5b
