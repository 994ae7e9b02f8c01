import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import diagnosticsChannel from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { TLSSocket } from 'node:tls'
import {
  duplexTransport,
  ImapClient,
  type ListedMailbox,
  type Mailbox,
  type MessageFlags,
  type SequenceSet,
} from 'imaplib'
import { rawServer } from 'imap-test-servers'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import { Throttled } from '../../src/errors/failures.ts'
import { ImapError } from '../../src/errors/imap-error.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import { connectTo, mailServer, reach } from './mail-server.ts'
import { uncaught } from './uncaught.ts'

/** Numbers 21 to 30: see `pain-points.test.ts`. */
describe('the thirty pain points', () => {
  it.each([
    ['NO [THROTTLED] slow down', undefined],
    ['BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds', 299_961],
    ['NO [LIMIT] Account exceeded command or bandwidth limits. Retry after 30 seconds', 30_000],
    ['NO [UNAVAILABLE] Too many simultaneous connections. (Failure)', undefined],
  ])('21. throttling is an error of its own, with the time to wait: %s', async (answer, retryAfter) => {
    await using server = await mailServer({ handlers: { SELECT: `$tag ${answer}` } })
    await using client = await connectTo(server)
    const error = await client.open('INBOX').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Throttled)
    expect(error).toMatchObject({ retryable: true, retryAfter })
    // The reader is not parked: other commands go on.
    await client.noop()
  })

  it('22. IF#33: the types are those of what was asked for', async () => {
    await using server = await mailServer({
      handlers: { STATUS: ['* STATUS INBOX (MESSAGES 3 HIGHESTMODSEQ 7)', '$tag OK'] },
      capabilities: ['CONDSTORE'],
    })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    const message = await inbox.fetchOne(1, { flags: true, source: true, size: true })
    expectTypeOf(message).toExtend<{ uid: number; flags: MessageFlags; source: Buffer; size: number } | undefined>()
    // @ts-expect-error: it was not asked for, so it is not there
    expect(message?.envelope).toBeFalsy()
    const counts = await client.status('INBOX', ['messages', 'highestModSeq'])
    expectTypeOf(counts.messages).toEqualTypeOf<number>()
    expectTypeOf(counts.highestModSeq).toEqualTypeOf<bigint>()
    // @ts-expect-error: it was not asked for
    expect(counts.unseen).toBeUndefined()
    expectTypeOf(() => inbox.search({ all: true })).returns.resolves.toEqualTypeOf<SequenceSet>()
    expectTypeOf(() => inbox.search({ all: true }, { return: ['count', 'max'] })).returns.resolves.toExtend<{
      count: number
      max: number | null
    }>()
    expectTypeOf(() => client.list()).returns.resolves.toEqualTypeOf<ListedMailbox[]>()
    expectTypeOf(inbox).toExtend<Mailbox & AsyncDisposable>()
    // @ts-expect-error: no such key
    expect(() => inbox.fetch('1', { flag: true })).toThrow('flag')
    // @ts-expect-error: one of the three, not two
    await expect(inbox.store(1, { add: ['\\Seen'], remove: ['\\Seen'] })).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('23. IF#18: nothing is printed, and what is published holds no secret', async () => {
    const secret = 'c4nary-s3cret'
    const printed: string[] = []
    const keep = (chunk: unknown): boolean => printed.push(String(chunk)) > 0
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep)
    const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep)
    const names = ['connection:open', 'connection:close', 'wire:sent', 'wire:received', 'command:start', 'command:end']
    const published: string[] = []
    const traced: string[] = []
    const note = (message: unknown, name: string | symbol) =>
      void published.push(`${String(name)} ${JSON.stringify(message, (_, value: unknown) => value ?? null)}`)
    for (const name of names) diagnosticsChannel.subscribe(`imaplib:${name}`, note)
    try {
      await using server = await mailServer({ handlers: { LOGIN: '$tag OK', SELECT: '$tag NO no' } })
      for (const mechanisms of [['PLAIN'], ['LOGIN']] as const) {
        const auth = { user: 'me', password: secret, mechanisms }
        const client = await connectTo(server, { auth, logger: { trace: (line) => void traced.push(line) } }).catch(
          () => connectTo(server, { auth: { user: 'me', password: secret } }),
        )
        await client.open('INBOX').catch(() => undefined)
        await client.close()
      }
      await using bearer = await mailServer({ capabilities: ['AUTH=XOAUTH2', 'SASL-IR'] })
      await using client = await connectTo(bearer, { auth: { user: 'me', accessToken: secret, floor: 'XOAUTH2' } })
      await client.noop()
    } finally {
      for (const name of names) diagnosticsChannel.unsubscribe(`imaplib:${name}`, note)
      out.mockRestore()
      err.mockRestore()
    }
    expect(printed).toEqual([])
    expect(published.length).toBeGreaterThan(10)
    expect(traced.length).toBeGreaterThan(3)
    const encodings = [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(`\0me\0${secret}`).toString('base64'),
    ]
    for (const text of [...published, ...traced])
      for (const encoding of encodings) expect(text).not.toContain(encoding.replace(/=+$/, ''))
  })

  it('24. IF#360: there is one dependency, and it has none', () => {
    const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
    const names = Object.keys(own.dependencies ?? {})
    expect(names.length).toBeLessThanOrEqual(1)
    expect([own.peerDependencies, own.optionalDependencies]).toEqual([undefined, undefined])
    const require = createRequire(import.meta.url)
    for (const name of names) {
      const entry = require.resolve(name)
      const folder = entry.slice(0, entry.lastIndexOf(`/${name}/`) + name.length + 2)
      const theirs = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as Manifest
      expect([Object.keys(theirs.dependencies ?? {}), theirs.name]).toEqual([[], name])
      expect(own.dependencies?.[name], 'an exact version').toMatch(/^\d+\.\d+\.\d+$/)
    }
  })

  it('25. IF#156: counts follow what the server tells, and can be asked for', async () => {
    let exists = 3
    await using server = await mailServer({
      handlers: { NOOP: () => [`* ${(exists += 4)} EXISTS`, '* 2 EXPUNGE', '$tag OK'] },
    })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    expect(inbox.exists).toBe(3)
    await inbox.command(noop, [])
    expect([inbox.exists, inbox.state.exists]).toEqual([6, 6])
  })

  it('26. IF#334: sorts and threads by the server where it can, and otherwise here', async () => {
    await using able = await mailServer({
      capabilities: ['SORT', 'THREAD=REFERENCES'],
      handlers: { 'UID SORT': ['* SORT 3 1 2', '$tag OK'], 'UID THREAD': ['* THREAD (1 2)(3)', '$tag OK'] },
    })
    await using first = await connectTo(able)
    await using there = await first.open('INBOX')
    expect(await there.sort(['-date'])).toEqual([3, 1, 2])
    expect((await there.thread()).map(({ message }) => message)).toEqual([1, 3])

    await using unable = await mailServer({
      handlers: {
        'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'],
        'UID FETCH': ({ args }) => [
          ...[30, 10, 20].map((size, index) => {
            const items = [`UID ${index + 1}`, `RFC822.SIZE ${size}`, 'INTERNALDATE "01-Jan-2026 00:00:00 +0000"']
            items.push(`ENVELOPE (NIL "s" NIL NIL NIL NIL NIL NIL NIL "<${index + 1}@x>")`)
            if (args.includes('REFERENCES')) items.push('BODY[HEADER.FIELDS (REFERENCES)] {2}\r\n\r\n')
            return `* ${index + 1} FETCH (${items.join(' ')})`
          }),
          '$tag OK',
        ],
      },
    })
    await using second = await connectTo(unable)
    await using here = await second.open('INBOX')
    expect(await here.sort(['size'])).toEqual([2, 3, 1])
    expect(unable.commands.some(({ name }) => name === 'UID SORT')).toBe(false)
  })

  it('27. IF#193: any stream of bytes will do: a Duplex, or no socket at all', async () => {
    await using server = await mailServer()
    const dialled: Socket[] = []
    const dial = async () => {
      const socket = connect(server.port, server.host)
      dialled.push(socket)
      await once(socket, 'connect')
      return duplexTransport(socket)
    }
    await using client = await ImapClient.connect(reach(server, { dial }))
    await using inbox = await client.open('INBOX')
    expect((await inbox.fetchOne(1, { source: true }))?.source.length).toBeGreaterThan(10)
    expect(dialled).toHaveLength(1)

    const [ours, theirs] = memoryPair({ segment: 1 })
    let heard = ''
    theirs.start({
      data(chunk) {
        heard += chunk.toString('latin1')
        for (let end = heard.indexOf('\r\n'); end !== -1; end = heard.indexOf('\r\n')) {
          const tag = heard.split(' ', 1)[0]
          heard = heard.slice(end + 2)
          theirs.write(Buffer.from(`${tag} OK done\r\n`))
        }
      },
      drain: () => undefined,
      closed: () => undefined,
    })
    theirs.write(Buffer.from('* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n'))
    await using bare = await ImapClient.connect(reach(server, { dial: async () => ours, reconnect: false }))
    await bare.noop()
  })

  it.each([
    ['SELECT answered with a bare OK', { SELECT: '$tag OK' }],
    ['FETCH without anything', { 'UID FETCH': ['* 1 FETCH', '* FETCH', '* 1 FETCH ()', '$tag OK'] }],
    [
      'a body structure of QQ',
      { 'UID FETCH': ['* 1 FETCH (UID 1 BODYSTRUCTURE (("TEXT" "PLAIN" NIL) NIL))', '$tag OK'] },
    ],
    [
      'an envelope of mail.ru',
      { 'UID FETCH': ['* 1 FETCH (UID 1 ENVELOPE ("x" "y" ((NIL NIL "a")) NIL))', '$tag OK'] },
    ],
    ['unclosed lists', { 'UID FETCH': ['* 1 FETCH (UID 1 FLAGS (\\Seen', '* 2 FETCH (UID 2', '$tag OK'] }],
    ['numbers that are none', { 'UID FETCH': ['* x FETCH (UID y)', '* 1 EXISTS x', '* -1 EXISTS', '$tag OK'] }],
    [
      'codes that are none',
      { NOOP: ['* OK [', '* OK [UIDNEXT]', '* OK [UIDVALIDITY x] y', '* NO', '*', '* ', '$tag OK ['] },
    ],
    [
      'words of JavaScript',
      { NOOP: ['* constructor', '* 1 __proto__ x', '* OK [toString] x', '* hasOwnProperty', '$tag OK'] },
    ],
  ])('28. NI#783: %s throws nothing out of the socket’s callback', async (_name, handlers) => {
    const faults = await uncaught(async () => {
      await using server = await mailServer({ handlers })
      await using client = await connectTo(server, { reconnect: false })
      const outcomes = await Promise.allSettled([
        client
          .open('INBOX')
          .then((inbox) => inbox.fetchAll('1:*', { flags: true, envelope: true, bodyStructure: true })),
        client.noop(),
      ])
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ImapError)
      // The parser has not lost the thread: the connection answers still.
      await client.noop()
    })
    expect(faults).toEqual([])
  })

  it('29. NI#705: TLS names the host; bodies need not be read; a row comes when all of it is there', async () => {
    const named: (string | false | null)[] = []
    await using tls = await rawServer(
      (stream) => {
        // A listener on the socket itself: the handshake comes before the first octet.
        const socket = stream as TLSSocket & { servername?: string | false | null }
        socket.once('secure', () => {
          named.push(socket.servername ?? null)
          socket.end('* BYE not now\r\n')
        })
      },
      { tls: true },
    )
    const refused = ImapClient.connect({
      host: 'localhost',
      port: tls.port,
      network: { family: 4 },
      tls: { ca: tls.ca },
      auth: { user: 'me', password: 'secret' },
    })
    await expect(refused).rejects.toBeInstanceOf(ImapError)
    expect(named).toEqual(['localhost'])

    await using server = await mailServer({
      messages: 2,
      handlers: {
        'UID FETCH': [
          '* 1 FETCH (UID 1)',
          '* 1 FETCH (UID 1 BODY[] {3}\r\nabc)',
          '* 1 FETCH (UID 1 FLAGS ())',
          '$tag OK',
        ],
      },
    })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const unread = inbox.fetch('1:2', { source: true, flags: true })
    await client.noop()
    const { value } = await unread.next()
    expect([value?.uid, value?.source.toString(), value?.flags.size]).toEqual([1, 'abc', 0])
    await inbox.command(noop, [])
  })

  it('30. IF#178: one client watches several mailboxes', async () => {
    await using server = await mailServer({
      handlers: {
        IDLE: async ({ send, connection, readLine }) => {
          const box = connection.commands.filter(({ name }) => name === 'SELECT').at(-1)?.args
          await send('+ idling', `* 2 FETCH (UID 2 FLAGS (in-${box}))`)
          await readLine()
          await send('$tag OK')
        },
        'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'],
      },
    })
    await using client = await connectTo(server, { maxConnections: 3 })
    const names = ['A', 'B', 'C']
    const events = await Promise.all(
      names.map(async (name) => {
        const box = await client.open(name)
        for await (const event of box.watch()) if (event.type === 'flags') return [...event.flags]
        return []
      }),
    )
    expect(events).toEqual(names.map((name) => [`in-${name}`]))
  })
})

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: unknown
  readonly optionalDependencies?: unknown
}
