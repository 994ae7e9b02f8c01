import { describe, expect, it } from 'vitest'
import { SeenNumbers } from '../../src/commands/seen-numbers.ts'
import { RowQueue } from '../../src/client/row-queue.ts'
import { Connection } from '../../src/connection/connection.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import { SequenceSet } from '../../src/wire/sequence-set.ts'
import { Probe } from '../connection/scripted-peer.ts'
import { growth } from './growth.ts'

const FACTOR = 10
/** Between 10, which is linear, and 100, which is quadratic. */
const MOST = 35

/** So many commands at once over a connection to a server that says OK to each, the last one first or the first one first. */
const commands = async (count: number, order: 'in order' | 'backwards'): Promise<void> => {
  const [ours, theirs] = memoryPair()
  let said = ''
  theirs.start({
    data: (chunk) => {
      said += chunk.toString('latin1')
      if (!said.endsWith('\r\n')) return
      const tags = said.split('\r\n').flatMap((line) => (line === '' ? [] : [line.slice(0, line.indexOf(' '))]))
      said = ''
      if (order === 'backwards') tags.reverse()
      theirs.write(Buffer.from(tags.map((tag) => `${tag} OK done\r\n`).join('')))
    },
    drain: () => undefined,
    closed: () => undefined,
  })
  theirs.write(Buffer.from('* PREAUTH hello\r\n'))
  const connection = new Connection<Probe>(ours, { untagged: () => undefined, closed: () => undefined })
  await connection.greeting
  const probes = Array.from({ length: count }, () => new Probe('NOOP'))
  for (const probe of probes) connection.run(probe)
  await Promise.all(probes.map(({ done }) => done))
  expect(probes.every(({ outcome }) => outcome === 'OK')).toBe(true)
  connection.destroy()
}

describe('the measure', () => {
  it('tells linear from quadratic work', async () => {
    const loop = (n: number) => {
      let sum = 0
      for (let at = 0; at < n; at += 1) sum = (sum * 31 + at) | 0
      return sum
    }
    expect(await growth((n) => loop(n * 2000), 200, FACTOR)).toBeLessThan(MOST)
    expect(await growth((n) => loop(n * n * 10), 200, FACTOR)).toBeGreaterThan(MOST)
  })
})

describe('the work is in proportion to the number of', () => {
  it.each(['in order', 'backwards'] as const)('commands on the wire together, answered %s', async (order) => {
    expect(await growth((n) => commands(n, order), 500, FACTOR)).toBeLessThan(MOST)
  })

  it('rows that wait for their reader', async () => {
    const task = async (n: number) => {
      const queue = new RowQueue<number>()
      for (let row = 0; row < n; row += 1) queue.push(row)
      queue.end()
      let taken = 0
      while ((await queue.next()).done !== true) taken += 1
      expect(taken).toBe(n)
    }
    expect(await growth(task, 10_000, FACTOR)).toBeLessThan(MOST)
  })

  it('rows of which each must come once, in order or not', async () => {
    const task = (n: number) => {
      const seen = new SeenNumbers(n)
      for (let number = 1; number <= n; number += 1) seen.add((number * 7919) % (2 * n) || 1)
    }
    expect(await growth(task, 20_000, FACTOR)).toBeLessThan(MOST)
  })

  it('ranges of a set: reading, writing, cutting, joining', async () => {
    const task = (n: number) => {
      const odd = SequenceSet.ofNumbers(Array.from({ length: n }, (_, i) => (n - i) * 2 + 1))
      const third = SequenceSet.parse(Array.from({ length: n }, (_, i) => i * 3 + 1).join(','))
      expect(odd.split(7500).length).toBeGreaterThan(0)
      expect(odd.union(third).subtract(odd).intersect(third).toString().length).toBeGreaterThan(0)
    }
    expect(await growth(task, 5000, FACTOR)).toBeLessThan(MOST)
  })
})
