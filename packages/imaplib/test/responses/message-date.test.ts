import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMessageDate } from '../../src/responses/message-date.ts'

const iso = (text: string): string => {
  const time = parseMessageDate(text)
  return Number.isNaN(time) ? 'none' : new Date(time).toISOString()
}

describe('parseMessageDate', () => {
  it.each([
    // RFC 5322, Appendix A
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z'],
    ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37.000Z'],
    ['Thu, 13 Feb 1969 23:32:54 -0330', '1969-02-14T03:02:54.000Z'],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z'],
    [
      'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
      '1969-02-14T03:02:00.000Z',
    ],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
    // RFC 5322 §4.3
    ['1 Jan 49 00:00 UT', '2049-01-01T00:00:00.000Z'],
    ['1 Jan 50 00:00 UT', '1950-01-01T00:00:00.000Z'],
    ['1 Jan 103 00:00 UT', '2003-01-01T00:00:00.000Z'],
    ['Wed, 17 Jul 1996 02:23:25 EDT', '1996-07-17T06:23:25.000Z'],
    ['Wed, 17 Jul 1996 02:23:25 X', '1996-07-17T02:23:25.000Z'],
    // seen in the wild
    ['Wed, 17 Jul 1996 02:23:25 -0700 (PDT)', '1996-07-17T09:23:25.000Z'],
    ['17 Jul 1996', '1996-07-17T00:00:00.000Z'],
    ['Wed Jul 17 02:23:25 1996', '1996-07-17T02:23:25.000Z'],
    ['Wed, 17-Jul-1996 02:23:25 GMT', '1996-07-17T02:23:25.000Z'],
    ['Wed, 17 Jul 1996 2:3:5 +0200', '1996-07-17T00:03:05.000Z'],
    ['Wed, 17 Jul 1996 02:23:25 GMT+0200', '1996-07-17T00:23:25.000Z'],
    ['Wed, 17 Jul 1996 02:23:25 +02:00', '1996-07-17T00:23:25.000Z'],
    ['1996-07-17T02:23:25Z', '1996-07-17T02:23:25.000Z'],
    ['1996-07-17 02:23:25.123 +0100', '1996-07-17T01:23:25.000Z'],
    ['WED, 17 JULY 1996 02:23:25 -0000', '1996-07-17T02:23:25.000Z'],
    ['Wed, 17 Jul 1996 02.23.25 +0000', '1996-07-17T02:23:25.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00.000Z'],
    ['1 Mar 2024 00:00:00 -0000', '2024-03-01T00:00:00.000Z'],
    ['Fri, 1 Mar 2024 00:00:00 +0000 (UTC)', '2024-03-01T00:00:00.000Z'],
    ['Fri, 1 Mar 2024 00:00:00 +00000', '2024-03-01T00:00:00.000Z'],
    // no dates
    ['', 'none'],
    ['yesterday', 'none'],
    ['Wed, 32 Jul 1996 00:00:00 +0000', 'none'],
    ['29 Feb 2023 00:00:00 +0000', 'none'],
    ['17 Jul 99999 00:00:00 +0000', 'none'],
    ['(17 Jul 1996', 'none'],
  ])('%s', (text, expected) => expect(iso(text)).toBe(expected))

  it('reads what Date writes', () => {
    const seconds = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, (value) => {
        expect(parseMessageDate(new Date(value * 1000).toUTCString())).toBe(value * 1000)
      }),
    )
  })

  it('reads the usual form as it reads the same with two spaces', () => {
    const time = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 })
    const zone = fc.constantFrom('+0000', '-0000', '+0530', '-1130', '+1400', '+9999', '+01', 'GMT', '')
    fc.assert(
      fc.property(time, zone, (seconds, offset) => {
        const text = new Date(seconds * 1000).toUTCString().replace('GMT', offset)
        expect(parseMessageDate(text)).toBe(parseMessageDate(text.replaceAll(' ', '  ')))
      }),
    )
  })

  it('never throws, and gives a time or NaN', () => {
    const words = fc.constantFrom(
      'Jul',
      '17',
      '1996',
      '02:23',
      ':',
      '+',
      '-',
      '(',
      ')',
      '\\',
      'GMT',
      ',',
      '99999999999999999999',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 3 }))), (parts) => {
        const time = parseMessageDate(parts.join(' '))
        expect(Number.isNaN(time) || !Number.isNaN(new Date(time).getTime())).toBe(true)
      }),
    )
  })
})
