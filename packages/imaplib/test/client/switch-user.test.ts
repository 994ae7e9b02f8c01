import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

const enabling = {
  ENABLE: ['* ENABLED UTF8=ACCEPT', '$tag OK enabled'],
  UNAUTHENTICATE: ['$tag OK Completed, now in not authenticated state'],
}

describe('switchUser, by RFC 8437 §3', () => {
  it('goes on as another user on the same connection, with UNAUTHENTICATE', async () => {
    await using scripted = await scriptedClient(
      'UNAUTHENTICATE ENABLE UTF8=ACCEPT NAMESPACE',
      {
        ...enabling,
        NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
        STATUS: ({ args }) => [`* STATUS ${args.split(' (')[0]} (MESSAGES 1)`, '$tag OK done'],
      },
      { enable: { utf8: true } },
    )
    const { client, server } = scripted
    await client.namespaces()
    const inbox = await client.open('INBOX')
    await client.switchUser({ user: 'fred', password: 'other' })
    expect(client.connections.isEnabled('UTF8=ACCEPT')).toBe(true)
    await client.status('Entwürfe', ['messages'])
    await client.namespaces()
    expect(() => inbox.fetch('1', { flags: true })).toThrow(expect.objectContaining({ code: 'ESTALE' }))
    expect(server.connections).toHaveLength(1)
    expect(server.commands.map(({ line }) => line.replace(/^\S+ /, ''))).toEqual([
      'LOGIN joe "secret"',
      'ENABLE UTF8=ACCEPT',
      'NAMESPACE',
      'SELECT INBOX',
      'UNAUTHENTICATE',
      'CAPABILITY',
      'LOGIN fred "other"',
      'ENABLE UTF8=ACCEPT',
      'STATUS "Entwürfe" (MESSAGES)',
      'NAMESPACE',
    ])
  })

  it('forgets what the user before had enabled (§4.1)', async () => {
    let logins = 0
    await using scripted = await scriptedClient(
      'UNAUTHENTICATE',
      {
        ...enabling,
        LOGIN: () => {
          logins += 1
          const more = logins === 1 ? ' UNAUTHENTICATE ENABLE UTF8=ACCEPT' : ''
          return [`$tag OK [CAPABILITY IMAP4rev1${more}] welcome`]
        },
        CREATE: ['$tag OK done'],
      },
      { enable: { utf8: true } },
    )
    const { client } = scripted
    await client.create('ä')
    await client.switchUser({ user: 'fred', password: 'other' })
    expect(client.connections.isEnabled('UTF8=ACCEPT')).toBe(false)
    expect(client.capabilities.has('ENABLE')).toBe(false)
    await client.create('ä')
    expect(scripted.sent()).toEqual([
      'ENABLE UTF8=ACCEPT',
      'CREATE "ä"',
      'UNAUTHENTICATE',
      'CAPABILITY',
      'CREATE &AOQ-',
    ])
  })

  it('opens a new connection where the server ends the old one instead (§3)', async () => {
    await using scripted = await scriptedClient('UNAUTHENTICATE', {
      UNAUTHENTICATE: async ({ send, end }) => {
        await send('* BYE cannot reset')
        end()
      },
    })
    await scripted.client.switchUser({ user: 'fred', password: 'other' })
    expect(scripted.server.connections).toHaveLength(2)
    expect(scripted.server.connections[1]?.lines[0]).toMatch(/LOGIN fred/)
  })

  it('a refused login leaves the client who it was', async () => {
    await using scripted = await scriptedClient('UNAUTHENTICATE', {
      ...enabling,
      LOGIN: ({ args }) =>
        args.startsWith('joe')
          ? ['$tag OK [CAPABILITY IMAP4rev1 UNAUTHENTICATE] welcome']
          : ['$tag NO [AUTHENTICATIONFAILED] no'],
    })
    const { client, server } = scripted
    await expect(client.switchUser({ user: 'fred', password: 'bad' })).rejects.toMatchObject({ code: 'EAUTH' })
    await client.noop()
    expect(server.connections[1]?.lines[0]).toMatch(/LOGIN joe/)
  })

  it('with compression a new connection is opened: the layer would have to end in the middle (§4.1)', async () => {
    await using scripted = await scriptedClient(
      'UNAUTHENTICATE COMPRESS=DEFLATE',
      {
        ...enabling,
        COMPRESS: async ({ send, connection }) => {
          await send('$tag OK DEFLATE active')
          connection.inflate()
        },
      },
      { compress: true },
    )
    await scripted.client.switchUser({ user: 'fred', password: 'other' })
    await scripted.client.noop()
    expect(scripted.server.connections).toHaveLength(2)
    expect(scripted.server.commands.filter(({ name }) => name === 'UNAUTHENTICATE')).toEqual([])
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('switchUser at Dovecot 2.3, which has no UNAUTHENTICATE', () => {
  it('comes to the same by a new connection', async () => {
    if (dovecot === undefined) return
    const [one, other] = [dovecot.user(), dovecot.user()]
    await using client = await liveClient(dovecot, one)
    await client.create('mine alone')
    await client.switchUser({ user: other, password: dovecot.password })
    expect((await client.list()).map(({ name }) => name)).not.toContain('mine alone')
    await client.switchUser({ user: one, password: dovecot.password })
    expect((await client.list()).map(({ name }) => name)).toContain('mine alone')
  })
})
