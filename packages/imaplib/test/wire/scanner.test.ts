import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Framer } from '../../src/wire/framer.ts'
import { ParseError } from '../../src/wire/parse-error.ts'
import { Scanner, StreamedLiteral } from '../../src/wire/scanner.ts'

const repairs: string[] = []

/** Runs `read` over each response in `text`, given as latin1. */
const scanAll = <T>(text: string, read: (scan: Scanner) => T, options: { inlineLiteral?: number } = {}): T[] => {
  const scan = new Scanner()
  repairs.length = 0
  scan.diagnostics = { repaired: (repair) => repairs.push(repair) }
  const results: T[] = []
  const framer = new Framer(
    {
      frame: (frame) => {
        scan.reset(frame)
        results.push(read(scan))
      },
    },
    options,
  )
  framer.push(Buffer.from(text, 'latin1'))
  return results
}

const scanOne = <T>(text: string, read: (scan: Scanner) => T, options: { inlineLiteral?: number } = {}): T => {
  const results = scanAll(`${text}\r\n`, read, options)
  expect(results).toHaveLength(1)
  return results[0] as T
}

const fails = (text: string, read: (scan: Scanner) => unknown): string => {
  try {
    scanOne(text, read)
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError)
    return (error as ParseError).expected
  }
  throw new Error('did not fail')
}

describe('atoms', () => {
  it.each([
    ['INBOX rest', 'INBOX'],
    ['a]b', 'a'],
    ['a(b', 'a'],
    ['a"b', 'a'],
    ['a{5} b', 'a{5}'],
    ['*', '*'],
    ['\xe9t\xe9', '\xe9t\xe9'],
  ])('%s', (text, atom) => expect(scanOne(text, (scan) => scan.atom())).toBe(atom))

  it('folds only ASCII letters to upper case', () =>
    expect(scanOne('uid\xe9\xdfx[', (scan) => scan.name())).toBe('UID\xe9\xdfX'))

  it('lets ] pass in an astring', () => expect(scanOne('[a]b c', (scan) => scan.astring())).toBe('[a]b'))

  it('fails where there is none', () => {
    expect(fails('(a)', (scan) => scan.atom())).toBe('an atom')
    expect(fails('', (scan) => scan.atom())).toBe('an atom')
  })
})

