import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceSet } from '../../src/wire/sequence-set.ts'
import { pairSets } from '../../src/wire/uid-map.ts'

const expand = (text: string): number[] =>
  text.split(',').flatMap((range) => {
    const ends = range.split(':').map(Number)
    const [from, to] = [Math.min(...ends), Math.max(...ends)]
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })

describe('pairSets', () => {
  it('pairs as RFC 4315 §3 has it', () => {
    const map = pairSets('304,319:320', '3956:3958')
    expect([...map]).toEqual([
      [304, 3956],
      [319, 3957],
      [320, 3958],
    ])
    expect([map.size, map.get(319), map.get(305), map.has(320), map.has(321)]).toEqual([
      3,
      3957,
      undefined,
      true,
      false,
    ])
  })

  it('keeps the order of lists that are not sorted', () => {
    const map = pairSets('9,3:5,1', '10:12,7,8')
    expect([...map.entries()]).toEqual([
      [9, 10],
      [3, 11],
      [4, 12],
      [5, 7],
      [1, 8],
    ])
    expect([map.sources.toString(), map.destinations.toString()]).toEqual(['1,3:5,9', '7:8,10:12'])
  })

  it('takes 4:2 for 2:4 (RFC 9051 §9, uid-range)', () => {
    expect([...pairSets('4:2', '7:9')]).toEqual([
      [2, 7],
      [3, 8],
      [4, 9],
    ])
  })

  it('takes ranges and sets', () => {
    const map = pairSets(
      [
        { first: 5, last: 6 },
        { first: 1, last: 1 },
      ],
      SequenceSet.parse('20:22'),
    )
    expect([...map]).toEqual([
      [5, 20],
      [6, 21],
      [1, 22],
    ])
    expect([...pairSets([], [])]).toEqual([])
    expect(pairSets([], []).get(1)).toBe(undefined)
  })

  it('expands nothing', () => {
    const map = pairSets('1:4294967295', '1:4294967295')
    expect([map.size, map.get(4_000_000_000)]).toEqual([4294967295, 4_000_000_000])
    const pairs = map[Symbol.iterator]()
    expect(pairs.next().value).toEqual([1, 1])
  })

  it.each([
    ['1:3', '1:2'],
    ['1', '1:4294967295'],
    ['1,1', '5:6'],
    ['1:5,3', '11:16'],
    ['5,*', '1:2'],
    ['*', '1'],
  ])('refuses %s with %s', (source, destination) =>
    expect(() => pairSets(source, destination)).toThrow(expect.objectContaining({ code: 'EUNPARSED' })),
  )

  it('refuses what is no set', () =>
    expect(() => pairSets('1,,2', '1:2')).toThrow(expect.objectContaining({ code: 'EINVALID' })))

  it('is the same as two lists of numbers', () => {
    // Ranges that do not overlap, in any order.
    const list = fc
      .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 })
      .chain((starts) =>
        fc.tuple(fc.constant(starts), fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 12, maxLength: 12 })),
      )
      .map(([starts, lengths]) =>
        starts.map((start, i) => `${start * 10 + 1}:${start * 10 + 1 + (lengths[i] ?? 0)}`).join(','),
      )
    fc.assert(
      fc.property(list, list, (source, destination) => {
        const [from, to] = [expand(source), expand(destination)]
        if (from.length !== to.length) {
          expect(() => pairSets(source, destination)).toThrow(expect.objectContaining({ code: 'EUNPARSED' }))
          return
        }
        const map = pairSets(source, destination)
        expect([...map]).toEqual(from.map((uid, i) => [uid, to[i]]))
        for (let uid = 0; uid < 320; uid += 1) {
          const i = from.indexOf(uid)
          expect(map.get(uid)).toBe(i === -1 ? undefined : to[i])
        }
      }),
    )
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 1000 }), (source, start) => {
        const from = expand(source)
        const map = pairSets(source, `${start}:${start + from.length - 1}`)
        from.forEach((uid, i) => expect(map.get(uid)).toBe(start + i))
        expect(map.size).toBe(from.length)
      }),
    )
  })
})
