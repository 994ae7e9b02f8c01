import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeExtended, decodeParameters } from '../../src/responses/parameters.ts'

const decode = (...pairs: [string, string | null][]) => Object.fromEntries(decodeParameters(pairs))

describe('decodeParameters', () => {
  it('joins continuations (RFC 2231 §3)', () => {
    expect(
      decode(
        ['access-type', 'URL'],
        ['URL*0', 'ftp://'],
        ['URL*1', 'cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar'],
      ),
    ).toEqual({ 'access-type': 'URL', url: 'ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar' })
  })

  it('decodes charset and language (RFC 2231 §4)', () => {
    expect(decode(['title*', "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"])).toEqual({
      title: 'This is ***fun***',
    })
  })

  it('does both (RFC 2231 §4.1)', () => {
    expect(
      decode(
        ['title*0*', "us-ascii'en'This%20is%20even%20more%20"],
        ['title*1*', '%2A%2A%2Afun%2A%2A%2A%20'],
        ['title*2', "isn't it!"],
      ),
    ).toEqual({ title: "This is even more ***fun*** isn't it!" })
  })

  it.each<[string, [string, string | null][], Record<string, string>]>([
    [
      'any order',
      [
        ['f*1*', '%A9'],
        ['f*0*', "utf-8''caf%C3"],
      ],
      { f: 'café' },
    ],
    [
      'counting from one',
      [
        ['f*1', 'a'],
        ['f*2', 'b'],
      ],
      { f: 'ab' },
    ],
    [
      'a gap',
      [
        ['f*0', 'a'],
        ['f*2', 'b'],
      ],
      { f: 'a' },
    ],
    ['more than ten sections', Array.from({ length: 12 }, (_, i) => [`f*${i}`, String(i % 10)]), { f: '012345678901' }],
    ['no charset', [['f*', 'caf%C3%A9']], { f: 'café' }],
    ['an empty charset', [['f*', "''caf%E9"]], { f: 'café' }],
    ['a quote in the text', [['f*', "utf-8''it's"]], { f: "it's" }],
    ['bad escapes', [['f*', "utf-8''100%&%4"]], { f: '100%&%4' }],
    ['raw UTF-8', [['f*', "utf-8''café"]], { f: 'café' }],
    ['another charset', [['f*', "iso-2022-jp''%1B$B$%22%1B(B"]], { f: 'あ' }],
    [
      'the best of several forms',
      [
        ['f', 'a.txt'],
        ['f*0', 'b.txt'],
        ['f*', "utf-8''%C3%A9"],
      ],
      { f: 'é' },
    ],
    [
      'the first of two',
      [
        ['charset', 'utf-8'],
        ['CHARSET', 'x'],
      ],
      { charset: 'utf-8' },
    ],
    ['NIL for a value', [['boundary', null]], { boundary: '' }],
    ['encoded words', [['name', '=?utf-8?Q?caf=C3=A9?= =?utf-8?Q?.txt?=']], { name: 'café.txt' }],
    [
      'encoded words over sections',
      [
        ['name*0', '=?utf-8?Q?caf=C3'],
        ['name*1', '=A9?='],
      ],
      { name: 'café' },
    ],
    ['line ends', [['f*', "utf-8''a%0D%0Ab%00"]], { f: 'a b ' }],
    [
      'hostile numbers',
      [
        ['f*99999999*', 'x'],
        ['f*00', 'y'],
        ['f*-1', 'z'],
        ['f*1e3', 'w'],
      ],
      { 'f*99999999': 'x', 'f*00': 'y', 'f*-1': 'z', 'f*1e3': 'w' },
    ],
    [
      'nothing but stars',
      [
        ['*', 'a'],
        ['*0', 'b'],
        ['**', 'c'],
      ],
      { '*': 'c', '*0': 'b' },
    ],
  ])('%s', (_, pairs, expected) => {
    expect(decode(...pairs)).toEqual(expected)
  })

  it('knows no special names', () => {
    const decoded = decodeParameters([
      ['__proto__', 'a'],
      ['constructor*', "utf-8''b"],
    ])
    expect([...decoded]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })
})

describe('A value in UTF-8', () => {
  const pieces = [
    '%C3%A9',
    '%E6%9C',
    '%EF%BB%BF',
    '%00',
    '%0D%0A',
    '%',
    '%zz',
    "'",
    'a b',
    'é',
    '会',
    '%ff',
    '+',
    '%25',
  ]
  it('is the same by the decoder of the platform as by the one for segments', () => {
    const values = fc
      .tuple(fc.constantFrom("utf-8''", "UTF-8'en'", 'utf-8', "utf-8'"), fc.array(fc.constantFrom(...pieces)))
      .map(([charset, rest]) => charset + rest.join(''))
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeExtended(value)).toBe(decodeParameters([['name*0*', value]]).get('name'))
      }),
      { numRuns: 2000 },
    )
  })
})
