import { setTimeout as sleep } from 'node:timers/promises'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapClient } from '../../src/client/imap-client.ts'
import type { Mailbox } from '../../src/client/mailbox.ts'
import type { ConnectOptions } from '../../src/client/options.ts'
import type { WatchEvent, WatchOptions } from '../../src/client/watch.ts'
import { IMAP4 } from '../../src/imaplib/index.ts'

let server: DovecotServer

beforeAll(async () => {
  server = await startDovecot()
})
afterAll(() => server.stop())

const connect = (user: string, more: Partial<ConnectOptions> = {}) =>
  ImapClient.connect({
    host: 'localhost',
    port: server.tlsPort,
    auth: { user, password: server.password },
    tls: { ca: server.ca },
    ...more,
  })

/** Another client, of another make, that writes to the same mailbox. */
const writer = async (user: string): Promise<IMAP4> => {
  const M = await IMAP4.connect('127.0.0.1', server.port)
  await M.login(user, server.password)
  await M.select()
  return M
}

const deliver = (M: IMAP4, subject: string, mailbox = 'INBOX') =>
  M.append(mailbox, '', null, Buffer.from(`Subject: ${subject}\r\n\r\nbody\r\n`))

/** Collects events until there are `count`, or for two seconds. */
const collect = async (
  mailbox: Mailbox,
  count: number,
  act: () => Promise<unknown>,
  options: WatchOptions & { ignoreFlags?: boolean } = {},
): Promise<string[]> => {
  const { ignoreFlags = false } = options
  const stop = new AbortController()
  const limit = setTimeout(() => stop.abort(), 15_000)
  const events: WatchEvent[] = []
  const acting = sleep(300).then(act)
  for await (const event of mailbox.watch({ ...options, signal: stop.signal })) {
    // A flag that is set right before the message goes may be told or not: it depends on when the server looks.
    if (ignoreFlags && event.type === 'flags') continue
    events.push(event)
    if (events.length === count) break
  }
  clearTimeout(limit)
  await acting
  return events.map((event) =>
    event.type === 'flags'
      ? `flags ${event.uid} ${[...event.flags].filter((flag) => flag !== '\\Recent').join()}`
      : `${event.type} ${event.uids.toString()}`,
  )
}

/** Dovecot gathers news for half a second; what shall be told apart must lie further apart. */
const GAP = 1200

