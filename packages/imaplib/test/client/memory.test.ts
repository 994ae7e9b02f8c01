import { type CommandContext, rawServer, scriptedServer } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptRunner } from '../transport/child-script.ts'

/** Twice what a literal in memory may have. */
const SIZE = 256 * 1024 * 1024
/** What a process may grow by while so much passes through it: buffers under way, and garbage not collected yet. */
const MOST_GROWTH = 96 * 1024 * 1024

let runner: ScriptRunner
beforeAll(async () => {
  runner = await ScriptRunner.create(['client/imap-client'])
})
afterAll(() => runner.dispose())

/** A server whose message 5 has one part of base64. */
const sender = () =>
  scriptedServer({
    handlers: {
      SELECT: ['* 1 EXISTS', '* OK [UIDVALIDITY 7] ok', '* OK [UIDNEXT 9] ok', '$tag OK [READ-WRITE] done'],
      'UID FETCH': async ({ args, send, sendRaw }: CommandContext) => {
        if (args.includes('BODYSTRUCTURE')) {
          const part = `("application" "octet-stream" NIL NIL NIL "base64" ${SIZE})`
          await send(`* 1 FETCH (UID 5 BODYSTRUCTURE ${part})`, '$tag OK')
          return
        }
        await sendRaw(`* 1 FETCH (UID 5 BODY[1] {${SIZE}}\r\n`)
        const piece = Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(1024))
        for (let sent = 0; sent < SIZE; sent += piece.length) await sendRaw(piece.subarray(0, SIZE - sent))
        await send(')', '$tag OK')
      },
    },
  })

/** A server that takes one APPEND, keeps none of it, and tells its size as a UID. */
const taker = () =>
  rawServer((socket) => {
    let line = ''
    let size = 0
    let taken = 0
    socket.write('* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n')
    socket.on('data', (chunk: Buffer) => {
      if (size > 0) taken += chunk.length
      else {
        line += chunk.toString('latin1')
        const found = /^(\S+) APPEND A \{(\d+)\+\}\r\n/.exec(line)
        if (found === null) return
        size = Number(found[2])
        taken = line.length - found[0].length
      }
      if (taken === size + 2) socket.end(`${line.slice(0, line.indexOf(' '))} OK [APPENDUID 7 ${size}] done\r\n`)
    })
  })

/** Connects, runs the body, and tells by how much the process grew at the most, by its resident pages. */
const script = (port: number, body: string) => `
  import { ImapClient } from './client/imap-client.js'
  const client = await ImapClient.connect({
    host: '127.0.0.1', port: ${port}, security: 'insecure-plaintext', auth: { user: 'a', password: 'b' },
  })
  const before = process.memoryUsage.rss()
  let most = 0
  const look = () => { most = Math.max(most, process.memoryUsage.rss() - before) }
  let octets = 0
  ${body}
  console.log(JSON.stringify({ most, octets }))
  await client.close()
`

describe('the memory of a process stays the same while 256 MiB', () => {
  it.each([
    [
      'are downloaded and decoded',
      sender,
      `const inbox = await client.open('INBOX')
      for await (const chunk of inbox.download(5, '1')) { octets += chunk.length; look() }`,
      Math.floor((SIZE / 78) * 76 * 0.75),
    ],
    [
      'are read more slowly than they come',
      sender,
      `const inbox = await client.open('INBOX')
      for await (const chunk of inbox.download(5, '1', { decode: false })) {
        octets += chunk.length
        look()
        await new Promise(setImmediate)
      }`,
      SIZE,
    ],
    [
      'are appended from a stream',
      taker,
      `async function* message() {
        for (let sent = 0; sent < ${SIZE}; sent += 65536) { look(); yield Buffer.alloc(65536, 'x') }
      }
      octets = (await client.append('A', { size: ${SIZE}, stream: message() })).uid`,
      SIZE,
    ],
  ])('%s', async (_what, serve, body, octets) => {
    const server = await serve()
    try {
      const { stdout } = await runner.run(script(server.port, body))
      const told = JSON.parse(stdout) as { most: number; octets: number }
      expect(Math.abs(told.octets - octets)).toBeLessThan(100)
      expect(told.most).toBeLessThan(MOST_GROWTH)
    } finally {
      await server.stop()
    }
  })
})