describe('strings', () => {
  it.each([
    ['"abc"', 'abc'],
    ['""', ''],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['{3}\r\na"b', 'a"b'],
    ['~{3}\r\n(\r)', '(\r)'],
    ['{0}\r\n', ''],
    ['{0005}\r\n{3}\r\n', '{3}\r\n'],
    ['{3+}\r\nabc', 'abc'],
    ['NIL', null],
    ['nil', null],
    ['"NIL"', 'NIL'],
    ['NILS', 'NILS'],
    ['"caf\xc3\xa9"', 'café'],
    ['"caf\xe9 \x80"', 'café €'],
  ])('%j', (text, value) => expect(scanOne(text, (scan) => scan.nstring())).toBe(value))

  it.each([
    ['"a"b" ', 'a"b'],
    ['"say "hi" now" NIL', 'say "hi" now'],
    ['"x "y" NIL "', 'x "y'],
  ])('stray quotes: %j', (text, value) => {
    expect(scanOne(text, (scan) => scan.string())).toBe(value)
    expect(repairs).toEqual(['quote-unescaped'])
  })

  it('ends at the first quote when none is followed by a delimiter', () => {
    const read = (scan: Scanner) => [scan.string(), scan.atom(), scan.pos]
    expect(scanOne('"a"b', read)).toEqual(['a', 'b', 4])
  })

  it('keeps a backslash that escapes nothing', () => {
    expect(scanOne('"C:\\dir" ', (scan) => scan.string())).toBe('C:\\dir')
    expect(repairs).toEqual(['quote-bad-escape'])
  })

  it.each(['"abc', '"abc\\"', '"'])('unterminated: %j', (text) =>
    expect(fails(text, (scan) => scan.string())).toBe('a closing quote'),
  )

  it('does not look for a quote beyond the response', () => {
    const read = (scan: Scanner) => {
      try {
        return scan.string()
      } catch {
        return 'failed'
      }
    }
    expect(scanAll('"a\r\n"b"\r\n"c\r\nd"\r\n"e"\r\n', read)).toEqual(['failed', 'b', 'failed', 'd', 'e'])
  })

  it('knows backslashes of one response from those of the next', () => {
    const read = (scan: Scanner) => [scan.string(), (scan.space(), scan.string())]
    expect(scanAll('"a" "b\\"c"\r\n"d" "e"\r\n"f\\\\" "g"\r\n', read)).toEqual([
      ['a', 'b"c'],
      ['d', 'e'],
      ['f\\', 'g'],
    ])
  })

  it('gives bytes as copies', () => {
    const input = Buffer.from('"ab" {2}\r\ncd\r\n')
    const scan = new Scanner()
    let found: unknown[] = []
    const framer = new Framer({
      frame: (frame) => {
        scan.reset(frame)
        found = [scan.stringBytes(), (scan.space(), scan.stringBytes())]
      },
    })
    framer.push(input)
    input.fill(0)
    expect(found).toEqual([Buffer.from('ab'), Buffer.from('cd')])
  })

  it('reads literals that lie outside of the frame', () => {
    const read = (scan: Scanner) => [
      scan.nstring(),
      scan.space(),
      scan.stringBytes(),
      scan.space(),
      scan.skipValue(),
      scan.atEnd,
    ]
    expect(scanOne('{3}\r\na(b {4}\r\n\xc3\xa9)) (x {2}\r\n)) "y")', read, { inlineLiteral: 1 })).toEqual([
      'a(b',
      undefined,
      Buffer.from('\xc3\xa9))', 'latin1'),
      undefined,
      undefined,
      true,
    ])
  })

  it('tells the size of a streamed literal, and fails to make a string of it', () => {
    const scan = new Scanner()
    let marker: unknown
    let failure: unknown
    const framer = new Framer(
      {
        frame: (frame) => {
          scan.reset(frame)
          marker = scan.stringBytes()
          scan.reset(frame)
          try {
            scan.string()
          } catch (error) {
            failure = error
          }
          scan.reset(frame)
          expect(scan.rawCopy(frame.start, frame.end)).toBe('NIL x')
        },
        literal: () => ({ chunk: () => undefined, end: () => undefined, abort: () => undefined }),
      },
      { inlineLiteral: 2 },
    )
    framer.push(Buffer.from('{5}\r\nhello x\r\n'))
    expect(marker).toEqual(new StreamedLiteral(5))
    expect(failure).toBeInstanceOf(ParseError)
  })
})

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['007', 7],
    ['4294967295', 4294967295],
  ])('number %s', (text, value) => expect(scanOne(text, (scan) => scan.number())).toBe(value))

  it.each(['4294967296', '-1', '+1', 'x', '', ' 1', '9'.repeat(100_000)])('no number: %.20s', (text) => {
    fails(text, (scan) => scan.number())
  })

  it('stops at the first byte that is no digit', () => {
    expect(scanOne('0x10', (scan) => [scan.number(), scan.atom()])).toEqual([0, 'x10'])
    expect(scanOne('1e5', (scan) => scan.number())).toBe(1)
  })

  it.each([
    ['9007199254740991', 9007199254740991],
    ['0', 0],
  ])('number64 %s', (text, value) => expect(scanOne(text, (scan) => scan.number64())).toBe(value))

  it('refuses what a double cannot hold', () => {
    fails('9007199254740992', (scan) => scan.number64())
  })

  it.each([
    ['12', 12, []],
    ['-1', null, ['number-negative']],
    ['NIL', null, []],
    ['"12"', 12, ['number-quoted']],
    ['""', null, ['number-quoted']],
    ['1.86931e+06', 1869310, ['number-float']],
    ['2e3', 2000, ['number-float']],
    ['1.6', 2, ['number-float']],
  ] as const)('loose %s', (text, value, expected) => {
    expect(scanOne(`${text} `, (scan) => scan.looseNumber())).toBe(value)
    expect(repairs).toEqual(expected)
  })

  it.each(['1e400', '1.x', `1.${'0'.repeat(1000)}`, 'Infinity', '"1', '"1x"'])('no loose number: %.10s', (text) => {
    fails(text, (scan) => scan.looseNumber())
  })

  it.each([
    ['0', 0n],
    ['999999999999999', 999999999999999n],
    ['1000000000000000', 1000000000000000n],
    ['18446744073709551615', 18446744073709551615n],
    ['000000000000000000000000000005', 5n],
  ])('bigint %s', (text, value) => expect(scanOne(text, (scan) => scan.bigint())).toBe(value))

  it.each(['18446744073709551616', '9'.repeat(1_000_000), '-1', ''])('no bigint: %.20s', (text) => {
    fails(text, (scan) => scan.bigint())
  })
})