describe.each([
  ['QRESYNC', {}],
  ['plain IMAP4rev1', { enable: { qresync: false } }],
])('watching with another client writing: %s', (_name, options: Partial<ConnectOptions>) => {
  it('tells arrivals, flags and expunges by UID', async () => {
    const user = server.user()
    const M = await writer(user)
    await deliver(M, 'one')
    await deliver(M, 'two')
    await using client = await connect(user, options)
    await using inbox = await client.open('INBOX')
    const events = await collect(inbox, 3, async () => {
      await deliver(M, 'three')
      await sleep(GAP)
      await M.store('2', '+FLAGS', '\\Flagged')
      await sleep(GAP)
      await M.store('1', '+FLAGS.SILENT', '\\Deleted')
      await M.expunge()
    })
    await M.logout()
    expect(events.slice(0, 2)).toEqual(['arrived 3', 'flags 2 \\Flagged'])
    // The flag of a message that is expunged at once may or may not be seen before.
    expect(events.slice(2).filter((event) => event !== 'flags 1 \\Deleted')).toEqual(
      events.length > 2 && events[2] === 'flags 1 \\Deleted' ? [] : ['expunged 1'],
    )
  })

  it('other commands in between do not disturb it, nor it them', async () => {
    const user = server.user()
    const M = await writer(user)
    await deliver(M, 'one')
    await using client = await connect(user, { ...options, maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const subjects: string[] = []
    const stop = new AbortController()
    const acting = (async () => {
      await sleep(300)
      for (const subject of ['two', 'three', 'four']) {
        await deliver(M, subject)
        await client.noop()
        await client.status('Sent', ['messages'])
        await sleep(GAP)
      }
    })()
    const limit = setTimeout(() => stop.abort(), 15_000)
    for await (const event of inbox.watch({ signal: stop.signal })) {
      if (event.type !== 'arrived') continue
      for await (const message of inbox.fetch(event.uids, { envelope: true }))
        subjects.push(message.envelope.subject ?? '')
      if (subjects.length === 3) break
    }
    clearTimeout(limit)
    await acting
    await M.logout()
    expect(subjects).toEqual(['two', 'three', 'four'])
  })

  it('another mailbox on the only connection interrupts it, and nothing is missed', async () => {
    const user = server.user()
    const M = await writer(user)
    await deliver(M, 'one')
    await using client = await connect(user, { ...options, maxConnections: 1 })
    await using inbox = await client.open('INBOX')
    const meanwhile = async () => {
      await using sent = await client.open('Sent')
      await deliver(M, 'two')
      await M.store('1', '+FLAGS.SILENT', '\\Deleted')
      await M.expunge()
      for await (const _ of sent.fetch('1:*', { flags: true })) void _
    }
    const events = await collect(inbox, 2, meanwhile, { ignoreFlags: true })
    await M.logout()
    expect([...events].sort()).toEqual(['arrived 2', 'expunged 1'])
  })
})

describe('a watch', () => {
  it('loses nothing between the opening of the handle and its beginning', async () => {
    const user = server.user()
    const M = await writer(user)
    await deliver(M, 'one')
    await using client = await connect(user)
    await using inbox = await client.open('INBOX')
    await deliver(M, 'two')
    await M.store('1', '+FLAGS', '\\Flagged')
    const events = await collect(inbox, 2, async () => undefined)
    await M.logout()
    expect([...events].sort()).toEqual(['arrived 2', 'flags 1 \\Flagged'])
  })

  it('survives the loss of its connection, and tells what happened meanwhile', async () => {
    const user = server.user()
    const M = await writer(user)
    await deliver(M, 'one')
    await using client = await connect(user, { reconnect: { delay: 10 } })
    await using inbox = await client.open('INBOX')
    const events = await collect(inbox, 2, async () => {
      for (const lane of client.connections.lanes.all) lane.session.connection.destroy()
      await deliver(M, 'two')
      await sleep(GAP)
      await deliver(M, 'three')
    })
    await M.logout()
    expect(events).toEqual(['arrived 2', 'arrived 3'])
  })

  it('renews itself', async () => {
    const user = server.user()
    const M = await writer(user)
    await using client = await connect(user)
    await using inbox = await client.open('INBOX')
    const before = client.connections.session.connection.counters.commands
    const events = await collect(inbox, 1, async () => (await sleep(500), deliver(M, 'one')), { renew: 50 })
    await M.logout()
    expect(events).toEqual(['arrived 1'])
    expect(client.connections.session.connection.counters.commands - before).toBeGreaterThan(5)
  })

  it('ends without an error when the signal says so, and leaves the connection usable', async () => {
    const user = server.user()
    await using client = await connect(user)
    await using inbox = await client.open('INBOX')
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)
    for await (const _ of inbox.watch({ signal: stop.signal })) void _
    expect((await client.status('Sent', ['messages'])).messages).toBe(0)
    expect(await inbox.fetchOne(1, { flags: true })).toBeUndefined()
  })
})

describe('without IDLE', () => {
  it('it asks now and then', async () => {
    await using bare = await startDovecot({ capability: 'IMAP4rev1' })
    const user = bare.user()
    const M = await IMAP4.connect('127.0.0.1', bare.port)
    await M.login(user, bare.password)
    await using client = await ImapClient.connect({
      host: 'localhost',
      port: bare.tlsPort,
      auth: { user, password: bare.password },
      tls: { ca: bare.ca },
    })
    await using inbox = await client.open('INBOX')
    const events = await collect(inbox, 1, () => deliver(M, 'one'), { poll: 100 })
    await M.logout()
    expect(events).toEqual(['arrived 1'])
  })
})
