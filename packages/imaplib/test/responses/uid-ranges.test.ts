import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStatusLine, type StatusLine } from '../../src/connection/status-line.ts'
import { responseCode } from '../../src/responses/response-code.ts'
import { countUids, uidPairs } from '../../src/responses/uid-ranges.ts'

const copyUid = (text: string) => {
  const code = responseCode(parseStatusLine(`OK [COPYUID 1 ${text}] Done`) as StatusLine)
  if (code?.name !== 'COPYUID') throw new Error(`not COPYUID: ${JSON.stringify(code)}`)
  return code
}

describe('uidPairs', () => {
  it('pairs the n-th with the n-th, in the order they were sent (RFC 4315 §3)', () => {
    const { source, destination } = copyUid('304,319:320 3956:3958')
    expect([...uidPairs(source, destination)]).toEqual([
      [304, 3956],
      [319, 3957],
      [320, 3958],
    ])
    const unsorted = copyUid('9,3 20:21')
    expect([...uidPairs(unsorted.source, unsorted.destination)]).toEqual([
      [9, 20],
      [3, 21],
    ])
  })

  it('ends with the shorter one', () => {
    const { source, destination } = copyUid('1:3 10')
    expect([...uidPairs(source, destination)]).toEqual([[1, 10]])
    expect([...uidPairs(destination, source)]).toEqual([[10, 1]])
  })

  it('makes pairs of four billion UIDs as they are asked for', () => {
    const { source, destination } = copyUid('1:4294967295 1:4294967295')
    expect(countUids(source)).toBe(4294967295)
    expect(uidPairs(source, destination).next().value).toEqual([1, 1])
  })

  it('counts what it pairs', () => {
    const uids = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 5 })), { minLength: 1 })
    fc.assert(
      fc.property(uids, (pairs) => {
        const text = pairs.map(([first, more]) => (more === 0 ? `${first}` : `${first + more}:${first}`)).join(',')
        const { source, destination } = copyUid(`${text} ${text}`)
        const found = [...uidPairs(source, destination)]
        expect(found).toHaveLength(countUids(source))
        expect(found.every(([from, to]) => from === to)).toBe(true)
      }),
    )
  })
})
