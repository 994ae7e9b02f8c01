import { type CommandContext, scriptedServer } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptRunner } from '../transport/child-script.ts'

const MiB = 1024 * 1024

let runner: ScriptRunner
beforeAll(async () => {
  runner = await ScriptRunner.create(['client/imap-client'])
})
afterAll(() => runner.dispose())

const selected = [
  '* 1 EXISTS',
  '* FLAGS (\\Seen)',
  '* OK [UIDVALIDITY 7] ok',
  '* OK [UIDNEXT 9] ok',
  '$tag OK [READ-WRITE] done',
]

/** A server that answers a FETCH with as many rows as the set has numbers, or with a body of as many octets. */
const sender = () =>
  scriptedServer({
    handlers: {
      SELECT: selected,
      'UID FETCH': async ({ args, send, sendRaw }: CommandContext) => {
        const size = Number(/^(?:1:)?(\d+)/.exec(args)?.[1])
        if (args.includes('BODY.PEEK')) {
          await sendRaw(`* 1 FETCH (UID ${size} BODY[] {${size}}\r\n`)
          const piece = Buffer.alloc(MiB, 'x')
          for (let sent = 0; sent < size; sent += piece.length) await sendRaw(piece.subarray(0, size - sent))
          await send(')', '$tag OK')
          return
        }
        for (let uid = 1; uid <= size; uid += 500) {
          let rows = ''
          for (let row = uid; row < uid + 500; row += 1)
            rows += `* ${row} FETCH (UID ${row} ENVELOPE (NIL "${'a subject '.repeat(60)}" NIL NIL NIL NIL NIL NIL NIL "<${row}@a>"))\r\n`
          await sendRaw(rows)
        }
        await send('$tag OK')
      },
    },
  })

const script = (port: number, body: string) => `
  import v8 from 'node:v8'
  import vm from 'node:vm'
  import { ImapClient } from './client/imap-client.js'
  v8.setFlagsFromString('--expose-gc')
  const gc = vm.runInNewContext('gc')
  const connect = () => ImapClient.connect({
    host: '127.0.0.1', port: ${port}, security: 'insecure-plaintext', auth: { user: 'a', password: 'b' },
  })
  ${body}
  process.exit(0)
`

describe('the memory of a process', () => {
  it('is no larger for a literal of 192 MiB than for one of 24 MiB, when it is read as a stream', async () => {
    const server = await sender()
    try {
      const peak = async (size: number) => {
        const body = `
          const client = await connect()
          const inbox = await client.open('INBOX')
          let octets = 0, most = 0
          for await (const chunk of inbox.source(${size})) {
            octets += chunk.length
            most = Math.max(most, process.memoryUsage.rss())
          }
          console.log(JSON.stringify({ octets, most }))`
        const { stdout } = await runner.run(script(server.port, body))
        const { octets, most } = JSON.parse(stdout) as { octets: number; most: number }
        expect(octets).toBe(size)
        return most
      }
      const small = await peak(24 * MiB)
      const large = await peak(192 * MiB)
      // The collector lets some tens of MiB of chunks that were read lie before it takes them.
      expect(large - small).toBeLessThan(64 * MiB)
    } finally {
      await server.stop()
    }
  })

  it('does not grow with the rows of a fetch that are read and let go', async () => {
    const server = await sender()
    try {
      const body = `
        const client = await connect()
        const inbox = await client.open('INBOX')
        const heap = async (rows) => {
          let characters = 0
          for await (const row of inbox.fetch('1:' + rows, { envelope: true })) characters += row.envelope.subject.length
          gc()
          return { rows, characters, heap: process.memoryUsage().heapUsed }
        }
        await heap(2000)
        console.log(JSON.stringify([await heap(2000), await heap(40000)]))`
      const { stdout } = await runner.run(script(server.port, body))
      const [few, many] = JSON.parse(stdout) as [Heap, Heap]
      expect(many.characters).toBe(many.rows * 600)
      // 40,000 rows would be more than 25 MiB.
      expect(many.heap - few.heap).toBeLessThan(3 * MiB)
    } finally {
      await server.stop()
    }
  })

  it('is less than 16 KiB of heap for a connection that idles with a mailbox open', async () => {
    const server = await sender()
    try {
      const body = `
        const open = []
        const more = async (count) => {
          for (let n = 0; n < count; n += 1) {
            const client = await connect()
            open.push(client, await client.open('INBOX'))
          }
          gc()
          return process.memoryUsage().heapUsed
        }
        await more(20)
        const before = await more(20)
        console.log((await more(100) - before) / 100)`
      const { stdout } = await runner.run(script(server.port, body))
      expect(Number(stdout)).toBeLessThan(16 * 1024)
    } finally {
      await server.stop()
    }
  })
})

interface Heap {
  rows: number
  characters: number
  heap: number
}
