import { ParseError } from '../wire/parse-error.ts'
import type { Scanner } from '../wire/scanner.ts'
import { FetchedMessage, type ReadItems } from './fetched-message.ts'
import { fetchItems } from './fetch-items.ts'
import type { ParseContext, ResponseParser } from './response-parser.ts'
import { readSectionName } from './section.ts'
import { readUsualItems } from './usual-row.ts'

const SPACE = 0x20
const OPEN = 0x28
const OPEN_BRACKET = 0x5b

/**
 * `* 23 FETCH (ITEM value …)` (RFC 9051 §7.5.2).
 *
 * An item that cannot be understood costs that item, not the row: its bytes are kept under its name. When not even its
 * end can be found, the rest of the row is kept under the name `FETCH`.
 */
export const parseFetch: ResponseParser<FetchedMessage> = (scan, context) => {
  const { number } = context
  if (number < 1) {
    if (number < 0) scan.fail('a sequence number before FETCH')
    context.repaired('fetch-zero')
  }
  return readRow(scan, new FetchedMessage(number, context, readItems), context)
}

/** `* 25996 UIDFETCH (ITEM value …)` (RFC 9586 §3.3): the number is the UID, and there is no sequence number. */
export const parseUidFetch: ResponseParser<FetchedMessage> = (scan, context) => {
  const { number } = context
  if (number < 1) scan.fail('a UID before UIDFETCH')
  const row = new FetchedMessage(0, context, readItems)
  row.setUid(number)
  return readRow(scan, row, context)
}

const readRow = (scan: Scanner, row: FetchedMessage, context: ParseContext): FetchedMessage => {
  if (!scan.openList()) scan.fail('a list of items')
  const start = scan.pos
  readUsualItems(scan, row)
  if (!row.stopped) readFrom(start, scan, row, context)
  if (!context.lazy) row.readAll()
  return row
}

/** The items, the closing parenthesis, and what may wrongly follow it; or up to where the row stops reading. */
const readItems: ReadItems = (scan, row, context) => readFrom(scan.pos, scan, row, context)

/** Reads on, in a row that began at `start`. */
const readFrom = (start: number, scan: Scanner, row: FetchedMessage, context: ParseContext): void => {
  try {
    while (!scan.closeList()) {
      const byte = scan.peek()
      if (byte === OPEN || !isNameByte(byte)) {
        scan.skipValue()
        context.repaired('fetch-surplus')
        continue
      }
      const before = scan.bytes[scan.pos - 1]
      if (before !== SPACE && before !== OPEN) context.repaired('fetch-space-missing')
      readItem(scan, row, context)
      if (row.stopped) return
    }
    if (scan.skipSpaces()) context.repaired('spaces')
    if (!scan.atEnd) context.repaired('surplus')
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    context.repaired('item-unparsed')
    row.addUnparsed('FETCH', scan.rawCopy(start, scan.end))
  }
  scan.pos = scan.end
}

const isNameByte = (byte: number): boolean => byte > SPACE && byte !== 0x22 && byte !== OPEN_BRACKET && byte !== 0x5d

const readItem = (scan: Scanner, row: FetchedMessage, context: ParseContext): void => {
  let name = scan.name()
  const parser = fetchItems.get(name)
  scan.skipSpaces()
  const start = scan.pos
  if (parser !== undefined) {
    try {
      parser(scan, row, context)
      return
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      context.repaired('item-unparsed')
      scan.rewind(start)
    }
  }
  if (scan.peek() === OPEN_BRACKET) {
    name = readSectionName(scan, name)
    scan.skipSpaces()
  }
  if (scan.atEnd || scan.peek() === 0x29) return
  const from = scan.pos
  scan.skipQuietly()
  row.addUnparsed(name, scan.rawCopy(from, scan.pos))
}
