import fc from 'fast-check'
import libmime from 'libmime'
import { describe, expect, it } from 'vitest'
import { decodeWords } from '../../src/responses/encoded-words.ts'

describe('decodeWords', () => {
  it.each([
    // RFC 2047 §8
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
    ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>', 'Keld Jørn Simonsen <keld@dkuug.dk>'],
    ['=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>', 'André Pirard <PIRARD@vm1.ulg.ac.be>'],
    [
      '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
      'If you can read this you understand the example.',
    ],
    ['=?ISO-8859-1?Q?Olle_J=E4rnefors?= <ojarnef@admin.kth.se>', 'Olle Järnefors <ojarnef@admin.kth.se>'],
    ['=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?= <paf@nada.kth.se>', 'Patrik Fältström <paf@nada.kth.se>'],
    ['(=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)', '(םולש ןב ילטפנ)'],
    ['(=?ISO-8859-1?Q?a?=)', '(a)'],
    ['(=?ISO-8859-1?Q?a?= b)', '(a b)'],
    ['(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a?=       \n       =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a_b?=)', '(a b)'],
    ['(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)', '(a b)'],
    // RFC 2231 §5
    ['=?US-ASCII*EN?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
  ])('%j (examples of the RFCs)', (encoded, decoded) => {
    expect(decodeWords(encoded)).toBe(decoded)
  })

  it.each([
    ['a character split between words', '=?utf-8?Q?caf=C3?= =?UTF-8?Q?=A9?=', 'café'],
    ['split between words of both encodings', '=?utf-8?B?4oI=?= =?utf-8?q?=AC?=', '€'],
    ['spaces in a Q word', '=?utf-8?Q?caf=C3=A9 au lait?=', 'café au lait'],
    ['missing padding', '=?utf-8?B?Y2Fmw6k?=', 'café'],
    ['padding in the middle', '=?utf-8?B?YQ==Yg==?=', 'ab'],
    ['lower-case digits', '=?utf-8?q?caf=c3=a9?=', 'café'],
    ['raw octets in a word', '=?iso-8859-1?Q?caf\xe9?=', 'café'],
    ['raw octets in another charset', '=?koi8-r?Q?\xc1?=', 'а'],
    ['raw characters in a word', '=?utf-8?Q?café €?=', 'café €'],
    ['a word that touches text', 'Re:=?utf-8?Q?=C3=A9?=.', 'Re:é.'],
    ['words without a space', '=?utf-8?Q?=C3?==?utf-8?Q?=A9?=', 'é'],
    ['an unknown charset', '=?x-klingon?Q?caf=C3=A9?=', 'café'],
    ['an empty word', '[=?utf-8?Q??=]', '[]'],
    ['a question mark in a Q word', '=?utf-8?Q?Why??=', 'Why?'],
    ['a word beginning with an octet', '=?utf-8?Q?=41?=', 'A'],
    ['UTF-7', '=?utf-7?Q?+AOk?= =?utf-7?Q?bc?=', 'ébc'],
    ['a stray equals sign', '=?utf-8?Q?1=2 = =4?=', '1=2 = =4'],
    ['ISO-2022-JP', '=?ISO-2022-JP?B?GyRCJCIbKEI=?=', 'あ'],
  ])('%s', (_, encoded, decoded) => {
    expect(decodeWords(encoded)).toBe(decoded)
  })

  it.each([
    'plain',
    'a =? b',
    '=?',
    '=?utf-8?X?a?=',
    '=?utf-8?Q?a',
    '=??Q?a?=',
    '=?utf 8?Q?a?=',
    '=?a=b?Q?a?=',
    '=?=?=?',
  ])('leaves %j alone', (text) => {
    expect(decodeWords(text)).toBe(text)
  })

  it('never lets a line end out of a word', () => {
    expect(decodeWords('=?utf-8?Q?a=0D=0ABcc:_x=00=0Db=0Ac?=')).toBe('a Bcc: x  b c')
    expect(decodeWords('=?utf-8?B?YQ0KQmNjOiB4?=')).toBe('a Bcc: x')
    expect(decodeWords('=?utf-16be?B?AGEADQAKAGI=?=')).toBe('a b')
  })

  it('takes time in proportion to the text', () => {
    const size = 300_000
    for (const piece of ['=?', '=?a?q?x', '=?utf-8?Q?', '=?a?q?b?= ', '=?a?b?=', ' ', '=?utf-8?q?=?='])
      expect(typeof decodeWords(`=?${piece.repeat(size / piece.length)}`)).toBe('string')
  })

  it('undoes what libmime writes, and agrees with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('Q', 'B'), (value, encoding) => {
        fc.pre(!/[\r\n\0]/.test(value) && !value.includes('\ufeff'))
        const encoded = libmime.encodeWord(value, encoding, 40)
        expect(decodeWords(encoded)).toBe(value)
        expect(decodeWords(encoded)).toBe(libmime.decodeWords(encoded))
      }),
    )
  })

  it('takes any text without complaint', () => {
    const piece = fc.constantFrom(
      '=?',
      '?=',
      '?',
      '=',
      'utf-8',
      'Q',
      'B',
      '=C3',
      '=A9',
      '_',
      ' ',
      '\r\n',
      'iso-2022-kr',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(typeof decodeWords(pieces.join(''))).toBe('string')
      }),
    )
  })
})
