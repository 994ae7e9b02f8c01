import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import { ImapError } from '../../src/errors/imap-error.ts'
import { connectTo, mailServer } from './mail-server.ts'
import { opened } from './opened.ts'
import { uncaught } from './uncaught.ts'

/**
 * What users of imapflow (IF), EmailEngine (EE), node-imap (NI) and what is built on them suffer from most: each has a
 * test that it does not happen here. Numbers 1 to 10; the others are in the files beside this one.
 */
describe('the thirty pain points', () => {
  it('1. IF#159: a command inside a fetch loop is answered', async () => {
    await using server = await mailServer({ messages: 1500, size: 4000 })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const answered: (number | undefined)[] = []
    for await (const { uid } of inbox.fetch('1:*', { source: true }))
      if (uid % 700 === 0) answered.push((await inbox.fetchOne(uid, { flags: true }))?.uid)
    expect(answered).toEqual([700, 1400])
  })

  it('2. IF#79: a fetch that is left early, or aborted, leaves the client usable', async () => {
    await using server = await mailServer({ messages: 500, size: 1000 })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    for await (const { uid } of inbox.fetch('1:*', { source: true })) if (uid === 2) break
    const stop = new AbortController()
    const aborted = (async () => {
      for await (const { uid } of inbox.fetch('1:*', { source: true }, { signal: stop.signal }))
        if (uid === 2) stop.abort()
    })()
    await expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR' })
    expect((await inbox.fetchOne(3, { flags: true }))?.uid).toBe(3)
  })

  it('3. IF#63: a lost connection comes back by itself, with a new token and the mailbox selected', async () => {
    await using server = await mailServer({ capabilities: ['AUTH=XOAUTH2', 'SASL-IR'] })
    let tokens = 0
    await using client = await connectTo(server, {
      auth: { user: 'me', accessToken: async () => `token${(tokens += 1)}`, floor: 'XOAUTH2' },
      maxConnections: 1,
    })
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await server.connections[0]?.closed
    await sleep(10)
    expect((await inbox.fetchOne(2, { flags: true }))?.uid).toBe(2)
    expect(server.connections[1]?.commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['AUTHENTICATE', 'SELECT', 'UID FETCH']),
    )
    expect(tokens).toBe(2)
  })

  it('4. IF#14: an IDLE on a dead connection is noticed, and the watch goes on with another', async () => {
    let idles = 0
    await using server = await mailServer({
      handlers: {
        'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'],
        IDLE: async ({ send, readLine }) => {
          idles += 1
          await send('+ idling')
          if (idles > 1) await send('* 4 EXISTS')
          // The first connection is dead from here on: nothing is ever said again, not even to DONE.
          await readLine()
          if (idles > 1) await send('$tag OK')
        },
      },
    })
    await using client = await connectTo(server, { maxConnections: 1, inactivityTimeout: 100 })
    await using inbox = await client.open('INBOX')
    const stop = new AbortController()
    const watching = inbox.watch({ renew: 50, signal: stop.signal, known: { uidNext: 4 } })
    const first = watching.next()
    await server.received('IDLE', 2)
    stop.abort()
    await first
    expect(server.connections.length).toBeGreaterThan(1)
  })

  it('5. IF#252: whatever is under way when the connection closes settles, once', async () => {
    await using server = await mailServer({
      handlers: {
        'UID FETCH': () => undefined,
        'UID STORE': () => undefined,
        'UID SEARCH': () => undefined,
        STATUS: () => undefined,
        IDLE: () => undefined,
        APPEND: () => undefined,
        NOOP: () => undefined,
      },
    })
    const kinds = ['fetch', 'fetchOne', 'store', 'search', 'status', 'append', 'watch', 'open', 'noop', 'copy'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('client', 'server', 'reset'),
        fc.integer({ min: 0, max: 5 }),
        async (calls, end, pause) => {
          const client = await connectTo(server, { maxConnections: 2, reconnect: false })
          const inbox = await client.open('INBOX')
          const before = server.connections.length
          const started = calls.map((kind): Promise<unknown> => {
            if (kind === 'fetch') return inbox.fetch('1:*', { flags: true }).next()
            if (kind === 'fetchOne') return inbox.fetchOne(1, { flags: true })
            if (kind === 'store') return inbox.store(1, { add: ['\\Seen'] })
            if (kind === 'search') return inbox.search({ all: true })
            if (kind === 'status') return client.status('Other', ['messages'])
            if (kind === 'append') return client.append('Other', 'Subject: x\n\ny')
            if (kind === 'watch') return inbox.watch().next()
            if (kind === 'open') return client.open('Other')
            if (kind === 'copy') return inbox.copy(1, 'Other')
            return client.noop()
          })
          const settled = Promise.allSettled(started)
          if (pause > 0) await sleep(pause)
          const mine = server.connections.slice(before - 1)
          if (end === 'client') await client.close()
          else
            for (const connection of mine)
              if (end === 'reset') connection.reset()
              else connection.destroy()
          // A second connection may still come into being, and must not keep anything alive.
          if (end !== 'client') await client.close()
          for (const outcome of await settled)
            if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ImapError)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('6. IF#225: errors of socket, zlib and server that nobody awaits end nothing but the connection', async () => {
    const faults = await uncaught(async () => {
      await using server = await mailServer({
        capabilities: ['COMPRESS=DEFLATE'],
        handlers: {
          COMPRESS: async ({ send, inflate }) => {
            await send('$tag OK compressing')
            inflate()
          },
          NOOP: ({ connection }) => connection.reset(),
        },
      })
      const client = await connectTo(server, { compress: true, reconnect: false })
      void client.noop().catch(() => undefined)
      await server.connections[0]?.closed

      await using garbled = await mailServer({
        capabilities: ['COMPRESS=DEFLATE'],
        // A stored block whose length and its complement do not agree (RFC 1951 §3.2.4).
        handlers: { COMPRESS: ['$tag OK compressing', Buffer.from([0x00, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff])] },
      })
      const second = connectTo(garbled, { compress: true, reconnect: false })
      // The octets may arrive before or after the client is ready; both end in an error of ours.
      const failure = await second.then((each) => each.noop()).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(ImapError)
      await client.close()
    })
    expect(faults).toEqual([])
  })

  it('7. IF#59: a refusal says what was refused, how, by which code and in which words', async () => {
    const answers = [
      'NO [NONEXISTENT] gone',
      'NO [OVERQUOTA] full',
      'NO [THROTTLED] slow',
      'NO [NOPERM] no',
      'BAD what',
    ]
    const names = ['NotFound', 'OverLimit', 'Throttled', 'CommandRefused', 'CommandRefused']
    for (const [index, answer] of answers.entries()) {
      await using at = await opened({ handlers: { STATUS: `$tag ${answer}` } })
      const error = await at.client.status('Box', ['messages']).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ImapError)
      expect((error as ImapError).message).toBe(`STATUS: ${answer}`)
      expect(error).toMatchObject({
        name: names[index],
        code: answer.split(' ')[0],
        command: 'STATUS',
        responseCode: /\[(.*)\]/.exec(answer)?.[1],
        serverText: answer.replace(/^\S+ (\[.*\] )?/, ''),
      })
    }
    const refuse = '$tag NO [AUTHENTICATIONFAILED] wrong'
    await using server = await mailServer({ handlers: { AUTHENTICATE: refuse, LOGIN: refuse } })
    await expect(connectTo(server)).rejects.toMatchObject({
      name: 'AuthenticationError',
      responseCode: 'AUTHENTICATIONFAILED',
      serverText: 'wrong',
    })
  })

  it('8. imap-mcp-server#54: a failure is thrown, never a falsy result', async () => {
    await using at = await opened({
      capabilities: ['MOVE', 'UIDPLUS'],
      handlers: { '*': '$tag NO [CANNOT] not here', 'UID FETCH': '$tag OK nothing' },
    })
    const { inbox, client } = at
    for (const call of [
      () => inbox.move(1, 'Other'),
      () => inbox.copy(1, 'Other'),
      () => inbox.deleteForever(1),
      () => inbox.expunge(1),
      () => inbox.store(1, { add: ['\\Seen'] }),
      () => inbox.search({ all: true }),
      () => client.status('Other', ['messages']),
      () => client.subscribe('Other'),
      () => client.create('Other'),
      () => client.append('Other', 'x'),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'NO', responseCode: 'CANNOT', serverText: 'not here' })
    expect(await inbox.fetchOne(9, { flags: true })).toBeUndefined()
  })

  it('9. EE#78: a message comes in one answer, not in windows one after the other', async () => {
    await using server = await mailServer({ messages: 1, size: 3_000_000 })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    const message = await inbox.fetchOne(1, { source: true })
    expect(message?.source.length).toBeGreaterThan(3_000_000)
    expect(server.commands.filter(({ name }) => name === 'UID FETCH')).toHaveLength(1)
  })

  it('10. IF#304: concurrent users of different mailboxes never get each other’s answers', async () => {
    await using server = await mailServer({
      handlers: {
        'UID FETCH': ({ connection, args }) => {
          const box = connection.commands.filter(({ name }) => name === 'SELECT').at(-1)?.args
          const uid = args.split(' ')[0]
          return [`* 1 FETCH (UID ${uid} FLAGS (in-${box}))`, '$tag OK']
        },
      },
    })
    await using client = await connectTo(server, { maxConnections: 1 })
    const [a, b] = await Promise.all([client.open('A'), client.open('B')])
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? a : b).fetchOne(index + 1, { flags: true })),
    )
    expect(rows.map((row) => [...(row?.flags ?? [])])).toEqual(
      Array.from({ length: 20 }, (_, index) => [index % 2 === 0 ? 'in-A' : 'in-B']),
    )
    await expect(a.command(noop, [])).resolves.toBeUndefined()
  })
})
