import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EsearchResponse } from '../../src/responses/esearch.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import type { Response } from '../../src/responses/registry.ts'
import { Framer } from '../../src/wire/framer.ts'

const parse = <T extends Response['type']>(line: string, type: T): Extract<Response, { type: T }> => {
  const found: Response[] = []
  const context = new ParseContext()
  new Framer({ frame: (frame) => void found.push(parseUntagged(frame, context)) }).push(Buffer.from(`${line}\r\n`))
  const [response] = found
  if (response?.type !== type) throw new Error(`${JSON.stringify(response)} is not of type ${type}`)
  return response as Extract<Response, { type: T }>
}

const numbers = fc.array(fc.integer({ min: 1, max: 0xffffffff }))

describe('SEARCH', () => {
  it('has just the numbers that were sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 0xffffffff }))),
        (sent) => {
          const expected = [...new Set(sent.filter((number) => number !== 0))].sort((a, b) => a - b)
          expect([...parse(`* SEARCH ${sent.join(' ')}`, 'SEARCH').messages]).toEqual(expected)
        },
      ),
    )
  })

  it('takes a million hits', () => {
    const sent = Array.from({ length: 1_000_000 }, (_, n) => n * 2 + 1)
    expect(parse(`* SEARCH ${sent.join(' ')}`, 'SEARCH').messages.size).toBe(1_000_000)
    expect(parse(`* SEARCH ${sent.reverse().join(' ')}`, 'SEARCH').messages.size).toBe(1_000_000)
  })
})

describe('SORT', () => {
  it('keeps the order', () => {
    fc.assert(
      fc.property(numbers, (sent) => {
        expect(parse(`* SORT ${sent.join(' ')}`, 'SORT').messages).toEqual(sent)
      }),
    )
  })
})

describe('ESEARCH', () => {
  const all = (text: string) =>
    parse(`* ESEARCH (TAG "a") UID ALL ${text}`, 'ESEARCH').all as NonNullable<EsearchResponse['all']>

  it('gives its hits as a set, and in the order of the server', () => {
    const hits = all('5,9:7,1')
    expect([...hits]).toEqual([5, 9, 8, 7, 1])
    expect([...hits.set]).toEqual([1, 5, 7, 8, 9])
    expect(hits.set).toBe(hits.set)
  })

  it('does not spell ranges out', () => {
    const hits = all('1:4294967295')
    expect(hits.set.rangeCount).toBe(1)
    const [first, second] = hits
    expect([first, second]).toEqual([1, 2])
  })

  it('keeps any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1 }), (sent) => {
        expect([...all(sent.join(','))]).toEqual(sent)
      }),
    )
  })
})
