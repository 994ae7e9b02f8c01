import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import * as imaplib from 'imaplib'
import { Int2AP, Internaldate2tuple, ParseFlags, ParseNumbers, Time2Internaldate } from 'imaplib'
import { texts } from './both-ways.ts'

const zone = process.env['TZ']
const inZone = (name: string) => {
  process.env['TZ'] = name
}
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

describe('Int2AP', () => {
  test.each([
    [0, ''],
    [1, 'B'],
    [-1, 'B'],
    [255, 'PP'],
    [-255, 'PP'],
    [256, 'BAA'],
    [65535, 'PPPP'],
    [15.9, 'P'],
    [2 ** 53, 'CAAAAAAAAAAAAA'],
    [2n ** 64n, 'BAAAAAAAAAAAAAAAA'],
  ])('%s', (num, letters) => {
    expect(Int2AP(num).toString()).toBe(letters)
  })

  test('is base 16', () => {
    const digits = (n: number) =>
      n.toString(16).replaceAll(/./g, (d) => 'ABCDEFGHIJKLMNOP'[Number.parseInt(d, 16)] ?? '')
    fc.assert(fc.property(fc.integer({ min: 1 }), (n) => Int2AP(n).toString() === digits(n)))
  })

  test('no number', () => {
    expect(() => Int2AP(Number.NaN)).toThrow(TypeError)
  })
})

describe('ParseFlags', () => {
  test.each([
    ['1 (FLAGS (\\Seen \\Answered $x))', ['\\Seen', '\\Answered', '$x']],
    ['1 (FLAGS ())', []],
    ['FLAGS (a) FLAGS (b c)', ['b', 'c']],
    ['1 (UID 5)', []],
    ['1 (FLAGS ([test] a]b))', ['[test]', 'a]b']],
    ['x\nFLAGS (\\Seen)', []],
  ])('%s', (line, flags) => {
    expect(texts(ParseFlags(Buffer.from(line)))).toEqual(flags)
    expect(texts(ParseFlags(line))).toEqual(flags)
  })
})

test('ParseNumbers', () => {
  expect(ParseNumbers([Buffer.from('1 2 300'), Buffer.from(''), null, Buffer.from('4')])).toEqual([1, 2, 300, 4])
  expect(ParseNumbers(null)).toEqual([])
  expect(ParseNumbers(Buffer.from('7 (MODSEQ 5)'))).toEqual([7])
})

describe('Internaldate2tuple', () => {
  const line = (date: string) => `25 (INTERNALDATE "${date}")`

  test('is the instant, in local time', () => {
    inZone('UTC')
    const tuple = Internaldate2tuple(Buffer.from(line('01-Jan-2000 11:30:00 +1130')))
    expect([...(tuple ?? [])]).toEqual([2000, 1, 1, 0, 0, 0, 5, 1, 0])
    expect(tuple?.date).toEqual(new Date('2000-01-01T00:00:00Z'))
    expect([tuple?.tm_year, tuple?.tm_mon, tuple?.tm_mday, tuple?.tm_wday, tuple?.tm_yday]).toEqual([2000, 1, 1, 5, 1])
  })

  test('across a change of clocks', () => {
    inZone('America/New_York')
    const before = Internaldate2tuple(line('29-Mar-2020 01:59:59 +0000'))
    expect([before?.tm_hour, before?.tm_isdst, before?.tm_gmtoff]).toEqual([21, 1, -14400])
    inZone('Europe/Berlin')
    expect([...(Internaldate2tuple(line('29-Mar-2020 00:59:59 +0000')) ?? [])]).toEqual([
      2020, 3, 29, 1, 59, 59, 6, 89, 0,
    ])
    expect([...(Internaldate2tuple(line('29-Mar-2020 01:00:00 +0000')) ?? [])]).toEqual([
      2020, 3, 29, 3, 0, 0, 6, 89, 1,
    ])
    // Twice the same hour: only DST tells them apart.
    expect(Internaldate2tuple(line('25-Oct-2020 00:30:00 +0000'))?.slice(3, 9)).toEqual([2, 30, 0, 6, 299, 1])
    expect(Internaldate2tuple(line('25-Oct-2020 01:30:00 +0000'))?.slice(3, 9)).toEqual([2, 30, 0, 6, 299, 0])
  })

  test.each([
    ['17-Jul-1996 02:44:25 -0700', 837596665],
    [' 7-Jul-1996 02:44:25 -0700', 836732665],
    ['07-Jul-1996 02:44:25 -0700', 836732665],
    ['18-May-2033 05:33:20 +0200', 2e9],
    ['01-Jan-1970 00:00:00 +0000', 0],
    ['31-Dec-1969 23:59:59 +0000', -1],
  ])('%s', (date, seconds) => {
    expect(Internaldate2tuple(line(date))?.date.getTime()).toBe(seconds * 1000)
  })

  test.each(['01-jan-2000 11:30:00 +0000', '01-Foo-2000 11:30:00 +0000', '1-Jan-2000 11:30:00 +0000', ''])(
    'no date: %s',
    (date) => {
      expect(Internaldate2tuple(line(date))).toBeNull()
    },
  )

  test('a bare date is not enough', () => {
    expect(Internaldate2tuple('"01-Jan-2000 11:30:00 +0000"')).toBeNull()
  })
})

