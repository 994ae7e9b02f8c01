import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceSet, type SetMember, type SetNumber } from '../../src/wire/sequence-set.ts'

const MOST = 4294967295

const refusal = expect.objectContaining({ code: 'EINVALID' })

describe('parse', () => {
  it.each([
    ['1', '1'],
    ['*', '*'],
    ['1:*', '1:*'],
    ['*:5', '5:*'],
    ['5:1', '1:5'],
    ['1,3:5,8:*', '1,3:5,8:*'],
    ['2,1', '1:2'],
    ['1:3,2:9,20', '1:9,20'],
    ['1:3,4:9', '1:9'],
    ['1:3,5:9', '1:3,5:9'],
    ['10:20,1:15,3', '1:20'],
    ['7,7,7', '7'],
    ['*,5:*', '5:*'],
    ['*,*', '*'],
    ['4294967295', '4294967295'],
    ['1:4294967295', '1:4294967295'],
    // `*` may be any number, so it is not the one after the largest.
    ['4294967295,*', '4294967295,*'],
    ['*,4294967295', '4294967295,*'],
    ['1:4294967295,*', '1:4294967295,*'],
    // RFC 9051 §9, sequence-set: 2,4:7,9,12:* in a mailbox of 15
    ['2,4:7,9,12:*', '2,4:7,9,12:*'],
    ['*:4,5:7', '4:*'],
  ])('%s is %s', (text, packed) => expect(SequenceSet.parse(text).toString()).toBe(packed))

  it.each([
    '',
    ',',
    '1,',
    ',1',
    '1,,2',
    ':',
    '1:',
    ':1',
    '1:2:3',
    '0',
    '0:5',
    '01',
    '4294967296',
    '99999999999999999999999999',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x1',
    ' 1',
    '1 ',
    '1, 2',
    '1:2\r\n',
    '1\0',
    '$',
    'a',
    '**',
    '1*',
    '١',
    '1;2',
  ])('%j is refused', (text) => expect(() => SequenceSet.parse(text)).toThrow(refusal))
})

describe('of', () => {
  it.each<[string, Parameters<typeof SequenceSet.of>]>([
    ['', []],
    ['', [[]]],
    ['7', [7]],
    ['1:3,9', [3, 1, 2, 9]],
    ['1:3,9', [[3, 1, 2, 9, 9]]],
    ['1:2', [[1, 2]]],
    ['5:*', [[5, '*']]],
    ['5:*', [['*', 5]]],
    ['*', ['*']],
    ['*', [['*', '*']]],
    ['3:9,20:*', [[[9, 3], [20, '*'], 4]]],
    ['1:4', [new Set([4, 3, 2, 1])]],
    ['1:2,4294967295', [new Uint32Array([2, MOST, 1])]],
    ['1:4294967295', [SequenceSet.parse('2:4294967295'), 1]],
    ['1:*', [SequenceSet.all]],
    [
      '1:*',
      [
        [
          [1, 4],
          [5, '*'],
        ],
      ],
    ],
    ['4294967295,*', [MOST, '*']],
    ['1:4294967295,*', [[[1, MOST], '*']]],
  ])('%s', (text, members) => expect(SequenceSet.of(...members).toString()).toBe(text))

  it('ranges', () => {
    expect(
      SequenceSet.ofRanges([
        [5, 1],
        [7, '*'],
        [6, 6],
      ]).toString(),
    ).toBe('1:*')
    expect(SequenceSet.ofRanges([[1, 2]]).toString()).toBe('1:2')
    expect(SequenceSet.ofNumbers([9, 1, 2, 2, 3, MOST]).toString()).toBe('1:3,9,4294967295')
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity, MOST + 1, '1:5', 'x', null, undefined, {}, [1, 2, 3]] as unknown[])(
    'refuses %j',
    (member) => {
      expect(() => SequenceSet.of([member as SetMember])).toThrow(refusal)
      expect(() => SequenceSet.ofNumbers([member as number])).toThrow(refusal)
      expect(() => SequenceSet.ofRanges([[1, member as number]])).toThrow(refusal)
    },
  )

  it('does not take the number after the largest for *', () =>
    expect(() => SequenceSet.ofNumbers([MOST, MOST + 1])).toThrow(refusal))

  it('takes very many numbers in any order', () => {
    const numbers = Array.from({ length: 200_000 }, (_, i) => ((i * 7919) % 200_000) + 1)
    for (const set of [SequenceSet.of(numbers), SequenceSet.ofNumbers(numbers)]) expect(set.toString()).toBe('1:200000')
    const odd = SequenceSet.of(numbers.map((n) => n * 2 - 1))
    expect([odd.rangeCount, odd.size, odd.last]).toEqual([200_000, 200_000, 399_999])
  })
})

