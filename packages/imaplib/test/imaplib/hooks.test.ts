import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { scriptedServer } from 'imap-test-servers'
import { describe, expect, test } from 'vitest'
import { IMAP4, IMAP4_SSL } from 'imaplib'
import { memoryPair } from '../../src/transport/memory.ts'
import { connectTo, texts } from './both-ways.ts'

const capabilities = ['IMAP4rev1', 'IDLE', 'STARTTLS']
const fetch = ['* 1 FETCH (BODY[] {5}\r\nhello FLAGS ())', '* 2 FETCH (UID 7)', '$tag OK done']

/** Counts what is read and sent, and leaves the rest to the class above. */
const counting = <Base extends typeof IMAP4 | typeof IMAP4_SSL>(base: Base) =>
  class extends (base as typeof IMAP4) {
    readonly sent: string[] = []
    readonly received: string[] = []
    override async send(data: Uint8Array): Promise<void> {
      this.sent.push(Buffer.from(data).toString())
      return super.send(data)
    }
    override async readline(): Promise<Uint8Array> {
      const line = await super.readline()
      this.received.push(Buffer.from(line).toString())
      return line
    }
    override async read(size: number): Promise<Uint8Array> {
      const bytes = await super.read(size)
      this.received.push(`<${bytes.length}>`)
      return bytes
    }
  }