describe('lists', () => {
  it('reads items and closes at the end of the response', () => {
    const read = (scan: Scanner) => {
      const items: string[] = []
      if (scan.openList()) while (!scan.closeList()) items.push(scan.atom())
      return items
    }
    expect(scanOne('(a  b c )', read)).toEqual(['a', 'b', 'c'])
    expect(scanOne('()', read)).toEqual([])
    expect(repairs).toEqual([])
    expect(scanOne('(a b', read)).toEqual(['a', 'b'])
    expect(repairs).toEqual(['list-unclosed'])
  })
})

describe('skipValue', () => {
  const value: fc.Memo<string> = fc.memo((depth) =>
    depth <= 1
      ? fc.oneof(
          fc.constantFrom(
            'atom',
            'NIL',
            '12',
            '""',
            '"a(b"',
            '"\\"\\\\)"',
            '{4}\r\n)("\\',
            '~{2}\r\n()',
            'BODY[1]',
            '\xe9',
          ),
        )
      : fc.array(value(depth - 1), { maxLength: 4 }).map((items) => `(${items.join(' ')})`),
  )

  it('passes over one value exactly', () => {
    fc.assert(
      fc.property(value(5), fc.constantFrom(0, 100), (text, inlineLiteral) => {
        const read = (scan: Scanner) => [scan.skipValue(), scan.space(), scan.rest()]
        expect(scanOne(`${text} after)`, read, { inlineLiteral })).toEqual([undefined, undefined, 'after)'])
      }),
    )
  })

  it('copies what it passed over, with literals in their places', () => {
    fc.assert(
      fc.property(value(4), (text) => {
        const read = (scan: Scanner) => (scan.skipValue(), scan.rawCopy(0, scan.pos))
        expect(scanOne(`${text} after`, read, { inlineLiteral: 0 })).toBe(text)
      }),
    )
  })

  it('counts levels instead of stacking them', () => {
    const depth = 200_000
    expect(scanOne(`${'('.repeat(depth)}${')'.repeat(depth)}x`, (scan) => (scan.skipValue(), scan.rest()))).toBe('x')
  })

  it.each(['', ')', ' '])('fails on %j', (text) => {
    fails(text, (scan) => scan.skipValue())
  })

  it('gets on whatever the bytes are', () => {
    const bytes = fc.array(fc.constantFrom(...'()"\\{}[]~ 1a\x01\x7f\xff'.split('')), { maxLength: 30 })
    fc.assert(
      fc.property(bytes, (chars) => {
        scanAll(`${chars.join('')}\r\n`, (scan) => {
          try {
            while (!scan.atEnd) scan.skipValue()
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError)
          }
        })
      }),
    )
  })
})

describe('memory', () => {
  it('is not kept by strings: a kept name does not keep the chunk it came in', () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const size = 64 * 1024
    const chunks = 200
    const strings = [
      '"a name of some length"',
      'an-atom-of-some-length',
      '"with an \\"escape\\" inside"',
      '{20}\r\na literal of 20 long',
    ]
    const kept: string[] = []
    gc()
    const before = process.memoryUsage().heapUsed
    for (let chunk = 0; chunk < chunks; chunk++) {
      const text = `${strings[chunk % strings.length]} `.padEnd(size, 'x')
      kept.push(scanOne(text, (scan) => scan.astring()))
    }
    gc()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan((chunks * size) / 4)
    expect(new Set(kept).size).toBe(strings.length)
  })
})

/** How often a scanner looks at text, by counting calls: time would depend on the machine. */
describe('work stays linear', () => {
  const counting = (text: string) => {
    let characters = 0
    const counted = {
      indexOf: (search: string, from: number) => {
        const found = text.indexOf(search, from)
        characters += (found === -1 ? text.length : found) - from + 1
        return found
      },
      slice: (from: number, to: number) => text.slice(from, to),
    }
    return { text: counted as unknown as string, count: () => characters }
  }

  it.each([
    ['responses whose quote never closes', `${'"a\r\n'.repeat(2000)}`],
    ['strings without a backslash', `${'"a" "b"\r\n'.repeat(2000)}`],
    ['strings with stray quotes', `${'"a"b '.repeat(2000)}\r\n`],
    ['strings with backslashes', `${'"a\\\\b" '.repeat(2000)}\r\n`],
  ])('%s', (_, input) => {
    const bytes = Buffer.from(input, 'latin1')
    const { text, count } = counting(input)
    const scan = new Scanner()
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf('\r\n', start)
      scan.reset({ bytes, text, start, end, externals: null, ascii: true })
      try {
        while (!scan.atEnd) {
          scan.rawNstring()
          scan.skipSpaces()
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
      }
      start = end + 2
    }
    expect(count()).toBeLessThan(10 * input.length)
  })
})
