import { orSkipped, startCyrus, startDovecot24 } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import type { AccountEvent } from '../../src/client/account-events.ts'
import { command } from '../../src/commands/command.ts'
import { rlist, rlsub, xlist } from '../../src/commands/list.ts'
import { allows } from '../../src/commands/rights.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import type { ConnectOptions } from '../../src/client/options.ts'

const cyrus = await orSkipped(startCyrus())
const older = await orSkipped(startCyrus({ suite: 'bookworm' }))
const dovecot = await orSkipped(startDovecot24())
afterAll(() => Promise.all([cyrus?.stop(), older?.stop(), dovecot?.stop()]))

type Server = NonNullable<typeof cyrus | typeof dovecot>

const servers: readonly (readonly [string, Server | undefined])[] = [
  ['Cyrus 3.12', cyrus],
  ['Cyrus 3.6', older],
  ['Dovecot 2.4', dovecot],
]

/** By PLAIN inside TLS: a refused channel binding costs three seconds at Cyrus. */
const connect = (server: Server, user = server.user(), options: Partial<ConnectOptions> = {}) =>
  liveClient(server, user, { auth: { user, password: server.password, mechanisms: ['PLAIN'] }, ...options })

/** APPEND of a message, for these tests alone. */
const append = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  write: (out, [mailbox]: [string]) =>
    void out
      .mailbox(mailbox)
      .literal(Buffer.from('From: a@b.example\r\nSubject: x\r\n\r\nSi vis pacem, para bellum.\r\n')),
  result: () => undefined,
})

const until = async (
  events: AsyncIterableIterator<AccountEvent>,
  enough: (event: AccountEvent) => boolean,
): Promise<AccountEvent> => {
  for (;;) {
    const { value, done } = await events.next()
    if (done === true) throw new Error('the watch ended')
    if (enough(value)) return value
  }
}

