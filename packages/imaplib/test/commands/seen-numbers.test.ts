import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeenNumbers } from '../../src/commands/seen-numbers.ts'

describe('SeenNumbers', () => {
  it('tells of each number, in any order, whether it has come before, as a set does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }), (numbers) => {
        const [first, ...rest] = numbers as [number, ...number[]]
        const seen = new SeenNumbers(first)
        const set = new Set([first])
        for (const number of rest) {
          expect(seen.add(number)).toBe(!set.has(number))
          set.add(number)
        }
      }),
    )
  })
})
