import { setImmediate as nextTurn } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { scriptedServer } from 'imap-test-servers'
import { ImapClient } from '../../src/client/imap-client.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { connectTo, mailServer, reach } from '../client/mail-server.ts'

const plain = { host: 'nowhere', security: 'insecure-plaintext', clientId: null } as const
const auth = { user: 'me', password: 'secret' }

describe('connecting ends in time', () => {
  afterEach(() => void vi.useRealTimers())

  it('also when dial never does; what comes later is closed', async () => {
    const [left, right] = memoryPair()
    let come: (transport: Transport) => void = () => undefined
    const dial = () => new Promise<Transport>((resolve) => (come = resolve))
    await expect(ImapClient.connect({ ...plain, auth, dial, timeout: 5 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const closed = new Promise((resolve) =>
      right.start({ data: () => undefined, drain: () => undefined, closed: resolve }),
    )
    come(left)
    await closed
  })

  it('also when no token ever comes', async () => {
    await using server = await scriptedServer({ capabilities: ['IMAP4rev1', 'AUTH=XOAUTH2', 'SASL-IR'] })
    const accessToken = () => new Promise<string>(() => undefined)
    const connecting = connectTo(server, { auth: { user: 'me', accessToken }, timeout: 50 })
    await expect(connecting).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await server.connections[0]?.closed
  })

  it('by its signal, which ends nothing later', async () => {
    await using server = await mailServer()
    const stop = new AbortController()
    await using client = await connectTo(server, { signal: stop.signal, reconnect: { delay: 0 } })
    stop.abort()
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await server.connections[0]?.closed
    while (client.connections.lanes.all.length > 0) await nextTurn()
    expect((await inbox.fetchOne(2, { flags: true }))?.uid).toBe(2)
  })
})

describe('time limits are those of the whole call', () => {
  afterEach(() => void vi.useRealTimers())

  it('waiting for a lane, the command, and the second attempt together', async () => {
    await using server = await mailServer({ handlers: { 'UID FETCH': () => undefined, 'UID SEARCH': () => undefined } })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    await using other = await client.open('Other')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const blocking = inbox.fetchAll('1:*', { flags: true }).catch((error: unknown) => error)
    await server.received('UID FETCH')
    const outcome = other.search({ all: true }, { timeout: 100 }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(60)
    const { lanes } = client.connections
    expect((lanes as unknown as { waiting: unknown[] }).waiting).toHaveLength(1)
    const fetch = server.commands.find(({ name }) => name === 'UID FETCH')
    await server.connections[0]?.send(`${fetch?.tag} OK done`)
    await blocking
    await server.received('UID SEARCH')
    await vi.advanceTimersByTimeAsync(41)
    expect(await Promise.race([outcome, nextTurn('still waiting')])).toMatchObject({ code: 'ETIMEDOUT' })
  })
})

describe('a literal that is streamed', () => {
  afterEach(() => void vi.useRealTimers())

  it('takes as long as it takes: a server that says nothing meanwhile is not silent', async () => {
    const [left, right] = memoryPair()
    let text = ''
    const said: ((text: string) => void)[] = []
    right.start({
      data: (chunk) => {
        text += chunk.toString('latin1')
        for (const each of said) each(text)
      },
      drain: () => undefined,
      closed: () => undefined,
    })
    const hears = (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve) => {
        const look = (all: string) => {
          const found = pattern.exec(all)
          if (found !== null) resolve(found)
        }
        said.push(look)
        look(text)
      })
    const say = (line: string) => void right.write(Buffer.from(`${line}\r\n`))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    say('* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready')
    const client = await ImapClient.connect({
      ...plain,
      auth,
      dial: () => Promise.resolve(left),
      inactivityTimeout: 100,
      reconnect: false,
    })
    let more: (() => void) | undefined
    const stream = (async function* () {
      for (let piece = 0; piece < 5; piece += 1) {
        await new Promise<void>((resolve) => (more = resolve))
        yield Buffer.from('12345')
      }
    })()
    const appended = client.append('Box', { size: 25, stream })
    for (let piece = 1; piece <= 5; piece += 1) {
      while (more === undefined) await nextTurn()
      await vi.advanceTimersByTimeAsync(70)
      const go = more
      more = undefined
      go()
      await hears(new RegExp(`\\}\\r\\n(12345){${piece}}`))
    }
    const [, tag] = await hears(/(\S+) APPEND Box \{25\+\}\r\n/)
    say(`${tag} OK [APPENDUID 1 2] done`)
    expect(await appended).toEqual({ uidValidity: 1, uid: 2 })
    const closing = client.close()
    say('* BYE')
    await vi.advanceTimersByTimeAsync(6000)
    await closing
  })

  it.each(['the connection is lost', 'the server refuses early'])('is closed at its source when %s', async (what) => {
    await using server = await scriptedServer({
      capabilities: ['IMAP4rev1', 'LITERAL+'],
      greeting: '* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready',
      literal: () => undefined,
    })
    const client = await ImapClient.connect(reach(server, { reconnect: false }))
    let begun: () => void = () => undefined
    const reading = new Promise<void>((resolve) => (begun = resolve))
    let reads = 0
    const stream = new Readable({
      highWaterMark: 1,
      read() {
        reads += 1
        if (reads === 1) this.push('12345')
        else begun()
      },
    })
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.on('error', () => undefined)
    const outcome = client.append('Box', { size: 25, stream }).catch((error: unknown) => error)
    await reading
    const connection = server.connections[0]
    const line = await (async () => {
      while (connection?.lines.length === 0) await nextTurn()
      return connection?.lines[0]
    })()
    if (what === 'the connection is lost') connection?.destroy()
    else await connection?.send(`${line?.split(' ')[0]} NO [OVERQUOTA] full`)
    expect(await outcome).toBeInstanceOf(Error)
    await closed
    expect(stream.destroyed).toBe(true)
    await client.close()
  })

  it('is closed at its source, whatever that is, when the connection ends', async () => {
    const [left, right] = memoryPair()
    right.start({ data: () => undefined, drain: () => undefined, closed: () => undefined })
    right.write(Buffer.from('* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n'))
    const client = await ImapClient.connect({ ...plain, auth, dial: () => Promise.resolve(left), reconnect: false })
    let returned = 0
    let asked = 0
    let begun: () => void = () => undefined
    const reading = new Promise<void>((resolve) => (begun = resolve))
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1
          if (asked === 1) return Promise.resolve({ value: Buffer.from('12345'), done: false })
          begun()
          return new Promise(() => undefined)
        },
        return: () => {
          returned += 1
          return Promise.resolve({ value: undefined, done: true })
        },
      }),
    }
    const outcome = client.append('Box', { size: 25, stream }).catch((error: unknown) => error)
    await reading
    right.destroy()
    expect(await outcome).toMatchObject({ code: 'EUNKNOWNOUTCOME' })
    expect(returned).toBe(1)
    await client.close()
  })

  it.each([true, false])('may come from the same client, over the same connection (LITERAL+: %s)', async (plus) => {
    const stored: (Buffer | undefined)[] = []
    await using server = await mailServer({
      messages: 3,
      size: 300_000,
      handlers: {
        APPEND: ({ literals }) => {
          stored.push(literals[0])
          return '$tag OK [APPENDUID 7 9] done'
        },
        AUTHENTICATE: async ({ args, send, readLine }) => {
          if (!args.includes(' ')) {
            await send('+ ')
            await readLine()
          }
          return `$tag OK [CAPABILITY IMAP4rev1 ${plus ? 'LITERAL+' : 'IDLE'}] in`
        },
      },
    })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const size = (await inbox.fetchOne(2, { size: true }))?.size ?? 0
    const append = client.append('Archive', { size, stream: inbox.source(2) })
    expect(await append).toEqual({ uidValidity: 7, uid: 9 })
    expect(stored[0]).toHaveLength(size)
    expect(String(stored[0])).toContain('Subject: message 2')
    await client.appendAll(
      'Archive',
      [1, 2, 3].map((uid) => ({ message: { size, stream: inbox.source(uid).stream() } })),
    )
    expect(stored.map((bytes) => bytes?.length)).toEqual([size, size, size, size])
    expect(server.connections).toHaveLength(1)
  })

  it('whose source fails at once costs nothing: nothing has been sent', async () => {
    await using server = await mailServer({ handlers: { APPEND: '$tag OK' } })
    await using client = await connectTo(server)
    const stream = new Readable({ read: () => undefined })
    stream.destroy(new Error('no such file'))
    await expect(client.append('Archive', { size: 5, stream })).rejects.toThrow('no such file')
    await client.noop()
    expect(server.connections).toHaveLength(1)
  })

  it('that never begins ends with the client', async () => {
    await using server = await mailServer()
    const client = await connectTo(server)
    const stream = new Readable({ read: () => undefined })
    const outcome = client.append('Archive', { size: 5, stream }).catch((error: unknown) => error)
    while (stream.listenerCount('readable') === 0) await nextTurn()
    await client.close()
    expect(await outcome).toMatchObject({ code: 'ECLOSED' })
    expect(stream.destroyed).toBe(true)
  })
})
