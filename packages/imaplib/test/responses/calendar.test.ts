import fc from 'fast-check'
import { expect, it } from 'vitest'
import { daysIn, daysSince1970, monthAt } from '../../src/responses/calendar.ts'

it('counts days as Date does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 11 }),
      fc.nat({ max: 30 }),
      (year, month, day) => {
        const date = new Date(0)
        date.setUTCFullYear(year, month, 1)
        expect(daysSince1970(year, month, 1) * 86_400_000).toBe(date.getTime())
        date.setUTCFullYear(year, month + 1, 0)
        expect(daysIn(year, month)).toBe(date.getUTCDate())
        expect(daysSince1970(year, month, day + 1)).toBe(daysSince1970(year, month, 1) + day)
      },
    ),
  )
})

it('knows months in any case', () => {
  expect(monthAt('1-jAn-2000', 2)).toBe(0)
  expect(monthAt('Dec', 0)).toBe(11)
  expect(monthAt('De', 0)).toBe(-1)
  expect(monthAt('Foo', 0)).toBe(-1)
  expect(monthAt('Ja\u016e', 0)).toBe(-1)
})