describe('Time2Internaldate', () => {
  test('all kinds of time', () => {
    inZone('Europe/Berlin')
    const wanted = '"18-May-2033 05:33:20 +0200"'
    const tuple = Internaldate2tuple('INTERNALDATE "18-May-2033 03:33:20 +0000"')
    for (const time of [
      2e9,
      2e9 + 0.7,
      new Date(2e12),
      { date: new Date(2e12), utcOffset: 120 },
      [2033, 5, 18, 5, 33, 20, -1, -1, -1],
      [2033, 5, 18, 5, 33, 20, -1, -1, 1],
      tuple ?? '',
      wanted,
    ])
      expect(Time2Internaldate(time)).toBe(wanted)
    expect(Time2Internaldate([2033, 5, 18, 5, 33, 20, -1, -1, 0])).toBe('"18-May-2033 05:33:20 +0100"')
    expect(Time2Internaldate({ date: new Date(2e12), utcOffset: -570 })).toBe('"17-May-2033 18:03:20 -0930"')
    inZone('Asia/Kathmandu')
    expect(Time2Internaldate(0)).toBe('"01-Jan-1970 05:30:00 +0530"')
  })

  test('what is none', () => {
    for (const none of ['x', '', 'now"', new Date(Number.NaN), Number.NaN, { date: new Date(), utcOffset: 0.5 }])
      expect(() => Time2Internaldate(none)).toThrow(RangeError)
    expect(() => Time2Internaldate([2000, 1, 1])).toThrow(TypeError)
    expect(() => Time2Internaldate({ date: new Date('+010000-01-01'), utcOffset: 0 })).toThrow(RangeError)
  })

  test('and back', () => {
    for (const name of ['UTC', 'America/New_York', 'Australia/Lord_Howe']) {
      inZone(name)
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => {
          const date = `INTERNALDATE ${Time2Internaldate(seconds)}`
          expect(Internaldate2tuple(date)?.date.getTime()).toBe(seconds * 1000)
        }),
        { numRuns: 60 },
      )
    }
  })
})

test('the names of the module', () => {
  for (const name of [
    'IMAP4',
    'IMAP4_SSL',
    'IMAP4_stream',
    'Internaldate2tuple',
    'Int2AP',
    'ParseFlags',
    'Time2Internaldate',
    'Commands',
    'AllowedVersions',
    'CRLF',
    'Continuation',
    'Flags',
    'InternalDate',
    'Literal',
    'MapCRLF',
    'Response_code',
    'Untagged_response',
    'Untagged_status',
    'Months',
    'Mon2num',
    'IMAP4_PORT',
    'IMAP4_SSL_PORT',
    'HAVE_SSL',
    '__version__',
  ])
    expect(imaplib).toHaveProperty(name)
  expect([imaplib.IMAP4_PORT, imaplib.IMAP4_SSL_PORT, imaplib.settings]).toEqual([
    143,
    993,
    { Debug: 0, _MAXLINE: 1_000_000 },
  ])
  expect([imaplib.Months[12], imaplib.Mon2num.get('Dec')]).toEqual(['Dec', 12])
  expect(imaplib.Literal.exec('FETCH {12}')?.groups?.['size']).toBe('12')
  expect(imaplib.Response_code.exec('[A b] c] d')?.groups).toMatchObject({ type: 'A', data: 'b] c' })
  expect('a\rb\nc\r\n'.replaceAll(imaplib.MapCRLF, '\r\n')).toBe('a\r\nb\r\nc\r\n')
})
