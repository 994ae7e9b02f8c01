import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Arguments } from '../../src/imaplib/arguments.ts'
import { encodeIn } from '../../src/imaplib/charset-encoding.ts'
import { crlfLines } from '../../src/imaplib/line-ends.ts'
import { writeSet } from '../../src/imaplib/message-set.ts'
import { repr, reprBytes, reprString } from '../../src/imaplib/python-repr.ts'
import { astring, listPattern, python2Quote } from '../../src/imaplib/quoting.ts'
import { substitute } from '../../src/imaplib/substitute.ts'

describe('astring', () => {
  test.each([
    ['INBOX', 'INBOX'],
    ['New folder', '"New folder"'],
    ['a"b', '"a\\"b"'],
    ['a\\b', '"a\\\\b"'],
    ['', '""'],
    ['*', '"*"'],
    ['%', '"%"'],
    ['"New folder"', '"New folder"'],
    ['""', '""'],
    ['"a\\"b"', '"a\\"b"'],
    ['"a" SELECT evil "', '"\\"a\\" SELECT evil \\""'],
    ['"', '"\\""'],
    ['a\tb', '"a\tb"'],
    ['\x7f', '"\x7f"'],
    ['(a)', '"(a)"'],
    ['{5}', '"{5}"'],
    ['a]b', 'a]b'],
    ['Entw\xc3\xbcrfe', '"Entw\xc3\xbcrfe"'],
    ['NIL', 'NIL'],
  ])('%j', (given, wire) => {
    expect(astring(given)).toBe(wire)
  })

  test('a pattern keeps its wildcards', () => {
    expect(['*', '%', 'foo/%', 'a b*', '"a b*"'].map(listPattern)).toEqual(['*', '%', 'foo/%', '"a b*"', '"a b*"'])
  })

  test('is one token, and quoting it again changes nothing', () => {
    const token = /^(?:"(?:[^"\\]|\\["\\])*"|[^ "\\(){%*\x00-\x1f\x7f-\xff]+)$/
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~\t\x80-\xff]*$/), (text) => {
        for (const rule of [
          astring,
          (t: string) => listPattern(t).replaceAll(/^[^"].*$/g, (bare) => bare.replaceAll(/[%*]/g, 'x')),
        ]) {
          expect(rule(text)).toMatch(token)
          expect(rule(rule(text))).toBe(rule(text))
        }
      }),
    )
  })

  test('Python 2', () => {
    expect(['', 'a', 'a/b', 'a b', '(a b)', '"a b"', "!#$%&'*+,.:;<=>?^`|~-", '('].map(python2Quote)).toEqual([
      '""',
      'a',
      '"a/b"',
      '"a b"',
      '(a b)',
      '"a b"',
      "!#$%&'*+,.:;<=>?^`|~-",
      '"("',
    ])
  })
})

describe('mailbox names', () => {
  const args = new Arguments('rfc')
  test.each([
    ['INBOX', 'INBOX'],
    ['Entwürfe', 'Entw&APw-rfe'],
    ['Entw&APw-rfe', 'Entw&APw-rfe'],
    ['"Entw&APw-rfe"', '"Entw&APw-rfe"'],
    ['A&B', 'A&-B'],
    ['A&-B', 'A&-B'],
    ['New folder', '"New folder"'],
    ['"Neuer Entwürfe"', '"Neuer Entw&APw-rfe"'],
    ['', '""'],
    ['a\x01b', 'a&AAE-b'],
    ['日本語', '&ZeVnLIqe-'],
    ['🙂', '&2D3eQg-'],
  ])('%j', (name, wire) => {
    expect(args.mailbox(name).toString('latin1')).toBe(wire)
  })

  test('bytes stay as they are, but are quoted', () => {
    expect(args.mailbox(Buffer.from('Entw\xfcrfe', 'latin1')).toString('latin1')).toBe('"Entw\xfcrfe"')
    expect(args.mailbox(Buffer.from('a&b')).toString()).toBe('a&b')
  })

  test('as UTF-8 when that is enabled', () => {
    const utf8 = new Arguments('rfc')
    utf8.utf8 = true
    expect(utf8.mailbox('Entwürfe').toString()).toBe('"Entwürfe"')
    expect(utf8.listPattern('Entwürfe/%').toString()).toBe('"Entwürfe/%"')
    expect(utf8.mailbox('Entw&APw-rfe').toString()).toBe('Entw&APw-rfe')
  })

  test('a password is not in what may be shown', () => {
    const piece = args.password('hunter2')
    expect(piece.bytes.toString()).toBe('"hunter2"')
    expect(() => args.password('hünter')).toThrow(/^(?!.*nter)/)
  })
})

