import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FetchedMessage } from '../../src/responses/fetched-message.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { everyResponse } from '../fixtures.ts'

/** The row after `* 5 FETCH (`, with what other frames of a chunk may look like behind its end. */
const read = (begin: string, row: string): unknown => {
  const text = `${begin}${row}`
  const bytes = Buffer.from(`+ ${text}\r\n0 UID 3) 4`, 'latin1')
  const repairs: string[] = []
  const context = new ParseContext({ onRepair: (quirk) => repairs.push(quirk) })
  const end = text.length + 2
  const value = parseUntagged(
    { bytes, start: 2, end, externals: null, text: bytes.toString('latin1'), ascii: false },
    context,
  )
  if (!(value instanceof FetchedMessage)) return { type: value.type, repairs }
  const { seq, uid, size, modseq, internalDate, internalDateZone, sections, extras } = value
  const { envelope, bodyStructure } = value
  const names = value.flags?.names ?? null
  const unparsed = [...value.unparsed].map(([name, raw]) => [name, raw.toString('latin1').trimStart()])
  const plain = { seq, uid, size, modseq, internalDate, internalDateZone, names, unparsed }
  return { ...plain, ...JSON.parse(JSON.stringify({ envelope, bodyStructure })), sections, extras, repairs }
}

const USUAL = '* 5 FETCH ('
/** A second space says nothing, but is not the usual form: the whole row goes to the readers of every form. */
const UNUSUAL = '* 5 FETCH ( '

const tail =
  'ENVELOPE (NIL "s" NIL NIL NIL NIL NIL NIL NIL "<i@x>") BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 1 2))'
const rows = [
  String.raw`UID 7 FLAGS (\Seen $Forwarded) INTERNALDATE "01-Jan-2024 00:09:15 +0130" RFC822.SIZE 934 ${tail}`,
  String.raw`RFC822.SIZE 934 INTERNALDATE "29-Feb-2023 23:59:60 -0800" FLAGS () UID 4294967295)`,
  String.raw`FLAGS (\Seen) UID 9 MODSEQ (12) INTERNALDATE " 1-Jan-1969 00:00:00 +0000" RFC822.SIZE 0 ${tail}`,
  'UID 12 RFC822.SIZE 1.8e3 BODY ("text" "plain" NIL NIL NIL "7bit" 1 2))',
  'UID 12 UID 13 RFC822.SIZE 123456789 RFC822.SIZE 1234567890)',
  String.raw`FLAGS (\Seen \Seen) FLAGS (\Answered) INTERNALDATE NIL BODY[] {3}${'\r\n'}abc UID 4)`,
]

const fixtures = everyResponse()
  .map((response) => response.toString('latin1').replace(/\r?\n$/, ''))
  .flatMap((text) => (/^\* \d+ FETCH \(\S/.test(text) ? [text.slice(text.indexOf('(') + 1)] : []))

const tokens = [
  '',
  ' ',
  ')',
  '(',
  '"',
  '0',
  '9',
  '-',
  '12345678901',
  'UID 3 ',
  'FLAGS () ',
  'NIL',
  '\xe9',
  '\\',
  'a',
  '.5',
]

describe('A row in the usual form', () => {
  it.each(rows)('is read as by the readers of every form: %s', (row) => {
    expect(read(USUAL, row)).toEqual(read(UNUSUAL, row))
  })

  it('is read the same at whatever length it is cut off', () => {
    for (const row of rows)
      for (let length = 1; length < row.length; length++)
        expect(read(USUAL, row.slice(0, length))).toEqual(read(UNUSUAL, row.slice(0, length)))
  })

  it('is read the same when something in it is odd', () => {
    expect(fixtures.length).toBeGreaterThan(30)
    const changed = fc.record({
      row: fc.constantFrom(...rows, ...fixtures),
      at: fc.nat({ max: 400 }),
      length: fc.nat({ max: 6 }),
      token: fc.constantFrom(...tokens),
    })
    fc.assert(
      fc.property(changed, ({ row, at, length, token }) => {
        const place = at % row.length
        const text = row.slice(0, place) + token + row.slice(place + length)
        // Spaces before the first item are what tells the two apart.
        fc.pre(!text.startsWith(' '))
        expect(read(USUAL, text)).toEqual(read(UNUSUAL, text))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['* 0 FETCH (UID 1)', { uid: 1, repairs: ['fetch-zero'] }],
    ['* 12345678901 FETCH (UID 1)', { type: 'unparsed' }],
    ['* 5 FETCHED (UID 1)', { type: 'unknown' }],
    ['* 5 FETCH', { type: 'unparsed' }],
    ['* 5 fetch (UID 1)', { uid: 1, repairs: [] }],
  ])('leaves other beginnings to the others: %s', (text, expected) => {
    expect(read('', text)).toMatchObject(expected)
  })
})