describe.each(servers)('%s', (_, server) => {
  it('ACL, LIST-MYRIGHTS', async (context) => {
    if (server === undefined) return context.skip()
    const guest = server.user()
    await using client = await connect(server)
    await client.create('Projekte ä')
    await client.acl.set('Projekte ä', guest, 'lr')
    expect((await client.acl.get('Projekte ä')).get(guest)).toMatch(/^(lr|rl)$/)
    expect(allows(await client.acl.mine('Projekte ä'), 'administer')).toBe(true)
    const grantable = await client.acl.grantable('Projekte ä', guest)
    expect(grantable.required + grantable.optional.join('')).toContain('l')
    const listed = await client.list({ rights: true })
    const own = listed.find(({ name }) => name === 'Projekte ä')
    expect([...(own?.rights ?? '')].sort()).toEqual([...(await client.acl.mine('Projekte ä'))].sort())
    await client.acl.delete('Projekte ä', guest)
    expect((await client.acl.get('Projekte ä')).has(guest)).toBe(false)
    exercised(server, 'ACL', 'RIGHTS=', ...(client.capabilities.has('LIST-MYRIGHTS') ? ['LIST-MYRIGHTS'] : []))
  })

  it('METADATA, LIST-METADATA', async (context) => {
    if (server === undefined) return context.skip()
    await using client = await connect(server)
    const value = 'Zeile eins ä\r\nZeile zwei'
    await client.metadata.set('INBOX', { '/private/comment': value })
    const { entries } = await client.metadata.get('INBOX', ['/private/comment'])
    expect(entries.get('/private/comment')).toBe(value)
    const small = await client.metadata.get('INBOX', ['/private/comment'], { maxSize: 5 })
    expect(small.entries.get('/private/comment') ?? null).toBeNull()
    const listed = await client.list({ metadata: ['/private/comment'] })
    expect(listed.find(({ name }) => name === 'INBOX')?.metadata?.get('/private/comment')).toBe(value)
    exercised(server, 'METADATA', ...(client.capabilities.has('LIST-METADATA') ? ['LIST-METADATA'] : []))
  })

  it('QUOTA, with its resources', async (context) => {
    if (server === undefined) return context.skip()
    await using client = await connect(server)
    const roots = await client.quota.of('INBOX')
    expect(roots.size).toBeGreaterThan(0)
    const [[root, quota] = ['', undefined]] = [...roots]
    expect(quota?.get('STORAGE')?.limit).toBeGreaterThan(0n)
    // Cyrus lets administrators ask for a root by its name.
    if (server === dovecot) expect(await client.quota.get(root)).toEqual(quota)
    else await expect(client.quota.get(root)).rejects.toMatchObject({ code: 'NO' })
    if (server === cyrus) expect(client.capabilities.has('QUOTA=RES-STORAGE')).toBe(true)
    const resources = client.capabilities.values('QUOTA').map((each) => `QUOTA=${each}`)
    exercised(server, 'QUOTA', ...resources)
    if (server === cyrus) exercised(server, 'QUOTA=RES-STORAGE')
  })

  it('LIST-EXTENDED, LIST-STATUS, SPECIAL-USE, NAMESPACE, ID, STATUS=SIZE', async (context) => {
    if (server === undefined) return context.skip()
    await using client = await connect(server)
    await client.create('Ärger & Co')
    await client.subscribe('Ärger & Co')
    await client.command(append, ['Ärger & Co'])
    const listed = await client.list({ status: ['messages', 'uidNext', 'size', 'highestModSeq'] })
    const own = listed.find(({ name }) => name === 'Ärger & Co')
    expect(own).toMatchObject({ subscribed: true, selectable: true, status: { messages: 1, uidNext: 2 } })
    expect(own?.status?.size).toBeGreaterThan(50)
    expect((await client.namespaces()).personal?.[0]?.delimiter).toBe('/')
    expect(client.serverId?.size).toBeGreaterThan(0)
    expect((await client.findRole('sent'))?.name).toBe('Sent')
    exercised(server, 'LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE', 'NAMESPACE', 'ID', 'STATUS=SIZE', 'CHILDREN')
  })

  it('CREATE-SPECIAL-USE', async (context) => {
    if (server === undefined) return context.skip()
    await using client = await connect(server)
    if (!client.capabilities.has('CREATE-SPECIAL-USE')) {
      await expect(client.create('x', { specialUse: ['\\Important'] })).rejects.toMatchObject({ code: 'ECAPABILITY' })
      return
    }
    await client.create('Wichtig', { specialUse: ['\\Important'] })
    expect(await client.findRole('important')).toMatchObject({ name: 'Wichtig', roleSource: 'attribute' })
    exercised(server, 'CREATE-SPECIAL-USE')
  })

  it('COMPRESS=DEFLATE', async (context) => {
    if (server === undefined) return context.skip()
    await using client = await connect(server, server.user(), { compress: true })
    expect('inner' in client.connections.session.connection.carrier).toBe(true)
    await client.metadata.set('INBOX', { '/private/comment': 'x'.repeat(1000) })
    const { entries } = await client.metadata.get('INBOX', ['/private/comment'])
    expect(entries.get('/private/comment')).toHaveLength(1000)
    exercised(server, 'COMPRESS=DEFLATE')
  })

  it('watches the account, by NOTIFY where there is one', async (context) => {
    if (server === undefined) return context.skip()
    const user = server.user()
    await using client = await connect(server, user)
    await using other = await connect(server, user)
    await other.create('Lists')
    await using events = client.watch({ poll: 100 })
    await until(events, ({ type, mailbox }) => type === 'status' && mailbox === 'Lists')
    await other.command(append, ['Lists'])
    const arrived = await until(events, ({ type, mailbox }) => type === 'arrived' && mailbox === 'Lists')
    expect(arrived).toMatchObject({ status: { messages: 1 } })
    await other.create('Neu')
    await until(events, ({ type, mailbox }) => type === 'mailbox-created' && mailbox === 'Neu')
    await other.rename('Neu', 'Neuer')
    await until(events, ({ type, mailbox }) => type !== 'status' && mailbox === 'Neuer')
    await other.subscribe('Neuer')
    await until(events, ({ type, mailbox }) => type === 'subscribed' && mailbox === 'Neuer')
    if (client.capabilities.has('NOTIFY')) exercised(server, 'NOTIFY')
    exercised(server, 'IDLE')
  })

  it('URLAUTH', async (context) => {
    if (server === undefined) return context.skip()
    const user = server.user()
    await using client = await connect(server, user)
    const url = { user, host: 'localhost', mailbox: 'INBOX', uid: 1, section: 'TEXT', access: `user+${user}` }
    if (!client.capabilities.has('URLAUTH')) {
      await expect(client.urls.authorise([{ url }])).rejects.toMatchObject({ code: 'ECAPABILITY' })
      return
    }
    await client.command(append, ['INBOX'])
    const [good = ''] = await client.urls.authorise([{ url }])
    expect(good).toMatch(/:internal:[0-9a-f]+$/i)
    const [found] = await client.urls.fetch([good])
    expect(found?.data).toEqual(Buffer.from('Si vis pacem, para bellum.\r\n'))
    exercised(server, 'URLAUTH')
  })
})

