import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Session } from '../../src/commands/session.ts'
import { describe, expect, it } from 'vitest'
import { command } from '../../src/commands/command.ts'
import { noop } from '../../src/commands/noop.ts'
import { Lanes } from '../../src/client/lanes.ts'
import { connectTo, mailServer } from '../client/mail-server.ts'

const named = (lines: readonly string[], name: string) =>
  lines.filter((line) => line.split(' ').slice(1).join(' ').startsWith(name))

/** Waits until the client has noticed that its only connection is gone. */
const noticed = async (client: { connections: { lanes: { all: readonly unknown[] } } }) => {
  while (client.connections.lanes.all.length > 0) await nextTurn()
}

describe('lanes are lent to all who wait', () => {
  it('to one who waits for a connection that another opens for a command without a mailbox', {
    timeout: 5000,
  }, async () => {
    await using server = await mailServer()
    await using client = await connectTo(server, { maxConnections: 1, reconnect: { delay: 0 } })
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await noticed(client)
    const [, message] = await Promise.all([client.noop(), inbox.fetchOne(2, { flags: true })])
    expect(message?.uid).toBe(2)
    expect(server.connections).toHaveLength(2)
  })

  it('over one connection and one SELECT, when many ask for the same mailbox at once', async () => {
    await using server = await mailServer()
    await using client = await connectTo(server, { maxConnections: 3, reconnect: { delay: 0 } })
    await using inbox = await client.open('INBOX')
    await client.open('Other')
    const before = named(server.lines, 'SELECT INBOX').length
    await Promise.all(Array.from({ length: 10 }, () => inbox.command(noop, [])))
    expect(named(server.lines, 'SELECT INBOX').length - before).toBe(0)
    server.connections[0]?.reset()
    server.connections[1]?.reset()
    await noticed(client)
    await client.noop()
    const connections = server.connections.length
    await Promise.all(Array.from({ length: 10 }, () => inbox.command(noop, [])))
    expect(server.connections).toHaveLength(connections)
    expect(named(server.lines, 'SELECT INBOX').length - before).toBe(1)
  })

  it('and a connection that ends as it is opened takes nobody’s place', { timeout: 5000 }, async () => {
    let logins = 0
    const bye = ({ tag, capabilities }: { tag: string; capabilities: () => readonly string[] }) => {
      logins += 1
      const ok = `${tag} OK [CAPABILITY ${capabilities().join(' ')}] welcome\r\n`
      return Buffer.from(logins === 2 ? `${ok}* BYE too many connections\r\n` : ok)
    }
    await using server = await mailServer({ handlers: { LOGIN: bye, AUTHENTICATE: bye } })
    await using client = await connectTo(server, { maxConnections: 1, reconnect: { delay: 0 } })
    await using inbox = await client.open('INBOX')
    server.connections[0]?.reset()
    await noticed(client)
    expect((await inbox.fetchOne(2, { flags: true }).catch(() => inbox.fetchOne(2, { flags: true })))?.uid).toBe(2)
    expect(client.connections.lanes.all).toHaveLength(1)
    expect(server.connections).toHaveLength(3)
  })

  it('and what has gone when it is lent is not kept', async () => {
    const closed = { connection: { closed: true, endedWith: null }, state: 'logout', listen: () => () => undefined }
    const lanes = new Lanes(() => Promise.resolve(closed as unknown as Session), 1)
    const target = { name: 'INBOX', readOnly: false }
    await expect(lanes.lease(target)).rejects.toMatchObject({ code: 'ECLOSED' })
    expect(lanes.all).toHaveLength(0)
    await expect(lanes.lease(target)).rejects.toMatchObject({ code: 'ECLOSED' })
  })
})

describe('nothing is left of what is over', () => {
  it('of handles that were closed', async () => {
    await using server = await mailServer()
    await using client = await connectTo(server)
    for (let at = 0; at < 50; at += 1) await (await client.open(`Box${at}`)).close()
    expect((client.connections.lanes as unknown as { handles: unknown[] }).handles).toHaveLength(0)
  })

  it('of a connection that refuses what every connection is told', async () => {
    let asked = 0
    await using server = await mailServer({
      handlers: { XSET: () => ((asked += 1) === 1 ? '$tag OK set' : '$tag NO not here') },
    })
    await using client = await connectTo(server)
    const xset = command({
      name: 'XSET',
      states: ['authenticated', 'selected'],
      write: () => undefined,
      result: () => null,
    })
    await client.connections.everywhere('x', xset, [])
    await expect(client.connections.apart()).rejects.toMatchObject({ code: 'NO' })
    const second = await server.connected(2)
    await second.closed
    expect(asked).toBe(2)
  })
})

describe('closing', () => {
  it('lets nobody open another connection meanwhile', async () => {
    await using server = await mailServer({
      handlers: {
        'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'],
        LOGOUT: async ({ sleep }) => {
          await sleep(30)
          return ['* BYE', '$tag OK']
        },
      },
    })
    const client = await connectTo(server, { reconnect: { delay: 0 } })
    const inbox = await client.open('INBOX')
    const watch = inbox.watch()
    const first = watch.next().catch((error: unknown) => error)
    await server.received('IDLE')
    const closing = Promise.all([client.close(), client.close()])
    await expect(client.open('Other')).rejects.toMatchObject({ code: 'ECLOSED' })
    await expect(client.noop()).rejects.toMatchObject({ code: 'ECLOSED' })
    await closing
    expect(await first).toMatchObject({ code: 'ECLOSED' })
    expect(server.connections).toHaveLength(1)
    await client.close()
  })
})

describe('two watches on one connection', () => {
  it('take turns, and not at the speed of the network', async () => {
    await using server = await mailServer({ handlers: { 'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'] } })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using one = await client.open('One')
    await using two = await client.open('Two')
    await using first = one.watch()
    await using second = two.watch()
    const pending = [first.next(), second.next()]
    await server.received('IDLE')
    for (let at = 0; at < 20; at += 1) await client.noop()
    const selects = named(server.lines, 'SELECT').length
    for (let at = 0; at < 20; at += 1) await client.noop()
    expect(named(server.lines, 'SELECT').length).toBe(selects)
    // Somebody else is served at once all the same.
    await using other = await client.open('Other')
    expect((await other.fetchOne(1, { flags: true }))?.uid).toBe(1)
    await first.return?.()
    await second.return?.()
    await Promise.all(pending)
  })

  it('and each has its turn', { timeout: 8000 }, async () => {
    await using server = await mailServer({ handlers: { 'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'] } })
    await using client = await connectTo(server, { maxConnections: 1 })
    await using one = await client.open('One')
    await using two = await client.open('Two')
    await using first = one.watch({ poll: 10 })
    await using second = two.watch({ poll: 10 })
    const pending = [first.next(), second.next()]
    const before = server.lines.length
    await server.received('IDLE', 4)
    const since = server.lines.slice(before)
    expect(named(since, 'SELECT One').length).toBeGreaterThan(1)
    expect(named(since, 'SELECT Two').length).toBeGreaterThan(1)
    await first.return?.()
    await second.return?.()
    await Promise.all(pending)
  })
})