describe('what costs nothing', () => {
  const wide = SequenceSet.parse('1:4294967295')

  it('is as large as it says', () => {
    expect([wide.size, wide.first, wide.last, wide.rangeCount]).toEqual([MOST, 1, MOST, 1])
    expect([wide.has(1), wide.has(MOST), wide.has(0), wide.has(MOST + 1)]).toEqual([true, true, false, false])
    expect([wide.at(0), wide.at(4_000_000_000), wide.at(MOST)]).toEqual([1, 4_000_000_001, undefined])
    expect(wide.indexOf(4_000_000_001)).toBe(4_000_000_000)
    expect(wide.subtract(SequenceSet.of(5)).toString()).toBe('1:4,6:4294967295')
    expect(wide.intersect(SequenceSet.parse('4:7,9:*')).toString()).toBe('4:7,9:4294967295')
  })

  it('is iterated number by number', () => {
    const taken: number[] = []
    for (const number of wide) {
      taken.push(number)
      if (taken.length === 3) break
    }
    expect(taken).toEqual([1, 2, 3])
  })

  it('is not made an array beyond the limit', () => {
    expect(() => wide.toArray()).toThrow(refusal)
    expect(SequenceSet.parse('2,4:6').toArray(4)).toEqual([2, 4, 5, 6])
    expect(() => SequenceSet.parse('2,4:6').toArray(3)).toThrow(refusal)
  })
})

describe('*', () => {
  const set = SequenceSet.parse('2,5:*')

  it('is above all numbers', () => {
    expect([set.size, set.last, set.first, set.hasStar]).toEqual([Infinity, Infinity, 2, true])
    expect([set.has(4), set.has(5), set.has(MOST)]).toEqual([false, true, true])
    expect([...set.ranges()]).toEqual([
      { from: 2, to: 2 },
      { from: 5, to: Infinity },
    ])
    expect([...SequenceSet.parse('*').ranges()]).toEqual([{ from: Infinity, to: Infinity }])
  })

  it('cannot be iterated, at once and not when it is reached', () => {
    expect(() => set[Symbol.iterator]()).toThrow(refusal)
    expect(() => set.toArray(Infinity)).toThrow(refusal)
  })
})

it('split keeps each piece short', () => {
  const set = SequenceSet.parse('1,3,5,7:9,11,100:200')
  expect(set.split(7).map(String)).toEqual(['1,3,5', '7:9,11', '100:200'])
  expect(set.split(1).map(String)).toEqual(['1', '3', '5', '7:9', '11', '100:200'])
  expect(set.split(100)).toEqual([set])
  expect(SequenceSet.empty.split(10)).toEqual([])
})

it('shows itself as text, briefly', () => {
  expect(String(SequenceSet.parse('1:3,9'))).toBe('1:3,9')
  expect(JSON.stringify({ set: SequenceSet.parse('1:3,9') })).toBe('{"set":"1:3,9"}')
  const long = SequenceSet.of(Array.from({ length: 1000 }, (_, i) => i * 2 + 1))
  expect(inspect(long).length).toBeLessThan(120)
})

