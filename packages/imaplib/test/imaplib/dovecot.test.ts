import { type DovecotServer, orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type IMAP4DataItem,
  IMAP4,
  IMAP4_SSL,
  IMAP4_stream,
  Internaldate2tuple,
  ParseFlags,
  ParseNumbers,
} from 'imaplib'
import { oauthbearer } from '../../src/sasl/oauthbearer.ts'
import { scram } from '../../src/sasl/scram.ts'
import { texts } from './both-ways.ts'

let server: DovecotServer | undefined
beforeAll(async () => {
  server = await orSkipped(startDovecot())
})
afterAll(async () => server?.stop())

const message = (subject: string, body = 'hello') =>
  `From: Terry Gray <gray@example>\nTo: list@example\nSubject: ${subject}\nMessage-ID: <${subject}@example>\n\n${body}\n`

/** The ways to an account of one's own, logged in. */
const ways: [string, (there: DovecotServer, user: string) => Promise<IMAP4>][] = [
  ['plain', async ({ host, port, password }, user) => loggedIn(await IMAP4.connect(host, port), user, password)],
  [
    'STARTTLS',
    async ({ host, port, ca, password }, user) => {
      const M = await IMAP4.connect(host, port)
      await M.starttls({ ca })
      return loggedIn(M, user, password)
    },
  ],
  [
    'TLS',
    async ({ host, tlsPort, ca, password }, user) =>
      loggedIn(await IMAP4_SSL.connect(host, tlsPort, { ca }), user, password),
  ],
  [
    'COMPRESS',
    async ({ host, tlsPort, ca, password }, user) => {
      const M = await loggedIn(await IMAP4_SSL.connect(host, tlsPort, { ca }), user, password)
      expect((await M.compress())[0]).toBe('OK')
      return M
    },
  ],
  ['stream', ({ preauthCommand }, user) => IMAP4_stream.connect(preauthCommand(user))],
]

const loggedIn = async (M: IMAP4, user: string, password: string): Promise<IMAP4> => {
  await M.login(user, password)
  return M
}

