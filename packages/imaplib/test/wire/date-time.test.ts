import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDate, formatDateTime, parseDate, parseDateTime } from '../../src/wire/date-time.ts'

const refusal = expect.objectContaining({ code: 'EINVALID' })

const utc = (year: number, ...rest: [number, number, number?, number?, number?]): number => {
  const [month, day, hour = 0, minute = 0, second = 0] = rest
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.setUTCHours(hour, minute, second)
}

describe('days', () => {
  it.each([
    ['2026-01-01', '1-Jan-2026'],
    ['2024-02-29', '29-Feb-2024'],
    ['2000-02-29', '29-Feb-2000'],
    ['0000-02-29', '29-Feb-0000'],
    ['0001-01-01', '1-Jan-0001'],
    ['9999-12-31', '31-Dec-9999'],
  ])('%s is %s', (day, text) => {
    expect(formatDate(day)).toBe(text)
    expect(parseDate(text)).toBe(day)
  })

  it('of a Date are those in UTC', () => {
    expect(formatDate(new Date('2026-03-01T00:00:00Z'))).toBe('1-Mar-2026')
    expect(formatDate(new Date('2026-02-28T23:59:59.999Z'))).toBe('28-Feb-2026')
    expect(formatDate(new Date(utc(0, 1, 1)))).toBe('1-Jan-0000')
    expect(formatDate(new Date(utc(9999, 12, 31, 23, 59, 59)))).toBe('31-Dec-9999')
  })

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '2026-04-31',
    '2026-1-1',
    '26-01-01',
    '',
    '2026-01-01T00:00',
    '2026/01/01',
    '2026-01-0a',
    '-026-01-01',
    ' 2026-01-01',
    '2026-01-01\r\n',
    '１２３４-01-01',
  ])('%j is refused', (day) => expect(() => formatDate(day)).toThrow(refusal))

  it('outside of four digits, and no time at all, are refused', () => {
    for (const time of [Number.NaN, utc(-1, 12, 31), utc(10_000, 1, 1), 8.64e15, -8.64e15])
      expect(() => formatDate(new Date(time))).toThrow(refusal)
  })

  it('are read in any case', () => {
    expect(parseDate('01-jAN-2026')).toBe('2026-01-01')
    for (const text of [
      '',
      '1-Jan-26',
      '1-Jän-2026',
      '1-Foo-2026',
      '30-Feb-2026',
      '001-Jan-2026',
      '-Jan-2026',
      '1-Jan-2026 ',
      '1-Jan 2026',
      'x-Jan-2026',
      '1-Jan-20x6',
    ])
      expect(parseDate(text)).toBe(null)
  })
})

