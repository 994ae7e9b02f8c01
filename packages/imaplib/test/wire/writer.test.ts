import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ImapError } from '../../src/errors/imap-error.ts'
import type { Fragment, LiteralMode } from '../../src/wire/fragment.ts'
import { Secret } from '../../src/wire/secret.ts'
import { SequenceSet } from '../../src/wire/sequence-set.ts'
import { CommandWriter, line, type WriterRules } from '../../src/wire/writer.ts'

type Write = (out: CommandWriter) => void

const fragments = (write: Write, rules: Partial<WriterRules> = {}): Fragment[] => {
  const out = new CommandWriter({ literals: 'synchronising', ...rules })
  write(out)
  return out.finish('A1')
}

/** The pieces as text, literals in «». */
const wire = (write: Write, rules: Partial<WriterRules> = {}): string =>
  fragments(write, rules)
    .map((f) => {
      if (f.kind === 'stream') return `«${f.size}…»`
      const text = Buffer.from(f.bytes).toString('utf8')
      return f.kind === 'text' ? text.replaceAll('\r\n', '␍␊') : `«${text}»`
    })
    .join('')

const thrown = (act: () => unknown): ImapError => {
  try {
    act()
  } catch (error) {
    return error as ImapError
  }
  throw new Error('nothing was thrown')
}

const codeOf = (act: () => unknown): string => thrown(act).code

const refused = (write: Write, rules: Partial<WriterRules> = {}): void =>
  expect(codeOf(() => fragments(write, rules))).toBe('EINVALID')

describe('commands of the RFCs', () => {
  it.each<[string, Write, Partial<WriterRules>?]>([
    ['A1 NOOP␍␊', (out) => out.atom('NOOP')],
    ['A1 LOGIN SMITH "SESAME"␍␊', (out) => out.atom('LOGIN').astring('SMITH').secret('SESAME')],
    // RFC 9051 §4.3
    [
      'A1 LOGIN {11}␍␊«FRED FOOBAR» {7}␍␊«fat man»␍␊',
      (out) => {
        out.atom('LOGIN').literal(Buffer.from('FRED FOOBAR')).literal(Buffer.from('fat man'))
      },
    ],
    [
      'A1 UID FETCH 1:3,9 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM)]<0.10>)␍␊',
      (out) => {
        out
          .atom('UID')
          .atom('FETCH')
          .set(SequenceSet.of([3, 2, 1, 9]))
        out.open().atom('FLAGS').verbatim('BODY.PEEK[HEADER.FIELDS (DATE FROM)]<0.10>').close()
      },
    ],
    [
      'A1 STORE 2:4 +FLAGS (\\Deleted $Junk)␍␊',
      (out) => {
        out.atom('STORE').set('2:4').atom('+FLAGS').flags(['\\Deleted', '$Junk'])
      },
    ],
    ['A1 LIST "" %␍␊', (out) => out.atom('LIST').reference('').listMailbox('%')],
    ['A1 LIST "" "*/a b"␍␊', (out) => out.atom('LIST').reference('').listMailbox('*/a b')],
    [
      'A1 SEARCH SINCE 1-Feb-1994 NOT FROM "Smith"␍␊',
      (out) => {
        out.atom('SEARCH').atom('SINCE').date('1994-02-01').atom('NOT').atom('FROM').string('Smith')
      },
    ],
    [
      'A1 APPEND saved-messages (\\Seen) " 7-Feb-1994 22:43:04 +0000" {5+}␍␊«hello»␍␊',
      (out) => {
        out.atom('APPEND').mailbox('saved-messages').flags(['\\Seen'])
        out.dateTime(new Date(Date.UTC(1994, 1, 7, 22, 43, 4))).literal(Buffer.from('hello'))
      },
      { literals: 'plus' },
    ],
    // RFC 7162 §3.2.5
    [
      'A1 SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))␍␊',
      (out) => {
        out.atom('SELECT').mailbox('inbox').open().atom('QRESYNC').open()
        out.number(67890007).number(90060115194045000n).set('41:211,214:541').close().close()
      },
    ],
    [
      'A1 ID ("name" "x" "version" NIL)␍␊',
      (out) => {
        out.atom('ID').list(Object.entries({ name: 'x', version: null }), ([key, value]) => {
          out.string(key).nstring(value)
        })
      },
    ],
    ['A1 ID NIL␍␊', (out) => out.atom('ID').nil()],
    ['A1 STORE $ FLAGS ()␍␊', (out) => out.atom('STORE').set('$').atom('FLAGS').flags([])],
    ['A1 AUTHENTICATE PLAIN AHg=␍␊', (out) => out.atom('AUTHENTICATE').atom('PLAIN').base64(Buffer.from('\0x'))],
    // RFC 4959 §3: an empty initial response
    ['A1 AUTHENTICATE EXTERNAL =␍␊', (out) => out.atom('AUTHENTICATE').atom('EXTERNAL').base64(Buffer.alloc(0))],
    ['A1 X a(b)c␍␊', (out) => out.atom('X').atom('a').glue().open().atom('b').close().glue().atom('c')],
  ])('%s', (text, write, rules) => expect(wire(write, rules)).toBe(text))
})