describe('message sets', () => {
  test.each([
    [5, '5'],
    [[1, 2, 5], '1,2,5'],
    [[1, [3, 5], [8, '*']], '1,3:5,8:*'],
    [[[5, null]], '5:*'],
    [[['*', 1]], '*:1'],
  ] as const)('%j', (set, wire) => {
    expect(writeSet(set)).toBe(wire)
  })

  test.each([[['7']], [[2.9]], [[[1, 2.9]]], [[null]], [[true]]])('%j is a TypeError', (set) => {
    expect(() => writeSet(set as never)).toThrow(TypeError)
  })

  test.each([[[]], [[[1]]], [[[1, 2, 3]]], [[0]], [0], [[-1]], [[2 ** 32]]])('%j is a RangeError', (set) => {
    expect(() => writeSet(set as never)).toThrow(RangeError)
  })
})

describe('substitute', () => {
  test.each([
    ['FROM ?', ['me@host'], 'FROM me@host'],
    ['SUBJECT ?', ['hello world'], 'SUBJECT "hello world"'],
    ['SUBJECT ?', ['a"b'], 'SUBJECT "a\\"b"'],
    ['SUBJECT ?', [''], 'SUBJECT ""'],
    ['SUBJECT ?', ['"quoted"'], 'SUBJECT "\\"quoted\\""'],
    ['SUBJECT ?', ['ü'], 'SUBJECT "ü"'],
    ['LARGER ?', [1000], 'LARGER 1000'],
    ['HEADER.FIELDS ?', [['DATE', 'FROM', 5]], 'HEADER.FIELDS (DATE FROM 5)'],
    ['?f', ['\\Seen'], '\\Seen'],
    ['?f', [['\\Seen', '$x', '[a]']], '(\\Seen $x [a])'],
    ['?s', [[1, [3, 5], [8, '*']]], '1,3:5,8:*'],
    ['?s ?s', ['1:*', 7], '1:* 7'],
    ['a?? b ?', ['c'], 'a? b c'],
  ])('%s %j', (template, params, text) => {
    expect(substitute(template, params as never)).toBe(text)
  })

  test.each([
    ['? ?', ['x'], TypeError],
    ['?', ['x', 'y'], TypeError],
    ['?', [true], TypeError],
    ['?', [1.5], TypeError],
    ['?', [null], TypeError],
    ['?s', [['a']], TypeError],
    ['?s', [[1.5]], TypeError],
    ['?s', [[[1, 'a']]], TypeError],
    ['?s', [[[1]]], RangeError],
    ['?s', [[[1, 2, 3]]], RangeError],
    ['?s', ['1 2'], RangeError],
    ['?f', ['a b'], RangeError],
    ['?f', [5], TypeError],
    ['?', ['a\r\nb'], RangeError],
    ['?', ['a\0b'], RangeError],
  ])('%s %j', (template, params, kind) => {
    expect(() => substitute(template, params as never)).toThrow(kind)
  })
})

describe('charsets', () => {
  test.each([
    ['UTF-8', '"café"', '"café"', 'utf8'],
    ['ISO-8859-1', '"café"', '"caf\xe9"', 'latin1'],
    ['"iso-8859-2"', 'ž', '\xbe', 'latin1'],
    ['KOI8-U', 'Київ', '\xeb\xc9\xa7\xd7', 'latin1'],
    ['SHIFT_JIS', '日本', '\x93\xfa\x96{', 'latin1'],
    ['no-such-charset', 'TEXT', 'TEXT', 'latin1'],
    ['us-ascii', 'TEXT', 'TEXT', 'latin1'],
  ] as const)('%s %s', (charset, text, bytes, encoding) => {
    expect(encodeIn(charset, text).equals(Buffer.from(bytes, encoding))).toBe(true)
  })

  test.each([
    ['no-such-charset', 'ü'],
    ['us-ascii', 'ü'],
    ['utf-16', 'ü'],
    ['ISO-8859-1', '€'],
    ['KOI8-U', '日'],
    ['KOI8-U', '日'],
  ])('%s %s', (charset, text) => {
    expect(() => encodeIn(charset, text)).toThrow(RangeError)
  })
})

test('lines of a message', () => {
  const plain = (text: string) => text.replaceAll(/\r\n|\r|\n/g, '\r\n')
  fc.assert(
    fc.property(fc.stringMatching(/^[ab\r\n]*$/), (text) => {
      expect(Buffer.from(crlfLines(Buffer.from(text))).toString()).toBe(plain(text))
    }),
  )
  const right = Buffer.from('a\r\nb\r\n')
  expect(crlfLines(right)).toBe(right)
})

test('repr', () => {
  expect(reprBytes(Buffer.from("a'b\r\n\t\0\x7f\xff\\".replaceAll('"', ''), 'latin1'))).toBe(
    'b"a\'b\\r\\n\\t\\x00\\x7f\\xff\\\\"',
  )
  expect(reprBytes(Buffer.from('\'"'))).toBe("b'\\'\"'")
  expect(reprString('ü\n\x85')).toBe("'ü\\n\\x85'")
  expect(repr([null, Buffer.from('a'), [Buffer.from('b'), Buffer.from('c')], ['x', 5, true, undefined]])).toBe(
    "[None, b'a', (b'b', b'c'), ['x', 5, True, None]]",
  )
})