describe('the same as sets of numbers', () => {
  // Numbers near both ends, and `*`, which has a place of its own at the end.
  const universe: SetNumber[] = [...Array.from({ length: 12 }, (_, i) => i + 1), MOST - 2, MOST - 1, MOST, '*']
  const place = (number: SetNumber) => universe.indexOf(number)
  const member = fc.constantFrom(...universe)
  const ranges = fc.array(fc.tuple(member, member), { maxLength: 6 })

  const model = (pairs: readonly (readonly [SetNumber, SetNumber])[]): Set<SetNumber> => {
    const found = new Set<SetNumber>()
    for (const [a, b] of pairs)
      for (let i = Math.min(place(a), place(b)); i <= Math.max(place(a), place(b)); i += 1)
        found.add(universe[i] as SetNumber)
    return found
  }
  const members = (set: SequenceSet): Set<SetNumber> =>
    new Set(universe.filter((number) => (number === '*' ? set.hasStar : set.has(number))))
  const both = (f: (a: SequenceSet, b: SequenceSet, ma: Set<SetNumber>, mb: Set<SetNumber>) => void) =>
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        f(SequenceSet.ofRanges(a), SequenceSet.ofRanges(b), model(a), model(b))
      }),
      { numRuns: 500 },
    )

  it('what is in it', () => both((a, _b, ma) => expect(members(a)).toEqual(ma)))
  it('union', () => both((a, b, ma, mb) => expect(members(a.union(b))).toEqual(members(SequenceSet.of(...ma, ...mb)))))
  it('intersect', () =>
    both((a, b, ma, mb) =>
      expect(members(a.intersect(b))).toEqual(new Set([...universe].filter((n) => ma.has(n) && mb.has(n)))),
    ))
  it('subtract', () =>
    both((a, b, ma, mb) =>
      expect(members(a.subtract(b))).toEqual(new Set([...universe].filter((n) => ma.has(n) && !mb.has(n)))),
    ))
  it('equals', () => both((a, b) => expect(a.equals(b)).toBe(a.toString() === b.toString())))

  it('text there and back, merged as far as can be', () =>
    both((a, b) => {
      for (const set of [a, b, a.union(b), a.intersect(b), a.subtract(b)]) {
        expect(set.isEmpty).toBe(set.toString() === '')
        if (set.isEmpty) continue
        expect(SequenceSet.parse(set.toString()).equals(set)).toBe(true)
        const found = [...set.ranges()]
        expect(found).toHaveLength(set.rangeCount)
        found.forEach(({ from, to }, i) => {
          expect(from).toBeLessThanOrEqual(to)
          const before = found[i - 1]
          if (before !== undefined) expect(from).toBeGreaterThan(before.to + 1)
        })
      }
    }))

  it('places', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 25 }), (numbers) => {
        const set = SequenceSet.of(numbers)
        const sorted = [...new Set(numbers)].sort((a, b) => a - b)
        expect([...set]).toEqual(sorted)
        expect(set.toArray()).toEqual(sorted)
        expect(set.size).toBe(sorted.length)
        expect([set.first, set.last]).toEqual([sorted[0], sorted.at(-1)])
        for (let i = -1; i <= sorted.length; i += 1) expect(set.at(i)).toBe(i === -1 ? undefined : sorted[i])
        for (let n = 0; n <= 41; n += 1) expect(set.indexOf(n)).toBe(sorted.indexOf(n))
        expect(set.at(0.5)).toBe(undefined)
      }),
    )
  })

  it('pieces of a split', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 60 }), (pairs, length) => {
        const set = SequenceSet.ofRanges(pairs)
        const pieces = set.split(length)
        expect(pieces.join(',')).toBe(set.toString())
        for (const piece of pieces) expect(piece.rangeCount === 1 || piece.toString().length <= length).toBe(true)
        // As few as can be: no two neighbours would fit in one.
        pieces.slice(1).forEach((piece, i) => {
          const [first = ''] = piece.toString().split(',')
          expect(`${String(pieces[i])},${first}`.length).toBeGreaterThan(length)
        })
      }),
    )
  })

  it('any text is refused or read', () => {
    const letters = fc.constantFrom('1', '2', '0', '9', ',', ':', '*', '4294967295', ' ', '-')
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        const number = String.raw`(?:\*|[1-9]\d*)`
        const good =
          new RegExp(`^${number}(?::${number})?(?:,${number}(?::${number})?)*$`).test(text) &&
          (text.match(/\d+/g) ?? []).every((digits) => Number(digits) <= MOST)
        let read = true
        try {
          SequenceSet.parse(text)
        } catch (error) {
          expect(error).toEqual(refusal)
          read = false
        }
        expect(read).toBe(good)
      }),
      { numRuns: 1000 },
    )
  })
})
