import { describe, expect, it } from 'vitest'
import { compareWithBaseline, guardedRatios } from '../src/report/baseline.mjs'
import { results } from '../src/report/results.mjs'

const run = (cpu) => ({ wall: cpu, cpu, peak: 1000, extra: {}, sums: {} })
const row = (client, count, ...cpus) => ({ client, count, runs: cpus.map(run) })
const item = { id: 'X', title: 'x', unit: 'message', metric: 'cpu' }

describe('results', () => {
  it('takes medians and compares per unit of work', () => {
    const { rows } = results(item, [row('raw', 100, 1, 9, 2), row('ours', 100, 4, 4, 4), row('imapflow', 50, 8, 8, 8)])
    const ours = rows.find(({ client }) => client === 'ours')
    expect(ours.cpu).toEqual({ median: 4, min: 4, max: 4 })
    expect(ours.ratios.raw).toBe(2)
    expect(ours.ratios.imapflow).toBe(0.25)
  })

  it('keeps a client that never finished, with its reason', () => {
    const { rows } = results(item, [row('raw', 1, 1), { client: 'ours', count: 1, runs: [], failure: 'no end' }])
    expect(rows[1]).toEqual({ client: 'ours', failure: 'no end' })
  })
})

describe('the guard', () => {
  const ratiosAt = (cpu) => guardedRatios([results(item, [row('raw', 1, 1), row('ours', 1, cpu), row('imap', 1, 1)])])

  it('keeps the ratios of this repository only', () => {
    expect(ratiosAt(3)).toEqual({ X: { ours: { raw: 3 } } })
  })

  it('lets a ratio grow by a fifth and no further', () => {
    const baseline = ratiosAt(3)
    expect(compareWithBaseline(baseline, ratiosAt(3.59)).worse).toEqual([])
    expect(compareWithBaseline(baseline, ratiosAt(3.7)).worse).toEqual(['X: ours ÷ raw is 3.7, was 3'])
  })

  it('counts what it compared, so that nothing at all is seen', () => {
    expect(compareWithBaseline(ratiosAt(3), {})).toEqual({ compared: 0, worse: [] })
  })

  it('leaves out references too quick to be compared with', () => {
    expect(guardedRatios([results(item, [row('raw', 1, 0.01), row('ours', 1, 1)])])).toEqual({})
  })
})
