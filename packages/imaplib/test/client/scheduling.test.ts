import { describe, expect, it } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import type { ImapError } from '../../src/errors/imap-error.ts'
import { connectTo, lost, mailServer } from './mail-server.ts'

const names = (lines: readonly string[]) => lines.map((line) => line.replace(/^\S+ /, ''))

describe('IF#159, #110, #147, #284, #55: a command inside a fetch loop', () => {
  it.each([1, 3])('is answered, with %i connections allowed', async (maxConnections) => {
    await using server = await mailServer({ messages: 2000, size: 5000 })
    await using client = await connectTo(server, { maxConnections })
    await using inbox = await client.open('INBOX')
    let count = 0
    for await (const message of inbox.fetch('1:*', { source: true })) {
      count += 1
      if (message.uid % 500 === 0) await inbox.command(noop, [])
    }
    expect(count).toBe(2000)
  })

  it('of another mailbox is answered too, on one connection: the fetch makes way and goes on', async () => {
    await using server = await mailServer({ messages: 600, size: 5000 })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    await using other = await client.open('Other')
    let others = 0
    let count = 0
    for await (const message of inbox.fetch('1:*', { source: true })) {
      count += 1
      if (message.uid % 200 === 0) for await (const _ of other.fetch('1:3', { flags: true })) others += 1
    }
    expect([count, others]).toEqual([600, 9])
    expect(server.connections).toHaveLength(1)
  })

  it('fails by name, and never hangs, when the unread rows outgrow their limit', async () => {
    await using server = await mailServer({ messages: 3000, size: 10_000 })
    await using client = await connectTo(server, { maxConnections: 1, maxBacklog: 1_000_000 })
    await using inbox = await client.open('INBOX')
    const failure = (async () => {
      for await (const _ of inbox.fetch('1:*', { source: true })) await inbox.command(noop, [])
    })()
    await expect(failure).rejects.toMatchObject({ code: 'EBACKLOG' })
  })
})

describe('IF#79, #110: leaving a fetch early', () => {
  it('is cheap, and leaves the connection usable', async () => {
    await using server = await mailServer({ messages: 1000, size: 1000 })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    for await (const message of inbox.fetch('1:*', { source: true })) if (message.uid === 3) break
    const message = await inbox.fetchOne(5, { flags: true })
    expect(message?.flags.has('\\seen')).toBe(true)
    expect(server.connections).toHaveLength(1)
  })

  it('of a very long answer gives the connection up for another', async () => {
    await using server = await mailServer({ messages: 4000, size: 10_000 })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    for await (const message of inbox.fetch('1:*', { source: true })) if (message.uid === 3) break
    expect((await inbox.fetchOne(5, { flags: true }))?.uid).toBe(5)
    expect(server.connections.length).toBeLessThanOrEqual(2)
  })

  it('by a signal ends with ABORT_ERR', async () => {
    await using server = await mailServer({ messages: 1000, size: 1000 })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    const stop = new AbortController()
    const loop = (async () => {
      for await (const message of inbox.fetch('1:*', { source: true }, { signal: stop.signal }))
        if (message.uid === 3) stop.abort(new Error('enough'))
    })()
    await expect(loop).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await client.noop()
  })
})

describe('IF#63, #64, #41, #15, #102: a lost connection', () => {
  it('is opened again, the mailbox selected again, and the command sent again', async () => {
    await using server = await mailServer()
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await lost(client)
    expect((await inbox.fetchOne(2, { flags: true }))?.uid).toBe(2)
    expect(server.connections).toHaveLength(2)
    expect(names(server.lines).filter((line) => line.startsWith('SELECT'))).toHaveLength(2)
  })

  it('with another UIDVALIDITY makes the handle stale', async () => {
    let uidValidity = 7
    await using server = await mailServer({ uidValidity: () => uidValidity })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    uidValidity = 8
    server.connections[0]?.reset()
    await lost(client)
    await expect(inbox.fetchOne(2, { flags: true })).rejects.toMatchObject({ code: 'ESTALE' })
    await using again = await client.open('INBOX')
    expect(again.uidValidity).toBe(8)
    await expect(inbox.fetchOne(2, { flags: true })).rejects.toMatchObject({ code: 'ESTALE' })
  })

  it('stays lost where that was asked for', async () => {
    await using server = await mailServer()
    await using client = await connectTo(server, { maxConnections: 1, reconnect: false })
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await lost(client)
    await expect(inbox.fetchOne(2, { flags: true })).rejects.toMatchObject({ code: 'ECLOSED' })
    expect(server.connections).toHaveLength(1)
  })

  it('is not opened again with a password that was refused', async () => {
    let logins = 0
    await using server = await mailServer({
      handlers: {
        AUTHENTICATE: () => {
          logins += 1
          return '$tag NO [AUTHENTICATIONFAILED] wrong'
        },
        LOGIN: '$tag NO [AUTHENTICATIONFAILED] wrong',
      },
    })
    await expect(connectTo(server)).rejects.toMatchObject({ name: 'AuthenticationError', code: 'EAUTH' })
    expect(logins).toBeLessThanOrEqual(1)
  })
})

