import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptRunner } from '../transport/child-script.ts'

let runner: ScriptRunner
beforeAll(async () => {
  runner = await ScriptRunner.create(['client/imap-client', 'transport/memory'])
})
afterAll(() => runner.dispose())

/** What the scripts have in common: a client whose server is in the same process, and says OK to everything. */
const prelude = `
  import { ImapClient } from './client/imap-client.js'
  import { memoryPair } from './transport/memory.js'
  const dial = () => {
    const [left, right] = memoryPair()
    let text = ''
    right.start({
      data(chunk) {
        text += chunk.toString('latin1')
        const lines = text.split('\\r\\n')
        text = lines.pop()
        let answer = ''
        for (const line of lines) {
          const [tag, name] = line.split(' ')
          if (name === 'SELECT') answer += '* 1 EXISTS\\r\\n* OK [UIDVALIDITY 7] ok\\r\\n'
          if (line.includes('UID FETCH')) answer += '* 1 FETCH (UID 1 FLAGS ())\\r\\n'
          if (line.includes('UID SEARCH')) answer += '* SEARCH 1\\r\\n'
          if (name === 'IDLE') { answer += '+ idling\\r\\n'; idle = tag; continue }
          answer += (line === 'DONE' ? idle : tag) + ' OK done\\r\\n'
        }
        right.write(Buffer.from(answer))
      },
      drain() {},
      closed() {},
    })
    let idle = ''
    right.write(Buffer.from('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready\\r\\n'))
    return Promise.resolve(left)
  }
  const options = { host: 'nowhere', security: 'insecure-plaintext', auth: { user: 'a', password: 'b' }, clientId: null, dial }
  const { signal } = new AbortController()
  const heap = async () => {
    for (let at = 0; at < 3; at += 1) { await new Promise(setImmediate); globalThis.gc() }
    return process.memoryUsage().heapUsed
  }
`

const growth = async (round: string, warm: number, times: number): Promise<number> => {
  const { stdout } = await runner.run(
    `
    import v8 from 'node:v8'
    import vm from 'node:vm'
    v8.setFlagsFromString('--expose-gc')
    globalThis.gc = vm.runInNewContext('gc')
    ${prelude}
    ${round}
    await rounds(${warm})
    const before = await heap()
    await rounds(${times})
    console.log((await heap()) - before)
    await end?.()
  `,
  )
  return Number(stdout)
}

describe('the heap does not grow', { timeout: 60_000 }, () => {
  it('over 10,000 connections', async () => {
    const round = `
      const rounds = async (times) => {
        for (let at = 0; at < times; at += 1) {
          const client = await ImapClient.connect({ ...options, signal })
          const inbox = await client.open('INBOX')
          await inbox.fetchOne(1, { flags: true }, { signal })
          await client.close()
        }
      }
      const end = undefined
    `
    expect(await growth(round, 1000, 10_000)).toBeLessThan(1_000_000)
  })

  it('over 100,000 commands, 1,000 at a time', async () => {
    const round = `
      const client = await ImapClient.connect(options)
      const inbox = await client.open('INBOX')
      const rounds = async (times) => {
        for (let at = 0; at < times; at += 1000)
          await Promise.all(Array.from({ length: 1000 }, (_, n) =>
            n % 3 === 0 ? inbox.fetchOne(1, { flags: true }) : n % 3 === 1 ? client.noop({ signal, timeout: 60000 }) : inbox.search({ all: true }, { signal })))
      }
      const end = () => client.close()
    `
    expect(await growth(round, 10_000, 100_000)).toBeLessThan(1_000_000)
  })

  it('over 3,000 watches, lost connections, and mailboxes of other names', async () => {
    const round = `
      const client = await ImapClient.connect({ ...options, reconnect: { delay: 0 } })
      const rounds = async (times) => {
        for (let at = 0; at < times; at += 1) {
          const box = await client.open('Box' + at)
          const watch = box.watch({ signal })
          const first = watch.next()
          await client.noop()
          await watch.return()
          await first
          await box.close()
          if (at % 10 === 0) client.connections.lanes.all[0].session.connection.destroy(null)
        }
      }
      const end = () => client.close()
    `
    expect(await growth(round, 500, 3000)).toBeLessThan(1_000_000)
  })
})

describe('a script ends by itself', { timeout: 60_000 }, () => {
  it.each([
    ['after close', 'await client.close()'],
    [
      'after close, with a watch and a fetch under way',
      'void inbox.watch().next().catch(() => 0); void inbox.fetch("1:*", { flags: true }).next().catch(() => 0); await client.close()',
    ],
    [
      'when the server is gone and nothing is asked any more',
      'client.connections.lanes.all[0].session.connection.destroy(null)',
    ],
    ['when a fetch was left', 'for await (const _ of inbox.fetch("1:*", { flags: true })) break; await client.close()'],
    ['after a command with a long time limit', 'await client.noop({ timeout: 1e8, signal }); await client.close()'],
  ])('%s', async (_what, body) => {
    const { stdout } = await runner.run(`
      ${prelude}
      const client = await ImapClient.connect({ ...options, reconnect: false })
      const inbox = await client.open('INBOX')
      ${body}
      console.log('done')
    `)
    expect(stdout).toBe('done\n')
  })
})

describe('a flood of responses nobody asked for', { timeout: 60_000 }, () => {
  const lines = 3_000_000
  let server: Server
  afterAll(() => void server.close())

  it('costs no memory, and other connections are served meanwhile', async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n')
      socket.on('data', (chunk) => {
        for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
          const [tag, name, word] = line.split(' ')
          if (name === 'SELECT') socket.write('* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n')
          socket.write(`${tag} OK done\r\n`)
          if (name === 'SELECT' && word === 'Flood') flood(socket)
        }
      })
    })
    const flood = (socket: { write(text: string): boolean; once(event: 'drain', listener: () => void): unknown }) => {
      const piece = '* 1 EXISTS\r\n* OK nothing\r\n* 1 FETCH (FLAGS ())\r\n'.repeat(1000)
      let left = lines / 3000
      const go = () => {
        while (left > 0) {
          left -= 1
          if (!socket.write(piece)) return void socket.once('drain', go)
        }
        socket.write('* 2 EXISTS\r\n')
      }
      go()
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { stdout } = await runner.run(`
      import { ImapClient } from './client/imap-client.js'
      const options = { host: '127.0.0.1', port: ${port}, security: 'insecure-plaintext', auth: { user: 'a', password: 'b' }, clientId: null }
      const one = await ImapClient.connect(options)
      const other = await ImapClient.connect(options)
      const before = process.memoryUsage.rss()
      const box = await one.open('Flood')
      let served = 0
      let most = 0
      while (box.exists < 2) {
        await other.noop()
        served += 1
        most = Math.max(most, process.memoryUsage.rss() - before)
      }
      console.log(JSON.stringify({ served, most, heard: one.counters.responses }))
      await Promise.all([one.close(), other.close()])
    `)
    const told = JSON.parse(stdout) as { served: number; most: number; heard: number }
    expect(told.heard).toBeGreaterThan(lines)
    expect(told.served).toBeGreaterThan(5)
    expect(told.most).toBeLessThan(64 * 1024 * 1024)
  })
})