for (const [way, enter] of ways)
  test(`a whole session (${way})`, async ({ skip }) => {
    if (server === undefined) return skip()
    const user = server.user()
    const M = await enter(server, user)
    const ok = async (result: Promise<[string, unknown[]]>) => {
      const [typ, data] = await result
      expect(typ).toBe('OK')
      return texts(data) as string[]
    }
    expect(M.state).toBe('AUTH')
    expect(M.capabilities).toContain('IDLE')

    await ok(M.create('My folder'))
    await ok(M.create('Entwürfe & mehr'))
    expect((await ok(M.list('', 'Entw*')))[0]).toContain('"Entw&APw-rfe &- mehr"')
    await ok(M.rename('My folder', 'Renamed folder'))
    expect(await M.create('Renamed folder')).toMatchObject(['NO', [expect.any(Buffer)]])
    await ok(M.subscribe('Renamed folder'))
    expect((await ok(M.lsub())).join()).toContain('"Renamed folder"')
    await ok(M.unsubscribe('Renamed folder'))

    for (const subject of ['beta', 'alpha', 'gamma'])
      await ok(M.append('INBOX', '\\Flagged', new Date(8e11), message(subject)))
    expect(texts(await M.response('APPENDUID'))).toMatchObject([
      'APPENDUID',
      ['1', '2', '3'].map((uid) => expect.stringMatching(new RegExp(`^\\d+ ${uid}$`))),
    ])
    expect((await ok(M.status('INBOX', ['MESSAGES', 'UIDNEXT'])))[0]).toBe('INBOX (MESSAGES 3 UIDNEXT 4)')
    expect(await ok(M.select())).toEqual(['3'])
    expect(texts(await M.response('PERMANENTFLAGS'))).toEqual(['PERMANENTFLAGS', [expect.stringContaining('\\*')]])
    await ok(M.check())

    expect(await ok(M.search(null, 'SUBJECT', 'alpha'))).toEqual(['2'])
    expect(await ok(M.search('UTF-8', 'SUBJECT ?', { params: ['no such'] }))).toEqual([''])
    expect(await ok(M.uid('SEARCH', null, 'ALL'))).toEqual(['1 2 3'])
    M.literal = Buffer.from('gamma')
    expect(await ok(M.uid('SEARCH', 'CHARSET', 'UTF-8', 'SUBJECT'))).toEqual(['3'])
    expect(await ok(M.sort('SUBJECT', 'UTF-8', 'ALL'))).toEqual(['2 1 3'])
    expect(await ok(M.sort(['REVERSE', 'SUBJECT'], 'UTF-8', 'ALL', { uid: true }))).toEqual(['3 1 2'])
    expect(await ok(M.thread('REFERENCES', 'UTF-8', 'ALL'))).toEqual(['(1)(2)(3)'])

    const [, data] = await M.fetch('1:3', '(FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
    const pairs = data.filter((item): item is [Buffer, Buffer] => Array.isArray(item))
    expect(pairs.map(([, literal]) => literal.toString())).toEqual(
      ['beta', 'alpha', 'gamma'].map((s) => `Subject: ${s}\r\n\r\n`),
    )
    const [header] = pairs[0] as [Buffer, Buffer]
    expect(texts(ParseFlags(header))).toContain('\\Flagged')
    expect(Internaldate2tuple(header)?.date).toEqual(new Date(8e11))
    expect(await ok(M.fetch([[1, 2]], 'UID'))).toEqual(['1 (UID 1)', '2 (UID 2)'])

    expect((await ok(M.store('2', '+FLAGS', ['\\Deleted', '$Junk'])))[0]).toMatch(/^2 \(FLAGS \(.*\$Junk/)
    expect(await M.store('1', '+FLAGS.SILENT', '\\Seen')).toEqual(['OK', [null]])
    await ok(M.copy('1', 'Renamed folder'))
    await ok(M.move('3', 'Renamed folder', { uid: true }))
    expect(texts(await M.response('COPYUID'))).toMatchObject(['COPYUID', [expect.any(String), expect.any(String)]])
    // The store holds what MOVE expunged; UID EXPUNGE adds its own.
    expect(await ok(M.expunge('2', { uid: true }))).toEqual(['3', '2'])
    expect(await ok(M.search(null, 'ALL'))).toEqual(['1'])
    expect((await ok(M.recent()))[0]).toMatch(/^\d+$/)
    await ok(M.unselect())
    expect(await ok(M.select('Renamed folder', true))).toEqual(['2'])
    await ok(M.close())

    expect((await ok(M.getacl('INBOX')))[0]).toMatch(/^INBOX /)
    await ok(M.setacl('INBOX', 'bob', 'lr'))
    expect((await ok(M.getacl('INBOX')))[0]).toMatch(/bob lr/)
    await ok(M.deleteacl('INBOX', 'bob'))
    expect((await ok(M.myrights('INBOX')))[0]).toMatch(/^INBOX lrwstipekxa/)
    const [, [roots, quotas]] = await M.getquotaroot('INBOX')
    expect(texts([roots, quotas])).toMatchObject([
      [expect.stringContaining('User quota')],
      [expect.stringContaining('STORAGE')],
    ])
    expect((await ok(M.getquota('User quota')))[0]).toContain('STORAGE')
    expect((await ok(M.namespace()))[0]).toContain('"/"')
    expect((await ok(M.id({ name: 'imaplib' })))[0]).toContain('Dovecot')
    await ok(M.xatom('SETMETADATA', '""', '(/private/comment "my own")'))
    await ok(M.xatom('GETMETADATA', '""', '/private/comment'))
    expect(JSON.stringify(texts(await M.response('METADATA')))).toContain('my own')
    await ok(M.enable('CONDSTORE'))
    expect((await ok(M.capability()))[0]).toContain('IMAP4rev1')

    await ok(M.select())
    const idler = await M.idle()
    const other = await IMAP4_stream.connect(server.preauthCommand(user))
    await other.append('INBOX', null, null, message('delta'))
    await other.logout()
    for await (const [typ, items] of idler)
      if (typ === 'EXISTS') {
        expect(texts(items)).toEqual(['2'])
        break
      }
    await idler.done()

    await ok(M.delete('Renamed folder'))
    const big = message('big', 'line of text\r\n'.repeat(200_000))
    await ok(M.append('INBOX', null, null, big))
    const [, fetched] = await M.fetch('*', '(BODY.PEEK[])')
    const literal = fetched.find((item: IMAP4DataItem | null): item is [Buffer, Buffer] => Array.isArray(item))?.[1]
    expect(literal?.toString()).toBe(big.replaceAll(/\r?\n/g, '\r\n'))
    await expect(M.search(null, 'NONSENSE')).rejects.toThrow(/^SEARCH command error: BAD \[b/)
    expect(await ok(M.noop())).toHaveLength(1)
    expect((await M.logout())[0]).toBe('BYE')
  })

describe('ways to log in', () => {
  const logins: [string, (M: IMAP4, user: string, there: DovecotServer) => Promise<unknown>][] = [
    ['login', (M, user, { password }) => M.login(user, password)],
    ['login_plain', (M, user, { password }) => M.login_plain(user, password)],
    ['login_cram_md5', (M, user, { password }) => M.login_cram_md5(user, password)],
    ['SCRAM-SHA-256', (M, user, { password }) => M.authenticate(scram('SCRAM-SHA-256', user, password))],
    ['SCRAM-SHA-1', (M, user, { password }) => M.authenticate(scram('SCRAM-SHA-1', user, password))],
    [
      'OAUTHBEARER',
      (M, user, there) =>
        M.authenticate(oauthbearer(user, there.token(user), { host: there.host, port: there.tlsPort })),
    ],
    [
      'XOAUTH2',
      (M, user, { token }) => M.authenticate('XOAUTH2', () => `user=${user}\x01auth=Bearer ${token(user)}\x01\x01`),
    ],
    [
      'PLAIN by hand',
      (M, user, { password }) =>
        M.authenticate('PLAIN', (challenge) => (expect(challenge).toHaveLength(0), `\0${user}\0${password}`)),
    ],
  ]
  for (const [name, login] of logins)
    test(name, async ({ skip }) => {
      if (server === undefined) return skip()
      const user = server.user()
      await using M = await IMAP4_SSL.connect(server.host, server.tlsPort, { ca: server.ca })
      expect(await login(M, user, server)).toMatchObject(['OK', [expect.any(Buffer)]])
      expect(M.state).toBe('AUTH')
      expect(M.capabilities).toContain('NAMESPACE')
      expect((await M.select())[0]).toBe('OK')
    })

  test('wrong passwords and tokens', async ({ skip }) => {
    if (server === undefined) return skip()
    const user = server.user()
    await using M = await IMAP4_SSL.connect(server.host, server.tlsPort, { ca: server.ca })
    await expect(M.login(user, 'wrong')).rejects.toMatchObject({
      name: 'IMAP4.error',
      code: 'EAUTH',
      responseCode: 'AUTHENTICATIONFAILED',
    })
    await expect(M.login_plain(user, 'wrong')).rejects.toMatchObject({ code: 'EAUTH' })
    await expect(M.authenticate(scram('SCRAM-SHA-256', user, 'wrong'))).rejects.toThrow()
    const challenges: string[] = []
    const answer = (challenge: Buffer) => {
      challenges.push(challenge.toString())
      // The second challenge is the error, as JSON; an empty answer ends it.
      return challenges.length === 1 ? `user=${user}\x01auth=Bearer wrong\x01\x01` : ''
    }
    await expect(M.authenticate('XOAUTH2', answer)).rejects.toMatchObject({ code: 'EAUTH' })
    expect(M.state).toBe('NONAUTH')
  })

  test('LOGINDISABLED before STARTTLS', async ({ skip }) => {
    if (server === undefined) return skip()
    const user = server.user()
    await using M = await IMAP4.connect(server.insecureHost, server.port)
    expect(M.capabilities).toContain('LOGINDISABLED')
    await expect(M.login(user, 'secret')).rejects.toMatchObject({ code: 'EAUTH', responseCode: 'PRIVACYREQUIRED' })
    await M.starttls({ ca: server.ca })
    expect(M.capabilities).not.toContain('LOGINDISABLED')
    expect((await M.login(user, 'secret'))[0]).toBe('OK')
  })
})

test('many messages at once', async ({ skip }) => {
  if (server === undefined) return skip()
  await using M = await IMAP4_stream.connect(server.preauthCommand(server.user()))
  await Promise.all(
    Array.from({ length: 300 }, (_, i) => M.append('INBOX', null, null, message(`number ${i}`, 'x'.repeat(i * 20)))),
  )
  await M.select()
  const [, data] = await M.fetch('1:*', '(UID BODY.PEEK[])')
  expect(data.filter((item) => Array.isArray(item))).toHaveLength(300)
  expect(ParseNumbers((await M.uid('SEARCH', 'ALL'))[1])).toHaveLength(300)
})