describe('strings', () => {
  it.each<[string, Write, Partial<WriterRules>?]>([
    ['"a"', (out) => out.string('a')],
    ['""', (out) => out.string('')],
    ['"a\\"\\\\b"', (out) => out.string('a"\\b')],
    ['"\t\x7f"', (out) => out.string('\t\x7f')],
    ['{2}␍␊«ü»', (out) => out.string('ü')],
    ['"ü"', (out) => out.string('ü'), { utf8: true }],
    ['{4}␍␊«a\r\nb»', (out) => out.string('a\r\nb')],
    ['{4+}␍␊«a\r\nb»', (out) => out.string('a\r\nb'), { utf8: true, literals: 'minus' }],
    ['~{3}␍␊«a\0b»', (out) => out.string('a\0b'), { binary: true }],
    ['"a b"', (out) => out.string(Buffer.from('a b'))],
    ['"ü"', (out) => out.string(Buffer.from('ü')), { utf8: true }],
    ['{2}␍␊«ü»', (out) => out.string(Buffer.from('ü'))],
    ['a', (out) => out.astring('a')],
    ['a]b', (out) => out.astring('a]b')],
    ['""', (out) => out.astring('')],
    ['"NIL"', (out) => out.astring('NIL')],
    ['"nil"', (out) => out.astring('nil')],
    ['"{0}"', (out) => out.astring('{0}')],
    ['"%"', (out) => out.astring('%')],
    ['"a(b"', (out) => out.astring('a(b')],
    ['"\\\\Seen"', (out) => out.astring('\\Seen')],
    ['NIL', (out) => out.nstring(null)],
    ['"NIL"', (out) => out.nstring('NIL')],
  ])('%s', (text, write, rules) => expect(wire((out) => write(out.atom('X')), rules)).toBe(`A1 X ${text}␍␊`))

  it('sends octets that are no UTF-8 unchanged', () => {
    for (const utf8 of [false, true]) {
      const [head, literal] = fragments((out) => out.astring(Uint8Array.of(0x66, 0xff, 0xfe)), { utf8 })
      expect((head as { redacted: string }).redacted).toBe('A1 {3}')
      expect(literal).toEqual({
        kind: 'literal',
        bytes: Uint8Array.of(0x66, 0xff, 0xfe),
        synchronising: true,
        secret: false,
      })
    }
  })

  it('quotes up to 1024 octets and sends longer strings as literals', () => {
    expect(wire((out) => out.string('a'.repeat(1024)))).toBe(`A1 "${'a'.repeat(1024)}"␍␊`)
    expect(wire((out) => out.string('a'.repeat(1025)))).toBe(`A1 {1025}␍␊«${'a'.repeat(1025)}»␍␊`)
    expect(wire((out) => out.astring('a'.repeat(1025)))).toBe(`A1 {1025}␍␊«${'a'.repeat(1025)}»␍␊`)
    expect(wire((out) => out.string(Buffer.alloc(1025, 'a')))).toBe(`A1 {1025}␍␊«${'a'.repeat(1025)}»␍␊`)
    expect(wire((out) => out.string('ü'.repeat(512)), { utf8: true })).toBe(`A1 "${'ü'.repeat(512)}"␍␊`)
    expect(wire((out) => out.string('ü'.repeat(513)), { utf8: true })).toBe(`A1 {1026}␍␊«${'ü'.repeat(513)}»␍␊`)
  })

  it('refuses NUL where literal8 cannot be sent, and half a surrogate pair everywhere', () => {
    for (const utf8 of [false, true]) {
      refused((out) => out.string('a\0'), { utf8 })
      refused((out) => out.astring(Buffer.from('a\0')), { utf8 })
      refused((out) => out.string('\ud800'), { utf8, binary: true })
      refused((out) => out.mailbox('a\udfff'), { utf8, binary: true })
      refused((out) => out.listMailbox('\ud800%'), { utf8, binary: true })
      refused((out) => out.secret('\ud800'), { utf8, binary: true })
    }
    refused((out) => out.secret('a\0'), { binary: true })
    refused((out) => out.literal(Buffer.from('\0')))
    refused((out) => out.literal8(Buffer.from('a')))
  })
})

