import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { quirks } from '../../src/responses/quirks.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { Framer } from '../../src/wire/framer.ts'
import { loadFixtures, outcome, testFixtures } from '../fixtures.ts'

describe('quirk table', () => {
  it.each([...quirks.values()].map((quirk) => [quirk.id, quirk] as const))(
    '%s: its sample is repaired',
    (id, quirk) => {
      const input = Buffer.from(`${quirk.sample}\r\n`, 'latin1')
      const value = outcome([input]) as { type: string; repairs?: string[] }
      expect(value.repairs).toContain(id)
      expect(value.type).not.toBe('unparsed')
    },
  )

  it('has a fixture for every entry', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const files = readdirSync(folder).filter((file) => file.endsWith('.fixture'))
    const expected = files
      .flatMap((file) => loadFixtures(`responses/${file.slice(0, -'.fixture'.length)}`))
      .map((entry) => entry.expected)
      .join('\n')
    expect([...quirks.keys()].filter((id) => !expected.includes(`"${id}"`))).toEqual([])
  })

  it('reports each quirk once for a response, after the parse', () => {
    const order: string[] = []
    const context = new ParseContext({ onRepair: (quirk) => order.push(quirk), lazy: false })
    const framer = new Framer({
      frame: (frame) => {
        parseUntagged(frame, context)
        order.push('parsed')
      },
    })
    framer.push(Buffer.from('* 1 FETCH (UID 0 UID 0 FLAGS NIL)\r\n* 2 FETCH (UID 0)\r\n'))
    expect(order).toEqual(['uid-zero', 'flags-nil', 'parsed', 'uid-zero', 'parsed'])
  })
})

testFixtures('responses/quirks')
