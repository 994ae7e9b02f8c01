import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { charsetDecoder, decodeCharset } from '../../src/responses/charset.ts'
import { singleByteTables } from '../../src/responses/charset-tables.ts'

const text = (hex: string, label: string) => decodeCharset(Buffer.from(hex.replaceAll(' ', ''), 'hex'), label).text

describe('decodeCharset', () => {
  it.each([
    ['utf-8', 'c3a9', 'é'],
    ['UTF8', 'efbbbf c3a9', 'é'],
    ['us-ascii', '4142', 'AB'],
    ['iso-8859-1', 'e9', 'é'],
    ['ISO-8859-1', '80', '€'],
    ['windows-1252', '93 e9 94', '“é”'],
    ['iso-8859-15', 'a4', '€'],
    ['iso-8859-9', 'f0', 'ğ'],
    ['koi8-r', 'd0d2c9', 'при'],
    ['cp1251', 'eff0e8', 'при'],
    ['x-sjis', '82a0', 'あ'],
    ['cp932', '8740', '①'],
    ['euc-jp', 'a4a2', 'あ'],
    ['ISO-2022-JP', '1b2442 2422 1b2842', 'あ'],
    ['gb2312', 'c4e3', '你'],
    ['cp936', 'c4e3', '你'],
    ['GB18030', '8130 8130', '\x80'],
    ['cp950', 'a741', '你'],
    ['ks_c_5601-1987', 'b0a1', '가'],
    ['cp949', '8141', '갂'],
    ['iso-2022-kr', '1b242943 0e 3021 0f 41', '가A'],
    ['hz-gb-2312', '7e7b 4463 7e7d 7e7e', '你~'],
    // The second byte of a character may be the tilde that begins an escape elsewhere.
    ['hz', '7e7b 3e7e 4463 7e7d 21', '峻你!'],
    ['iso-8859-8-i', 'f9ece5ed', 'שלום'],
    ['windows-874', 'a1', 'ก'],
    ['tis-620', 'a1', 'ก'],
    ['cp437', '9b', '¢'],
    ['IBM850', 'd5', 'ı'],
    ['cp852', 'a5', 'ą'],
    ['cp858', 'd5', '€'],
    ['ibm866', '8f', 'П'],
    ['macintosh', '8e', 'é'],
    ['x-mac-ce', '8b', 'č'],
    ['utf-16', 'feff 0041', 'A'],
    ['utf-16', 'fffe 4100', 'A'],
    ['utf-16', '0041', 'A'],
    ['utf-16', '4100 4200', 'AB'],
    ['utf-16le', '4100', 'A'],
    ['utf-16be', '20ac', '€'],
    ['utf-32', '0001f600', '😀'],
    ['utf-32', 'fffe0000 00f60100', '😀'],
    ['utf-8*en', 'c3a9', 'é'],
    ['"utf-8"', 'c3a9', 'é'],
  ])('%s: %s', (label, hex, expected) => {
    expect(text(hex, label)).toBe(expected)
    expect(decodeCharset(Buffer.from(hex.replaceAll(' ', ''), 'hex'), label)).toMatchObject({
      known: true,
      lossy: false,
    })
  })

  it.each([
    ['Hi Mom -+Jjo--!', 'Hi Mom -☺-!'],
    ['A+ImIDkQ.', 'A≢Α.'],
    ['+ZeVnLIqe-', '日本語'],
    ['Item 3 is +AKM-1.', 'Item 3 is £1.'],
    ['1 +- 1 = 2', '1 + 1 = 2'],
    ['+2D3eAA-', '😀'],
    ['+2D0-', '\ufffd'],
    ['1 + 1', '1 + 1'],
  ])('utf-7 (examples of RFC 2152): %s', (encoded, expected) => {
    expect(decodeCharset(Buffer.from(encoded), 'utf-7').text).toBe(expected)
  })

  it.each([...singleByteTables])('%s has a character for each byte', (label, table) => {
    expect(table).toHaveLength(128)
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const ascii = Buffer.from(bytes.subarray(0, 128)).toString('latin1')
    expect(decodeCharset(bytes, label).text).toBe(ascii + table)
    expect(new Set(table.replaceAll('\ufffd', '')).size).toBe(table.replaceAll('\ufffd', '').length)
  })

  it('tells when bytes are not of the charset', () => {
    expect(decodeCharset(Buffer.from([0x41, 0xff]), 'utf-8')).toEqual({ text: 'A\ufffd', known: true, lossy: true })
    expect(decodeCharset(Buffer.from('\ufffd'), 'utf-8')).toEqual({ text: '\ufffd', known: true, lossy: false })
    expect(decodeCharset(Buffer.from([0xe9]), 'us-ascii')).toEqual({ text: 'é', known: true, lossy: true })
    expect(decodeCharset(Buffer.from([0x82]), 'shift_jis')).toEqual({ text: '\ufffd', known: true, lossy: true })
  })

  it('guesses when the charset is unknown, and says so', () => {
    for (const label of ['x-klingon', '', 'x-user-defined-no', 'constructor', '__proto__', 'replacement'])
      expect(decodeCharset(Buffer.from('caf\xe9 €', 'utf8'), label)).toEqual({
        text: 'café €',
        known: false,
        lossy: false,
      })
    expect(decodeCharset(Buffer.from('caf\xe9 \x80', 'latin1'), 'x-klingon').text).toBe('café €')
    expect(decodeCharset(Buffer.from('z'.repeat(10)), 'z'.repeat(1e6)).known).toBe(false)
  })
})

const labels = ['utf-8', 'us-ascii', 'windows-1252', 'koi8-r', 'shift_jis', 'euc-jp', 'iso-2022-jp', 'gb18030', 'big5']
labels.push('euc-kr', 'iso-2022-kr', 'hz', 'utf-7', 'utf-16', 'utf-16le', 'utf-32', 'cp437', 'x-unknown')

describe('charsetDecoder', () => {
  it.each(labels)('gives the same in chunks as in one piece: %s', (label) => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(...Buffer.from('\x1b$)C~{}\x0e\x0f+-\n\xe2\x82\xac', 'latin1')),
    )
    fc.assert(
      fc.property(fc.array(fc.array(byte, { maxLength: 6 }), { maxLength: 6 }), (chunks) => {
        const decoder = charsetDecoder(label)
        const pieces = chunks.map((chunk) => decoder.write(Uint8Array.from(chunk)))
        const whole = decodeCharset(Uint8Array.from(chunks.flat()), label)
        expect(pieces.join('') + decoder.end()).toBe(whole.text)
        expect(decoder.known).toBe(whole.known)
      }),
      { numRuns: 300 },
    )
  })

  it('is as new after end()', () => {
    for (const label of labels) {
      const decoder = charsetDecoder(label)
      decoder.write(Uint8Array.of(0xe2))
      decoder.end()
      expect(decoder.write(Uint8Array.of(0x41, 0, 0x41, 0)) + decoder.end()).toBe(
        decodeCharset(Uint8Array.of(0x41, 0, 0x41, 0), label).text,
      )
    }
  })

  it('reads back any text written in UTF-16', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(decodeCharset(Buffer.from(value, 'utf16le'), 'utf-16le').text).toBe(value.replace(/^\ufeff/, ''))
      }),
    )
  })
})