describe('literals', () => {
  const marks = (mode: LiteralMode, size: number, binary = false): [string, boolean | undefined] => {
    const all = fragments((out) => (binary ? out.literal8(Buffer.alloc(size)) : out.literal(Buffer.alloc(size, 'x'))), {
      literals: mode,
      binary: true,
    })
    const literal = all[1]
    return [(all[0] as { redacted: string }).redacted, literal?.kind === 'literal' ? literal.synchronising : undefined]
  }

  it('wait for the server unless the mode lets them go (RFC 7888 §4)', () => {
    expect(marks('synchronising', 0)).toEqual(['A1 {0}', true])
    expect(marks('synchronising', 5)).toEqual(['A1 {5}', true])
    expect(marks('minus', 0)).toEqual(['A1 {0+}', false])
    expect(marks('minus', 4096)).toEqual(['A1 {4096+}', false])
    expect(marks('minus', 4097)).toEqual(['A1 {4097}', true])
    expect(marks('plus', 4097)).toEqual(['A1 {4097+}', false])
    expect(marks('synchronising', 5, true)).toEqual(['A1 ~{5}', true])
    expect(marks('minus', 4096, true)).toEqual(['A1 ~{4096+}', false])
    expect(marks('minus', 4097, true)).toEqual(['A1 ~{4097}', true])
    expect(marks('plus', 4097, true)).toEqual(['A1 ~{4097+}', false])
  })

  it('are announced and handed on without a copy', () => {
    const body = Buffer.from('body')
    const all = fragments((out) => out.atom('APPEND').mailbox('x').literal(body), { literals: 'plus' })
    expect(all.map((f) => f.kind)).toEqual(['text', 'literal', 'text'])
    expect((all[1] as { bytes: Uint8Array }).bytes).toBe(body)
    expect((all[2] as { bytes: Buffer }).bytes.toString()).toBe('\r\n')
  })

  it('are streamed with their size', () => {
    const source = (async function* () {})()
    const all = fragments((out) => out.atom('APPEND').mailbox('x').stream(70_000, source), { literals: 'minus' })
    expect(all[1]).toEqual({ kind: 'stream', size: 70_000, source, synchronising: true })
    expect(wire((out) => out.stream(70_000, source, { binary: true }), { literals: 'plus', binary: true })).toBe(
      'A1 ~{70000+}␍␊«70000…»␍␊',
    )
    for (const size of [-1, 1.5, Number.NaN, Infinity, 2 ** 53]) refused((out) => out.stream(size, source))
    refused((out) => out.stream(1, source, { binary: true }))
  })

  it('may stand in lists, with text behind', () => {
    expect(wire((out) => out.atom('X').open().string('ü').astring('b').close().atom('Y'))).toBe('A1 X ({2}␍␊«ü» b) Y␍␊')
  })
})