describe('moments', () => {
  it.each<[string, number, number]>([
    // RFC 9051 §6.3.12, §7.5.2
    [' 7-Feb-1994 22:43:04 +0000', utc(1994, 2, 7, 22, 43, 4), 0],
    ['17-Jul-1996 02:44:25 -0700', utc(1996, 7, 17, 9, 44, 25), -420],
    ['29-Feb-2024 23:59:59 +1400', utc(2024, 2, 29, 9, 59, 59), 840],
    [' 1-Jan-1970 00:00:00 +0000', 0, 0],
    ['31-Dec-1969 23:59:59 +0000', -1000, 0],
    [' 1-Jan-0000 00:00:00 +0000', utc(0, 1, 1), 0],
    ['31-Dec-9999 23:59:59 +0000', utc(9999, 12, 31, 23, 59, 59), 0],
    ['31-Dec-9999 23:59:59 -2359', utc(9999, 12, 31, 23, 59, 59) + 1439 * 60_000, -1439],
    ['15-Jun-2026 12:00:00 +0545', utc(2026, 6, 15, 6, 15, 0), 345],
  ])('%s', (text, time, zone) => {
    expect(parseDateTime(text)).toEqual({ time, zone })
    expect(formatDateTime({ time, zone })).toBe(text)
    expect(formatDateTime(text)).toBe(text)
    expect(parseDateTime(`xx"${text}"`, 3, 3 + text.length)).toEqual({ time, zone })
  })

  it.each<[string, string]>([
    ['1-Jan-2026 00:00:00 +0000', ' 1-Jan-2026 00:00:00 +0000'],
    ['01-Jan-2026 00:00:00 +0000', ' 1-Jan-2026 00:00:00 +0000'],
    [' 1-JAN-2026 00:00:00 +0000', ' 1-Jan-2026 00:00:00 +0000'],
    ['1-jan-2026 00:00:00 -0000', ' 1-Jan-2026 00:00:00 +0000'],
    ['31-Dec-2016 23:59:60 +0000', ' 1-Jan-2017 00:00:00 +0000'],
  ])('%j is read too', (text, written) => expect(formatDateTime(text)).toBe(written))

  it.each([
    '',
    ' ',
    'NIL',
    '1-Jan-2026',
    ' 1-Jan-2026 00:00:00',
    ' 1-Jan-2026 00:00:00 GMT',
    '  1-Jan-2026 00:00:00 +0000',
    ' 1-Jan-2026 00:00:00 +0000 ',
    ' 0-Jan-2026 00:00:00 +0000',
    '30-Feb-2026 00:00:00 +0000',
    '29-Feb-1900 00:00:00 +0000',
    ' 1-Jan-2026 24:00:00 +0000',
    ' 1-Jan-2026 00:60:00 +0000',
    ' 1-Jan-2026 00:00:61 +0000',
    ' 1-Jan-2026 00:00:00 +2400',
    ' 1-Jan-2026 00:00:00 +0060',
    ' 1-Jan-2026 00:00:00 00000',
    ' 1-Jan-26 00:00:00 +0000',
    '1 -Jan-2026 00:00:00 +0000',
    ' 1-Foo-2026 00:00:00 +0000',
    ' 1-Ja\u016e-2026 00:00:00 +0000',
    ' 1/Jan/2026 00:00:00 +0000',
    ' 1-Jan-2026T00:00:00 +0000',
    ' 1-Jan-2026 00.00.00 +0000',
    ' 1-Jan-2026 0:00:000 +0000',
    '001-Jan-2026 00:00:00 +0000',
    ' 1-Jan--026 00:00:00 +0000',
    ' 1-Jan-2026 00:00:0x +0000',
  ])('%j is none', (text) => {
    expect(parseDateTime(text)).toBe(null)
    expect(() => formatDateTime(text)).toThrow(refusal)
  })

  it('are written in the zone asked for', () => {
    const date = new Date('2026-06-15T22:30:15.999Z')
    expect(formatDateTime(date)).toBe('15-Jun-2026 22:30:15 +0000')
    expect(formatDateTime(date, 120)).toBe('16-Jun-2026 00:30:15 +0200')
    expect(formatDateTime(date, -210)).toBe('15-Jun-2026 19:00:15 -0330')
    expect(formatDateTime({ time: date.getTime(), zone: 60 })).toBe('15-Jun-2026 23:30:15 +0100')
    expect(formatDateTime({ time: date.getTime(), zone: 60 }, 0)).toBe('15-Jun-2026 22:30:15 +0000')
    for (const zone of [1440, -1440, 0.5, Number.NaN, Infinity])
      expect(() => formatDateTime(date, zone)).toThrow(refusal)
  })

  it('are refused when four digits cannot hold their year', () => {
    expect(() => formatDateTime(new Date(Number.NaN))).toThrow(refusal)
    expect(() => formatDateTime(new Date(utc(9999, 12, 31, 23, 59, 59)), 1)).toThrow(refusal)
    expect(() => formatDateTime(new Date(utc(0, 1, 1)), -1)).toThrow(refusal)
    expect(() => formatDateTime({ time: Infinity, zone: 0 })).toThrow(refusal)
  })

  it('there and back, for any', () => {
    const seconds = fc.integer({ min: utc(0, 1, 2) / 1000, max: utc(9999, 12, 30) / 1000 })
    fc.assert(
      fc.property(seconds, fc.integer({ min: -1439, max: 1439 }), (second, zone) => {
        const value = { time: second * 1000, zone }
        expect(parseDateTime(formatDateTime(value))).toEqual(value)
        const date = new Date(value.time)
        expect(parseDate(formatDate(date))).toBe(date.toISOString().slice(0, 10))
      }),
      { numRuns: 1000 },
    )
  })

  it('no text makes anything but a moment or null', () => {
    const good = '17-Jul-1996 02:44:25 -0700'
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 0xffff }), (at, code) => {
        const value = parseDateTime(good.slice(0, at) + String.fromCharCode(code) + good.slice(at + 1))
        if (value !== null)
          expect(formatDateTime(value)).toMatch(/^[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
        expect(value === null || Number.isSafeInteger(value.time)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