describe('IF#252, #261, #262: promises settle when the connection closes', () => {
  it('every one, sent or waiting, whatever it waits for', async () => {
    await using server = await mailServer({ handlers: { NOOP: () => undefined, 'UID FETCH': () => undefined } })
    const client = await connectTo(server, { maxConnections: 1, reconnect: false })
    const inbox = await client.open('INBOX')
    const pending = [
      client.noop(),
      client.noop(),
      inbox.fetchOne(1, { flags: true }),
      inbox.command(noop, []),
      client.open('Other'),
    ]
    await server.received('NOOP', 1)
    server.connections[0]?.reset()
    const outcomes = await Promise.allSettled(pending)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect((outcome.reason as ImapError).code).toMatch(/^E(EOF|CLOSED|BYE)$/)
    await client.close()
    await expect(client.noop()).rejects.toMatchObject({ code: 'ECLOSED' })
  })
})

describe('a fetch whose connection is lost', () => {
  it('goes on over another one with what has not come: every message once', async () => {
    let losses = 0
    await using server = await mailServer({
      handlers: {
        // Two hundred messages; the connection breaks after every sixty, in the middle of a row.
        'UID FETCH': async function* ({ args, reset, sendRaw }) {
          const set = args.split(' ')[0] ?? ''
          let sent = 0
          for (const range of set.split(',')) {
            const [from = '1', to = from] = range.split(':')
            const last = Math.min(to === '*' ? 200 : Number(to), 200)
            for (let uid = Number(from); uid <= last; uid += 1) {
              if (sent === 60) {
                losses += 1
                await sendRaw(`* ${uid} FETCH (UID ${uid} FLA`)
                reset()
                return
              }
              sent += 1
              yield `* ${uid} FETCH (UID ${uid} FLAGS (\\Seen))`
            }
          }
          yield '$tag OK'
        },
      },
    })
    await using client = await connectTo(server, { reconnect: { delay: 1 }, maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const uids: number[] = []
    for await (const message of inbox.fetch('1:*', { flags: true })) uids.push(message.uid)
    expect(uids).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    // At least: a reset may also take rows with it that were on their way.
    expect(losses).toBeGreaterThanOrEqual(3)
  })

  it('ends with the loss when there is no row from any connection, or none may be opened again', async () => {
    await using server = await mailServer({ handlers: { 'UID FETCH': ({ reset }) => reset() } })
    for (const reconnect of [false, { delay: 1 }] as const) {
      await using client = await connectTo(server, { reconnect, maxConnections: 1 })
      await using inbox = await client.open('INBOX')
      const loop = (async () => {
        for await (const _ of inbox.fetch('1:*', { flags: true })) void _
      })()
      await expect(loop).rejects.toMatchObject({ code: 'EEOF' })
    }
  })

  it('and whose mailbox has another UIDVALIDITY then is stale', async () => {
    let uidValidity = 7
    await using server = await mailServer({
      uidValidity: () => uidValidity,
      handlers: {
        'UID FETCH': async ({ send, reset }) => {
          await send('* 1 FETCH (UID 1 FLAGS ())')
          uidValidity = 8
          reset()
        },
      },
    })
    await using client = await connectTo(server, { reconnect: { delay: 1 }, maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const loop = (async () => {
      for await (const _ of inbox.fetch('1:*', { flags: true })) void _
    })()
    await expect(loop).rejects.toMatchObject({ code: 'ESTALE' })
  })
})

describe('a command that was sent when the connection was lost', () => {
  it('is sent again where that does no harm; otherwise its outcome is said to be unknown', async () => {
    await using server = await mailServer({
      handlers: {
        CREATE: ({ reset }) => reset(),
        STATUS: ({ connection, reset }) =>
          connection === server.connections[1] ? reset() : ['* STATUS box (MESSAGES 4)', '$tag OK'],
      },
    })
    await using client = await connectTo(server, { reconnect: { delay: 1 } })
    await expect(client.create('box')).rejects.toMatchObject({
      code: 'EUNKNOWNOUTCOME',
      retryable: false,
      command: 'CREATE',
    })
    expect(names(server.lines).filter((line) => line.startsWith('CREATE'))).toHaveLength(1)
    expect(await client.status('box', ['messages'])).toEqual({ mailbox: 'box', messages: 4 })
    expect(server.connections).toHaveLength(3)
  })
})

describe('IF#304: two mailboxes at once', () => {
  it.each([1, 2, 3])('never answer for each other, on %i connections at most', async (maxConnections) => {
    await using server = await mailServer({
      handlers: {
        // Each row tells, by a keyword, which mailbox was selected on its connection.
        'UID FETCH': ({ connection, args }) => {
          const select = connection.lines.filter((line) => / SELECT /.test(line)).at(-1)
          const box = select?.split(' ')[2]
          const uid = /^(\d+)/.exec(args)?.[1]
          return [`* ${uid} FETCH (UID ${uid} FLAGS (in-${box}))`, '$tag OK']
        },
      },
    })
    await using client = await connectTo(server, { maxConnections })
    const boxes = await Promise.all(['A', 'B', 'C', 'D'].map((name) => client.open(name)))
    const rounds = await Promise.all(
      [1, 2, 3].flatMap((uid) =>
        boxes.map(async (box) => {
          const message = await box.fetchOne(uid, { flags: true })
          return [box.name, message?.uid === uid, [...(message?.flags ?? [])]]
        }),
      ),
    )
    for (const [name, rightUid, flags] of rounds) expect([rightUid, flags]).toEqual([true, [`in-${String(name)}`]])
    expect(server.connections.length).toBeLessThanOrEqual(maxConnections)
    for (const box of boxes) await box.close()
  })

  it('a closed handle says so, and closing expunges nothing', async () => {
    await using server = await mailServer()
    await using client = await connectTo(server)
    const inbox = await client.open('INBOX')
    await inbox.close()
    await inbox.close()
    expect(() => inbox.fetch('1', { flags: true })).toThrow(expect.objectContaining({ code: 'ESTALE' }) as Error)
    await client.close()
    expect(names(server.lines).filter((line) => /^(CLOSE|EXPUNGE|UID EXPUNGE)/.test(line))).toEqual([])
  })
})

describe('pipelining', () => {
  it('independent calls made together travel together', async () => {
    await using server = await mailServer({
      handlers: { STATUS: ({ args }) => [`* STATUS ${args.split(' ')[0]} (MESSAGES 1)`, '$tag OK'] },
    })
    await using client = await connectTo(server)
    const before = server.lines.length
    const { roundTrips } = client.counters
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => client.status(`box${i}`, ['messages'])))
    expect(answers.map((answer) => answer.mailbox)).toEqual(Array.from({ length: 50 }, (_, i) => `box${i}`))
    expect(server.lines.length - before).toBe(50)
    expect(client.counters.roundTrips - roundTrips).toBe(1)
  })

  it('a NO or BAD of one hurts no other', async () => {
    await using server = await mailServer({
      handlers: {
        STATUS: ({ args }) =>
          args.startsWith('bad')
            ? '$tag BAD what'
            : args.startsWith('no')
              ? '$tag NO [NONEXISTENT] none'
              : [`* STATUS ${args.split(' ')[0]} (MESSAGES 1)`, '$tag OK'],
      },
    })
    await using client = await connectTo(server)
    const outcomes = await Promise.allSettled(['a', 'bad', 'no', 'b'].map((box) => client.status(box, ['messages'])))
    expect(outcomes.map((o) => (o.status === 'fulfilled' ? 'ok' : (o.reason as ImapError).code))).toEqual([
      'ok',
      'BAD',
      'NO',
      'ok',
    ])
  })
})