describe('mailboxes', () => {
  it.each<[string, string | Uint8Array, Partial<WriterRules>?]>([
    ['INBOX', 'InBoX'],
    ['INBOX/a', 'INBOX/a'],
    ['Entw&APw-rfe', 'Entwürfe'],
    ['"Entwürfe"', 'Entwürfe', { utf8: true }],
    ['A&-B', 'A&B'],
    ['A&B', 'A&B', { utf8: true }],
    ['"a b"', 'a b'],
    ['"%"', '%'],
    ['"NIL"', 'NIL'],
    ['a&AA0ACg-b', 'a\r\nb'],
    ['{4}␍␊«a\r\nb»', 'a\r\nb', { utf8: true }],
    // As the server sent it, though it is no modified UTF-7.
    ['A&B', Buffer.from('A&B')],
    ['{2}␍␊«ü»', Buffer.from('ü')],
    ['"ü"', Buffer.from('ü'), { utf8: true }],
  ])('%s', (text, name, rules) => expect(wire((out) => out.mailbox(name), rules)).toBe(`A1 ${text}␍␊`))

  it('the empty name is none, except as a reference', () => {
    for (const none of ['', Buffer.alloc(0), undefined as never, 7 as never])
      expect(() => wire((out) => out.mailbox(none))).toThrow(expect.objectContaining({ code: 'EINVALID' }) as Error)
    expect(wire((out) => out.reference(''))).toBe('A1 ""␍␊')
  })

  it.each<[string, string | Uint8Array]>([
    ['*', '*'],
    ['INBOX/%', 'INBOX/%'],
    ['"NIL"', 'NIL'],
    ['"{0}"', '{0}'],
    ['""', ''],
    ['&AOk-*', 'é*'],
    ['{2}␍␊«é»', Buffer.from('é')],
    ['a%', Buffer.from('a%')],
  ])('LIST %s', (text, pattern) => expect(wire((out) => out.listMailbox(pattern))).toBe(`A1 ${text}␍␊`))
})

describe('what is refused', () => {
  it.each<[string, Write]>([
    ['empty atom', (out) => out.atom('')],
    ['atom with space', (out) => out.atom('a b')],
    ['atom with ]', (out) => out.atom('a]')],
    ['atom with CRLF', (out) => out.atom('a\r\nb')],
    ['8-bit atom', (out) => out.atom('ü')],
    ['negative number', (out) => out.number(-1)],
    ['negative bigint', (out) => out.number(-1n)],
    ['fraction', (out) => out.number(1.5)],
    ['NaN', (out) => out.number(Number.NaN)],
    ['2^53', (out) => out.number(2 ** 53)],
    ['2^63', (out) => out.number(2n ** 63n)],
    ['empty set', (out) => out.set(SequenceSet.empty)],
    ['empty text of a set', (out) => out.set('')],
    ['set with a command', (out) => out.set('1\r\nA2 LOGOUT')],
    ['set that is a word', (out) => out.set('ALL')],
    ['flag with space', (out) => out.flags(['\\Seen', 'a b'])],
    ['\\Recent', (out) => out.flag('\\recent')],
    ['\\*', (out) => out.flag('\\*')],
    ['invalid Date', (out) => out.date(new Date(Number.NaN))],
    ['no day', (out) => out.date('2026-02-30')],
    ['no moment', (out) => out.dateTime('yesterday')],
    ['year 10000', (out) => out.dateTime(new Date(Date.UTC(10_000, 0, 1)))],
    ['empty verbatim', (out) => out.verbatim('')],
    ['verbatim CRLF', (out) => out.verbatim('BODY[\r\n]')],
    ['verbatim 8-bit', (out) => out.verbatim('BODY[\u010a]')],
    ['literal header by hand', (out) => out.verbatim('{3}')],
    ['non-synchronising one', (out) => out.verbatim('x{0+}')],
    ['binary one', (out) => out.verbatim('~{12}')],
    ['one glued together', (out) => out.verbatim('{').glue().number(5).glue().verbatim('}')],
    ['one behind a literal', (out) => out.literal(Buffer.from('a')).verbatim('{3}')],
    ['one with very many digits', (out) => out.verbatim(`{${'9'.repeat(400)}}`)],
    ['one closed too often', (out) => out.atom('X').open().close().close()],
    ['one left open', (out) => out.atom('X').open()],
    ['nothing at all', () => undefined],
  ])('%s', (_what, write) => refused(write))

  it('lets braces through that are no header', () => {
    for (const text of ['{}', '{a}', '{-3}', '{3 }', '3}', '{3+', '{+}', 'x}'])
      expect(wire((out) => out.verbatim(text))).toBe(`A1 ${text}␍␊`)
  })

  it('accepts the largest numbers', () => {
    expect(
      wire((out) =>
        out
          .number(0)
          .number(2 ** 53 - 1)
          .number(2n ** 63n - 1n),
      ),
    ).toBe('A1 0 9007199254740991 9223372036854775807␍␊')
  })

  it('a tag that is none', () => {
    for (const tag of ['', 'a b', 'A1\r\n', 'A+', '*', 'ü'])
      expect(codeOf(() => new CommandWriter({ literals: 'plus' }).atom('NOOP').finish(tag))).toBe('EINVALID')
  })
})