describe('a subclass with its own readline(), read() and send()', () => {
  for (const splitEvery of [1, 1000])
    test(`sees every line and literal, in pieces of ${splitEvery}`, async () => {
      await using server = await scriptedServer({ capabilities, splitEvery, handlers: { FETCH: fetch } })
      const M = await counting(IMAP4).connect(server.host, server.port)
      await M.login('u', 'p')
      await M.select()
      M.received.length = 0
      expect(texts(await M.fetch('1', 'BODY[]'))).toEqual([
        'OK',
        [['1 (BODY[] {5}', 'hello'], ' FLAGS ())', '2 (UID 7)'],
      ])
      expect(M.received.slice(0, -1)).toEqual([
        '* 1 FETCH (BODY[] {5}\r\n',
        '<5>',
        ' FLAGS ())\r\n',
        '* 2 FETCH (UID 7)\r\n',
      ])
      expect(M.sent[0]).toMatch(/^[A-P]{4}0 LOGIN u "p"\r\n$/)
      await M.logout()
    })

  test('over TLS, and after STARTTLS', async () => {
    await using plain = await scriptedServer({ capabilities })
    const M = await counting(IMAP4).connect('localhost', plain.port)
    await M.starttls({ ca: plain.ca })
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    await M.logout()
    await using secure = await scriptedServer({ capabilities, tls: true })
    class Counting extends IMAP4_SSL {
      lines = 0
      override async readline(): Promise<Uint8Array> {
        this.lines += 1
        return super.readline()
      }
    }
    const S = await Counting.connect(secure.host, secure.port, { ca: secure.ca })
    await S.noop()
    expect(S.lines).toBe(2)
    await S.logout()
  })

  test('idles too: half a line at the deadline is not lost', async () => {
    await using server = await scriptedServer({
      capabilities,
      handlers: {
        IDLE: async ({ send, sendRaw, readLine }) => {
          await send('+ go', '* 1 EXISTS')
          await sendRaw('* 2 EX')
          await readLine()
          await sendRaw('ISTS\r\n')
          await send('$tag OK done')
        },
      },
    })
    const M = await counting(IMAP4).connect(server.host, server.port)
    await M.login('u', 'p')
    const idler = await M.idle(400)
    const seen = []
    for await (const response of idler) seen.push(texts(response))
    expect(seen).toEqual([['EXISTS', ['1']]])
    await idler.done()
    expect(texts(await M.response('EXISTS'))).toEqual(['EXISTS', ['2']])
    await M.logout()
  })

  test('has the same errors', async () => {
    const Counting = counting(IMAP4)
    await using long = await scriptedServer({ greeting: `* OK ${'x'.repeat(100)}` })
    await expect(Counting.connect(long.host, long.port, { maxLineLength: 50 })).rejects.toThrow(
      'got more than 50 bytes',
    )
    await using lf = await scriptedServer({ greeting: Buffer.from('* OK x\n') })
    await expect(Counting.connect(lf.host, lf.port)).rejects.toThrow("socket error: unterminated line: b'* OK x\\n'")
    await using end = await scriptedServer({
      handlers: {
        NOOP: async ({ sendRaw, end }) => {
          await sendRaw('* 1 FETCH {9}\r\nabc')
          end()
        },
      },
    })
    const M = await Counting.connect(end.host, end.port)
    await expect(M.noop()).rejects.toMatchObject({ name: 'IMAP4.abort', message: 'command: NOOP => socket error: EOF' })
    await using big = await scriptedServer({ handlers: { NOOP: '* 1 FETCH {101}' } })
    const B = await Counting.connect(big.host, big.port, { maxLiteralSize: 100 })
    await expect(B.noop()).rejects.toMatchObject({ code: 'ELIMIT' })
    await B.shutdown()
    await using slow = await scriptedServer({ handlers: { NOOP: () => undefined } })
    const T = await Counting.connect(slow.host, slow.port, { timeout: 250 })
    await expect(T.noop()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await T.shutdown()
  })
})

describe('a subclass with its own open()', () => {
  test('may hand over any transport', async () => {
    const [ours, theirs] = memoryPair({ segment: 3 })
    let line = ''
    theirs.start({
      data: (chunk) => {
        line += chunk.toString()
        if (!line.endsWith('\r\n')) return
        const [tag, name] = line.trimEnd().split(' ')
        line = ''
        theirs.write(Buffer.from(`* ${name === 'LOGOUT' ? 'BYE x' : 'CAPABILITY IMAP4rev1'}\r\n${tag} OK x\r\n`))
        if (name === 'LOGOUT') theirs.end()
      },
      drain: () => {},
      closed: () => {},
    })
    class InMemory extends IMAP4 {
      override async open(): Promise<void> {
        this.attach(ours)
      }
    }
    theirs.write(Buffer.from('* OK hello\r\n'))
    const M = await InMemory.connect()
    expect(M.socket()).toBe(ours)
    expect(texts(await M.logout())).toEqual(['BYE', ['x']])
  })

  test('may need no transport at all', async () => {
    await using server = await scriptedServer({ handlers: { LIST: ['* LIST () "/" {1}\r\na', '$tag OK x'] } })
    class OwnSocket extends IMAP4 {
      private own: Socket | null = null
      private bytes = Buffer.alloc(0)
      override async open(host: string, port: number): Promise<void> {
        const own = connect(port, host)
        this.own = own
        await once(own, 'connect')
        own.on('data', (chunk: Buffer) => {
          this.bytes = Buffer.concat([this.bytes, chunk])
          own.emit('more')
        })
      }
      private async take(enough: () => number): Promise<Buffer> {
        while (enough() < 0) await once(this.own as Socket, 'more')
        const size = enough()
        const taken = this.bytes.subarray(0, size)
        this.bytes = this.bytes.subarray(size)
        return taken
      }
      override readline(): Promise<Uint8Array> {
        return this.take(() => this.bytes.indexOf('\n') + 1 || -1)
      }
      override read(size: number): Promise<Uint8Array> {
        return this.take(() => (this.bytes.length >= size ? size : -1))
      }
      override async send(data: Uint8Array): Promise<void> {
        this.own?.write(data)
      }
      override async shutdown(): Promise<void> {
        this.own?.destroy()
      }
    }
    const M = await OwnSocket.connect(server.host, server.port)
    await M.login('u', 'p')
    expect(texts(await M.list())).toEqual(['OK', [['() "/" {1}', 'a'], '']])
    expect(M.socket()).toBeNull()
    expect((await M.logout())[0]).toBe('BYE')
  })
})

test('fields of a subclass are its own, whatever their names', async () => {
  await using server = await scriptedServer()
  class Named extends IMAP4 {
    lines = 0
    log = 'x'
    args = [1]
    options = null
    turn = 1
    pushed = 2
    source = 3
    watchdog = 4
    override async readline(): Promise<Uint8Array> {
      this.lines += 1
      return super.readline()
    }
  }
  const M = await Named.connect(server.host, server.port)
  await M.noop()
  expect(M.lines).toBe(2)
  await M.logout()
})

test('a send() that fails is an abort', async () => {
  await using server = await scriptedServer()
  class Failing extends IMAP4 {
    override send(): Promise<void> {
      return Promise.reject(new Error('no route'))
    }
  }
  const M = await Failing.connect(server.host, server.port)
  await expect(M.noop()).rejects.toMatchObject({ name: 'IMAP4.abort', message: 'socket error: no route' })
  await M.shutdown()
})

test('read() and readline() are of no use in a class that replaces neither', async () => {
  await using server = await scriptedServer()
  const M = await connectTo(server, false)
  await expect(M.readline()).rejects.toThrow(IMAP4.error)
  await M.shutdown()
})
