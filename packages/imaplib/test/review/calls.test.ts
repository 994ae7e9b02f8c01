import { describe, expect, it } from 'vitest'
import { RowQueue } from '../../src/client/row-queue.ts'
import { connectTo, mailServer } from '../client/mail-server.ts'
import { uncaught } from '../client/uncaught.ts'

describe('an iterator that is asked again and again before it answers', () => {
  it('answers in order, however often it was asked', async () => {
    const queue = new RowQueue<number>()
    const answers = Promise.all(Array.from({ length: 50_000 }, () => queue.next()))
    for (let row = 0; row < 49_990; row += 1) queue.push(row)
    queue.end()
    const told = await answers
    expect(told.slice(0, 49_990).map(({ value }) => value)).toEqual(Array.from({ length: 49_990 }, (_, row) => row))
    expect(told.slice(49_990).every(({ done }) => done === true)).toBe(true)
  })

  it('tells an error once', async () => {
    const queue = new RowQueue<number>()
    const answers = Promise.allSettled(Array.from({ length: 5 }, () => queue.next()))
    queue.push(1)
    queue.fail(new Error('over'))
    expect((await answers).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ])
  })
})

describe('calls', () => {
  it('may take for ever where that was asked for', async () => {
    await using server = await mailServer({ handlers: { 'UID SEARCH': ['* SEARCH 1', '$tag OK'], APPEND: '$tag OK' } })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX', { timeout: Infinity })
    await client.noop({ timeout: Infinity })
    expect((await inbox.search({ all: true }, { timeout: 2 ** 31 })).size).toBe(1)
    expect(await client.append('INBOX', 'Subject: a\n\nb', { timeout: Infinity })).toBeNull()
  })

  it('of three fetches of three mailboxes over one connection are all answered in full', async () => {
    await using server = await mailServer({ messages: 1500, size: 500 })
    await using client = await connectTo(server, { maxConnections: 1 })
    const boxes = await Promise.all(['One', 'Two', 'Three'].map((name) => client.open(name)))
    const counts = await Promise.all(
      boxes.map(async (box) => {
        let count = 0
        for await (const message of box.fetch('1:*', { source: true })) {
          count += 1
          if (message.uid % 300 === 0) await box.fetchOne(1, { flags: true })
        }
        return count
      }),
    )
    expect(counts).toEqual([1500, 1500, 1500])
    expect(server.connections).toHaveLength(1)
  })

  it('under way when the client is closed are settled, and none is unheard', async () => {
    await using server = await mailServer({
      messages: 2000,
      size: 2000,
      handlers: { 'UID SEARCH': () => undefined, LOGOUT: ({ reset }) => reset() },
    })
    const problems = await uncaught(async () => {
      const client = await connectTo(server, { maxConnections: 2 })
      const [one, two] = await Promise.all([client.open('One'), client.open('Two')])
      const rows = one.fetch('1:*', { source: true })
      await rows.next()
      const pending = [
        one.search({ all: true }),
        two.watch().next(),
        two.live({ all: true }).next(),
        two.fetchAll('1:*', { source: true }),
        client.open('Three'),
        client.noop(),
        one.store('1', { add: ['\\Seen'] }),
      ]
      const settled = Promise.allSettled(pending)
      await server.received('UID SEARCH')
      await Promise.all([one.close(), client.close()])
      await settled
      const rest = (async () => {
        for await (const _ of rows) void _
      })()
      await Promise.allSettled([rest])
      expect(client.connections.lanes.all).toHaveLength(0)
    })
    expect(problems).toEqual([])
  })
})

describe('a set that a server makes up', () => {
  it('ends a live search, and not the process', async () => {
    await using server = await mailServer({
      capabilities: ['ESEARCH'],
      handlers: { 'UID SEARCH': ['* ESEARCH (TAG "$tag") UID ALL 1:4294967295 COUNT 4294967295', '$tag OK'] },
    })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    await using live = inbox.live({ all: true })
    await expect(live.next()).rejects.toMatchObject({ code: 'EINVALID' })
  })
})