describe('Cyrus 3.12 alone', () => {
  it('IMAP4rev2 is enabled, and names are UTF-8 then', async (context) => {
    if (cyrus === undefined) return context.skip()
    const lines: string[] = []
    const logger = { trace: (line: string) => lines.push(line) }
    await using client = await connect(cyrus, cyrus.user(), { logger })
    expect(client.connections.isEnabled('IMAP4rev2')).toBe(true)
    await client.create('Größe')
    expect((await client.list()).map(({ name }) => name)).toContain('Größe')
    expect(lines.some((line) => line.includes('CREATE "GrÃ¶Ã') || line.includes('CREATE "Größe"'))).toBe(true)
    exercised(cyrus, 'IMAP4rev2', 'ENABLE')
  })

  it('JMAPACCESS', async (context) => {
    if (cyrus === undefined) return context.skip()
    await using client = await connect(cyrus)
    expect(await client.jmap.sessionUrl()).toBe('https://localhost/jmap')
    exercised(cyrus, 'JMAPACCESS')
  })

  it('SETQUOTA, by an administrator (QUOTASET)', async (context) => {
    if (cyrus === undefined) return context.skip()
    const user = cyrus.user()
    await using client = await connect(cyrus, user)
    await client.noop()
    await using admin = await connect(cyrus, cyrus.administrator)
    await admin.quota.set(`user/${user}`, { STORAGE: 4096, MESSAGE: 100 })
    const quota = await admin.quota.get(`user/${user}`)
    expect(quota.get('STORAGE')?.limit).toBe(4096n)
    expect(quota.get('MESSAGE')?.limit).toBe(100n)
    exercised(cyrus, 'QUOTASET')
  })

  it('UNAUTHENTICATE, which it knows without announcing it', async (context) => {
    if (cyrus === undefined) return context.skip()
    const user = cyrus.user()
    await using client = await connect(cyrus, cyrus.administrator)
    const { session } = client.connections
    const raw = command({
      name: 'UNAUTHENTICATE',
      states: ['authenticated', 'selected'],
      order: 'alone',
      write: (_out, _args: []) => undefined,
      result: () => undefined,
      onCompletion: ({ status }) => {
        if (status === 'OK') session.markUnauthenticated()
      },
    })
    const { enter } = await import('../../src/client/open-session.ts')
    const { settle } = await import('../../src/client/options.ts')
    await session.run(raw, [])
    expect(session.state).toBe('not authenticated')
    await enter(session, settle({ host: cyrus.host, auth: { user, password: cyrus.password, mechanisms: ['PLAIN'] } }))
    expect(await client.acl.mine('INBOX')).toContain('a')
    await client.switchUser({ user: cyrus.administrator, password: cyrus.password, mechanisms: ['PLAIN'] })
    expect(client.capabilities.has('ACL')).toBe(true)
    exercised(cyrus, 'UNAUTHENTICATE')
  })
})

describe('Cyrus 3.6 alone', () => {
  it('XLIST, RLIST and RLSUB', async (context) => {
    if (older === undefined) return context.skip()
    await using client = await connect(older)
    expect(client.capabilities.has('XLIST')).toBe(true)
    const listed = await client.command(xlist, ['', '*'])
    expect(listed.find(({ mailbox }) => mailbox === 'Sent')?.attributes.has('\\Sent')).toBe(true)
    expect((await client.command(rlist, ['', '*'])).map(({ mailbox }) => mailbox)).toContain('INBOX')
    expect((await client.command(rlsub, ['', '*'])).map(({ mailbox }) => mailbox)).toContain('INBOX')
    exercised(older, 'XLIST', 'MAILBOX-REFERRALS')
  })
})

describe('Dovecot 2.4 alone', () => {
  it('UTF8=ACCEPT: names and strings are UTF-8', async (context) => {
    if (dovecot === undefined) return context.skip()
    await using client = await connect(dovecot, dovecot.user(), { enable: { utf8: true } })
    expect(client.connections.isEnabled('UTF8=ACCEPT')).toBe(true)
    await client.create('Größe/子')
    expect((await client.list()).map(({ name }) => name)).toContain('Größe/子')
    expect((await client.status('Größe/子', ['messages'])).messages).toBe(0)
    const box = await client.open('Größe/子')
    expect(box.exists).toBe(0)
    exercised(dovecot, 'UTF8=ACCEPT', 'ENABLE')
  })
})