describe('secrets', () => {
  const secret = 'pass"word'

  it('are quoted or literals, and no trace shows them nor their length', () => {
    expect(wire((out) => out.atom('LOGIN').astring('u').secret('plain'))).toBe('A1 LOGIN u "plain"␍␊')
    for (const value of [secret, new Secret(secret), new Secret(Buffer.from(secret))]) {
      const [text] = fragments((out) => out.atom('LOGIN').astring('u').secret(value).atom('X'))
      expect((text as { bytes: Buffer }).bytes.toString()).toBe('A1 LOGIN u "pass\\"word" X\r\n')
      expect((text as { redacted: string }).redacted).toBe('A1 LOGIN u [secret] X')
    }
    const all = fragments((out) => out.atom('LOGIN').astring('u').secret('sesám').atom('X'), { literals: 'minus' })
    expect(all.map((f) => (f.kind === 'text' ? f.redacted : f.kind))).toEqual(['A1 LOGIN u {secret}', 'literal', ' X'])
    expect((all[0] as { bytes: Buffer }).bytes.toString()).toBe('A1 LOGIN u {6+}\r\n')
    expect(all[1]).toMatchObject({ secret: true, synchronising: false })
  })

  it('in base64 too', () => {
    const [text] = fragments((out) => out.atom('AUTHENTICATE').base64(Buffer.from('x'), { secret: true }))
    expect((text as { redacted: string }).redacted).toBe('A1 AUTHENTICATE [secret]')
  })

  it('do not appear in the error that refuses them', () => {
    for (const value of ['topsecret\0', 'topsecret\ud800']) {
      const error = thrown(() => fragments((out) => out.secret(value)))
      expect(error.code).toBe('EINVALID')
      expect(inspect(error)).not.toContain('topsecret')
    }
  })
})

describe('line', () => {
  it('is a line of its own, checked as everything is', () => {
    expect(line('DONE')).toEqual({ kind: 'text', bytes: Buffer.from('DONE\r\n'), redacted: 'DONE' })
    expect(line('')).toEqual({ kind: 'text', bytes: Buffer.from('\r\n'), redacted: '' })
    expect(line('AHg=', true)).toEqual({ kind: 'text', bytes: Buffer.from('AHg=\r\n'), redacted: '[secret]' })
    for (const text of ['a\r\nb', 'a\n', '\r', '\0', '{3}', '{3+}', 'x ~{3}'])
      expect(codeOf(() => line(text))).toBe('EINVALID')
  })
})

it('knows how long the line is', () => {
  const out = new CommandWriter({ literals: 'plus' }).atom('X')
  expect(out.length).toBe(1)
  out.literal(Buffer.alloc(100, 'a'))
  expect(out.length).toBe('X {100+}'.length)
  out.atom('Y')
  expect(out.length).toBe('X {100+} Y'.length)
})
