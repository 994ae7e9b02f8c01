import { describe, expect, it } from 'vitest'
import type { CommandContext, ScriptedConnection } from 'imap-test-servers'
import { command } from '../../src/commands/command.ts'
import { mailServer, connectTo } from '../client/mail-server.ts'

/** Who is logged in on which connection. */
const users = () => {
  const found = new Map<ScriptedConnection, string>()
  let gate: Promise<void> | null = null
  const AUTHENTICATE = async ({ connection, args, capabilities, send, readLine }: CommandContext) => {
    const inline = args.split(' ')[1]
    if (inline === undefined) await send('+ ')
    const user = Buffer.from(inline ?? (await readLine()), 'base64')
      .toString()
      .split('\0')[1] as string
    found.set(connection, user)
    if (user === 'me' && gate !== null) await gate
    return `$tag OK [CAPABILITY ${capabilities().join(' ')}] welcome`
  }
  return { found, AUTHENTICATE, hold: (until: Promise<void>) => (gate = until) }
}

describe('what one user has begun is not done as another', () => {
  const setUp = async (more: Record<string, (context: CommandContext) => unknown> = {}, maxConnections = 2) => {
    const who = users()
    const server = await mailServer({
      handlers: { AUTHENTICATE: who.AUTHENTICATE, 'UID SEARCH': ['* SEARCH 1', '$tag OK'], ...(more as object) },
    })
    const client = await connectTo(server, { maxConnections, reconnect: { delay: 0 } })
    return { who, server, client }
  }
  it('neither on a connection that was on its way', async () => {
    const { who, server, client } = await setUp()
    let open: () => void = () => undefined
    void who.hold(new Promise((resolve) => (open = resolve)))
    await client.open('One')
    const second = client.open('Two').catch((error: unknown) => error)
    await server.connected(2)
    const switched = client.switchUser({ user: 'other', password: 'secret' })
    open()
    await switched
    expect(await second).toMatchObject({ code: 'ECLOSED' })
    const names = client.connections.lanes.all.length
    await client.open('Two')
    await client.open('Three')
    const living = server.connections.slice(2)
    expect(names).toBe(1)
    expect(living.every((connection) => who.found.get(connection) === 'other')).toBe(true)
    await client.close()
    await server.stop()
  })

  it('nor by being tried again', async () => {
    const xread = command({
      name: 'XREAD',
      states: ['authenticated', 'selected'],
      idempotent: true,
      write: () => undefined,
      result: () => null,
    })
    const readers: (string | undefined)[] = []
    const who = users()
    const server = await mailServer({
      handlers: {
        AUTHENTICATE: who.AUTHENTICATE,
        XREAD: ({ connection }) => void readers.push(who.found.get(connection)),
        LOGOUT: ({ reset }) => reset(),
      },
    })
    const client = await connectTo(server, { reconnect: { delay: 0 } })
    const reading = client.command(xread, []).catch((error: unknown) => error)
    await server.received('XREAD')
    await client.switchUser({ user: 'other', password: 'secret' })
    expect(await reading).toBeInstanceOf(Error)
    expect(readers).toEqual(['me'])
    await client.close()
    await server.stop()
  })

  it('nor by a handle that waited for its turn', async () => {
    const { server, client } = await setUp({ 'UID FETCH': () => undefined }, 1)
    const one = await client.open('One')
    const two = await client.open('Two')
    const blocking = one.fetchAll('1:*', { flags: true }).catch((error: unknown) => error)
    await server.received('UID FETCH')
    const waiting = two.search({ all: true }).catch((error: unknown) => error)
    await client.switchUser({ user: 'other', password: 'secret' })
    expect(await waiting).toMatchObject({ code: 'ECLOSED' })
    await blocking
    expect(server.commands.some(({ name }) => name === 'UID SEARCH')).toBe(false)
    await client.close()
    await server.stop()
  })

  it('nor is the account of one user watched for another', async () => {
    const { server, client } = await setUp({
      LIST: () => ['* LIST () "/" Archive', '$tag OK'],
      STATUS: () => ['* STATUS Archive (MESSAGES 1)', '$tag OK'],
    })
    const watch = client.watch({ mailboxes: ['Archive'], poll: 1_000_000 })
    expect((await watch.next()).value).toMatchObject({ type: 'status', mailbox: 'Archive' })
    const next = watch.next().catch((error: unknown) => error)
    await client.switchUser({ user: 'other', password: 'secret' })
    expect(await next).toMatchObject({ code: expect.stringMatching(/^(ECLOSED|ESTALE)$/) as string })
    await client.close()
    await server.stop()
  })
})
