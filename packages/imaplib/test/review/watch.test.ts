import { setTimeout as sleep } from 'node:timers/promises'
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { CommandContext } from 'imap-test-servers'
import type { WatchEvent } from '../../src/client/watch.ts'
import { connectTo, mailServer, type MailServerOptions } from '../client/mail-server.ts'

const search = { 'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'] }

/** IDLE that tells these lines, and then waits for DONE. */
const idleTelling =
  (...lines: string[]) =>
  async ({ send, readLine }: CommandContext) => {
    await send('+ idling', ...lines)
    await readLine()
    return '$tag OK done'
  }

const watched = async (options: MailServerOptions, more = {}) => {
  const server = await mailServer({ ...options, handlers: { ...search, ...options.handlers } })
  const client = await connectTo(server, { reconnect: { delay: 0 }, ...more })
  const inbox = await client.open('INBOX')
  return {
    server,
    client,
    inbox,
    async [Symbol.asyncDispose]() {
      await client.close()
      await server.stop()
    },
  }
}

describe('a watch leaves nothing behind', () => {
  it.each(['watch', 'live', 'account'] as const)('%s: no listener on the signal that it was given', async (kind) => {
    await using at = await watched({
      handlers: { LIST: ['* LIST () "/" INBOX', '$tag OK'], STATUS: ['* STATUS INBOX (MESSAGES 3)', '$tag OK'] },
    })
    const { signal } = new AbortController()
    const begin = () =>
      kind === 'watch'
        ? at.inbox.watch({ signal })
        : kind === 'live'
          ? at.inbox.live({ all: true }, { signal })
          : at.client.watch({ signal })
    for (let round = 0; round < 3; round += 1) {
      const watch = begin()
      const first = watch.next()
      await sleep(5)
      await watch.return?.()
      await first
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('and waits for no connection any more when it was left', async () => {
    await using at = await watched(
      { handlers: { 'UID FETCH': () => undefined } },
      { maxConnections: 1, reconnect: false },
    )
    const other = await at.client.open('Other')
    const fetch = other.fetchAll('1:*', { flags: true }).catch(() => null)
    await at.server.received('UID FETCH')
    const watch = at.inbox.watch()
    const first = watch.next()
    await watch.return?.()
    expect(await first).toEqual({ value: undefined, done: true })
    const { lanes } = at.client.connections
    expect((lanes as unknown as { waiting: unknown[] }).waiting).toHaveLength(0)
    at.server.connections[0]?.destroy()
    await fetch
  })
})

describe('a watch goes on', () => {
  it('after more lost connections than are borne in a row, as long as each was of use', async () => {
    let idles = 0
    await using at = await watched({
      handlers: {
        IDLE: async (context) => {
          idles += 1
          if (idles < 9) {
            await context.send('+ idling')
            return context.reset()
          }
          return idleTelling('* 2 FETCH (FLAGS (\\Flagged))')(context)
        },
      },
    })
    await using watch = at.inbox.watch()
    expect((await watch.next()).value).toMatchObject({ type: 'flags', uid: 2 })
  })

  it('and gives up when each is lost before anything is told', async () => {
    let selects = 0
    await using at = await watched({
      handlers: {
        'UID SEARCH': ({ reset }) => {
          selects += 1
          reset()
        },
      },
    })
    await using watch = at.inbox.watch()
    await expect(watch.next()).rejects.toMatchObject({ code: 'EEOF' })
    expect(selects).toBe(6)
    expect(await watch.next()).toMatchObject({ done: true })
  })

  it('by asking, where IDLE is announced and refused', async () => {
    await using at = await watched({
      handlers: { IDLE: '$tag NO not for you', NOOP: ['* 1 FETCH (FLAGS (\\Seen))', '$tag OK'] },
    })
    await using watch = at.inbox.watch({ poll: 10 })
    expect((await watch.next()).value).toMatchObject({ type: 'flags', uid: 1 })
  })

  it('at its own pace, where the server ends IDLE by itself', async () => {
    await using at = await watched({ handlers: { IDLE: ['+ idling', '$tag OK that is all'] } })
    await using watch = at.inbox.watch()
    const first = watch.next()
    await at.server.received('IDLE')
    await sleep(20)
    for (let round = 0; round < 10; round += 1) await at.client.noop()
    expect(at.server.commands.filter(({ name }) => name === 'IDLE')).toHaveLength(1)
    await watch.return?.()
    await first
  })

  it('when DONE crosses the end of IDLE on the way, and is taken for a command', async () => {
    await using at = await watched({ handlers: { IDLE: ['+ idling', '$tag OK that is all'] } })
    await using watch = at.inbox.watch()
    const first = watch.next()
    await at.server.received('IDLE')
    for (let round = 0; round < 10; round += 1) await at.client.noop()
    expect(at.server.lines).toContain('DONE')
    expect(at.server.connections).toHaveLength(1)
    await watch.return?.()
    await first
  })

  it('with DONE said once, whatever the server says more than once', async () => {
    await using at = await watched({
      handlers: {
        IDLE: async ({ send, readLine, tag }) => {
          await send('+ idling', '+ still idling')
          await readLine()
          await send('+ what?', `${tag} OK done`)
        },
      },
    })
    await using watch = at.inbox.watch()
    const first = watch.next()
    await at.server.received('IDLE')
    await at.client.noop()
    await at.server.received('IDLE', 2)
    await at.client.noop()
    expect(at.server.lines.filter((line) => line === 'DONE')).toHaveLength(2)
    expect(at.server.connections).toHaveLength(1)
    await watch.return?.()
    await first
  })

  it('with what has arrived, when the server counts fewer without a word and then more', async () => {
    let searches = 0
    await using at = await watched({
      handlers: {
        'UID SEARCH': () => [['* SEARCH 1 2 3', '* SEARCH 2 3', '* SEARCH 9'][searches++] ?? '* SEARCH', '$tag OK'],
        IDLE: async (context) =>
          idleTelling(searches === 1 ? '* 2 EXISTS' : searches === 2 ? '* 3 EXISTS' : '')(context),
      },
    })
    await using watch = at.inbox.watch()
    const events: WatchEvent[] = []
    for await (const event of watch) if (events.push(event) === 2) break
    expect(events.map((event) => [event.type, event.type === 'flags' ? '' : String(event.uids)])).toEqual([
      ['expunged', '1'],
      ['arrived', '9'],
    ])
  })
})

describe('a watch is bounded', () => {
  it('against a set of four thousand million UIDs', async () => {
    await using at = await watched({
      messages: 4_294_967_295,
      capabilities: ['ESEARCH'],
      handlers: { 'UID SEARCH': ['* ESEARCH (TAG "$tag") UID ALL 1:4294967295', '$tag OK'] },
    })
    await using watch = at.inbox.watch({ known: { uids: await at.inbox.search({ all: true }) } })
    await expect(watch.next()).rejects.toMatchObject({ code: 'ELIMIT' })
  })

  it('against news that nobody takes: the server is made to wait, and commands are answered all the same', async () => {
    let told = 0
    await using at = await watched(
      {
        handlers: {
          IDLE: async ({ send, sendRaw, readLine }) => {
            await send('+ idling')
            const done = readLine()
            const lines = '* 1 FETCH (FLAGS (\\Seen))\r\n'.repeat(1000)
            if (told === 0) for (; told < 100_000; told += 1000) await sendRaw(lines)
            await done
            return '$tag OK done'
          },
        },
      },
      { maxConnections: 1 },
    )
    await using watch = at.inbox.watch()
    expect((await watch.next()).value).toMatchObject({ type: 'flags', uid: 1 })
    const { queue } = watch as unknown as { queue: { length: number } }
    await sleep(50)
    expect(queue.length).toBeLessThan(10_000)
    await at.client.noop()
    let count = 1
    while (count < 100_000) {
      await watch.next()
      count += 1
    }
    expect(queue.length).toBe(0)
  })
})
