import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { extensions } from './extensions.list.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

interface Row {
  readonly capability: string
  readonly rfc: number | null
  readonly state: string
  readonly how: string
  readonly source: string
  readonly tests: readonly string[]
  readonly servers: readonly string[]
}

const plain = (cell: string): string => cell.replaceAll('`', '').trim()

const readRow = (line: string): Row => {
  const cells = line.split('|').slice(1, -1)
  const [capability = '', rfc = '', state = '', how = '', source = '', test = '', servers = ''] = cells.map(plain)
  const [, number] = /^\[(\d+)\]\(https:\/\/www\.rfc-editor\.org\/rfc\/rfc\1\)$/.exec(rfc) ?? []
  return {
    capability,
    rfc: number === undefined ? null : Number(number),
    state,
    how,
    source,
    tests: test.split(', '),
    servers: servers.split(', '),
  }
}

const rows = readFileSync(path('../../../docs/extensions.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map(readRow)

const realServers = ['Dovecot 2.3', 'Dovecot 2.4', 'Cyrus 3.6', 'Cyrus 3.12']

/** As a word of its own: `SORT` is not mentioned by `ESORT`, nor `UTF8=ALL` by `UTF8=ALLOW`. */
const mentions = (text: string, word: string): boolean => {
  const escaped = word.replace(/\*$/, '').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![A-Za-z0-9=-])${escaped}${/[A-Za-z0-9]$/.test(escaped) ? '(?![A-Za-z0-9=-])' : ''}`).test(text)
}

/** Whether a call of `exercised` in the test names the capability; one that has values is named with any of them. */
const tellsExercised = (text: string, capability: string): boolean => {
  const name = capability.replace(/\*$/, '')
  const end = /[=-]$/.test(name) && name !== 'LITERAL-' ? '' : "'"
  return [...text.matchAll(/exercised\(([^;]*?)\)\n/g)].some(([, names = '']) => names.includes(`'${name}${end}`))
}

describe('docs/extensions.md', () => {
  it('has every capability exactly once, with its RFC', () => {
    expect(rows.map(({ capability, rfc }) => [capability, rfc])).toEqual(extensions)
    expect(new Set(rows.map(({ capability }) => capability)).size).toBe(rows.length)
    const counts = new Map<string, number>()
    for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
    process.stdout.write(`extensions: ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}\n`)
  })

  it.each(rows.map((row) => [row.capability, row] as const))('%s', (_, row) => {
    const { capability, rfc, state, how, source, tests, servers } = row
    expect(['works', 'parsed', 'declined']).toContain(state)
    expect(how.length, 'how it is used, or the reason why not').toBeGreaterThan(3)

    if (state === 'declined') expect(source).toBe('—')
    else {
      const file = path(`../src/${source}`)
      expect(existsSync(file), `${source} exists`).toBe(true)
      if (rfc !== null) expect(mentions(readFileSync(file, 'utf8'), `RFC ${rfc}`), `${source}: RFC ${rfc}`).toBe(true)
    }

    const texts = tests.map((test) => {
      const proof = path(`./${test}`)
      expect(existsSync(proof), `${test} exists`).toBe(true)
      const text = readFileSync(proof, 'utf8')
      expect(mentions(text, capability), `${test} mentions it`).toBe(true)
      return text
    })
    if (servers.length === 1 && servers[0] === 'scripted') return
    for (const server of servers) expect(realServers).toContain(server)
    expect(
      texts.some((text) => tellsExercised(text, capability)),
      'a test tells that it exercised it',
    ).toBe(true)
  })
})
