import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { referralsOf } from '../../src/client/referrals.ts'
import { ImapError } from '../../src/errors/imap-error.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

const failure = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error,
  )

describe('LOGIN-REFERRALS, by the dialogues of RFC 2221 §4', () => {
  it('a refused LOGIN says where else; nothing is tried there, and no other mechanism here', async () => {
    const error = await failure(
      scriptedClient('LOGIN-REFERRALS', {
        LOGIN: ['$tag NO [REFERRAL IMAP://MIKE@SERVER2/] Specified user is invalid on this server. Try SERVER2.'],
      }),
    )
    expect(error).toMatchObject({ code: 'EAUTH', responseCode: 'REFERRAL' })
    expect(referralsOf(error)).toEqual([{ user: 'MIKE', host: 'SERVER2' }])
  })

  it('so does AUTHENTICATE', async () => {
    const error = await failure(
      scriptedClient('LOGIN-REFERRALS AUTH=PLAIN AUTH=SCRAM-SHA-256 SASL-IR', {
        AUTHENTICATE: ['$tag NO [REFERRAL IMAP://user;AUTH=GSSAPI@SERVER2/] Try SERVER2.'],
      }),
    )
    expect(referralsOf(error)).toEqual([{ user: 'user', auth: 'GSSAPI', host: 'SERVER2' }])
  })

  it('an accepted LOGIN may say that the mailboxes are elsewhere', async () => {
    await using scripted = await scriptedClient('LOGIN-REFERRALS', {
      LOGIN: ["$tag OK [REFERRAL IMAP://MATTHEW@SERVER2/] Specified user's personal mailboxes located on Server2"],
    })
    expect(scripted.client.referrals).toEqual([{ user: 'MATTHEW', host: 'SERVER2' }])
    await using usual = await scriptedClient('')
    expect(usual.client.referrals).toEqual([])
  })

  it('a server may send everybody away with its greeting', async () => {
    const { scriptedServer } = await import('imap-test-servers')
    await using server = await scriptedServer({
      greeting: ['* BYE [REFERRAL IMAP://user;AUTH=*@SERVER2/] Server not accepting connections. Try SERVER2'],
    })
    const { ImapClient } = await import('../../src/client/imap-client.ts')
    const error = await failure(
      ImapClient.connect({
        host: server.host,
        port: server.port,
        security: 'insecure-plaintext',
        auth: { user: 'a', password: 'b' },
        reconnect: false,
      }),
    )
    expect(error).toMatchObject({ code: 'EBYE' })
    expect(referralsOf(error)).toEqual([{ user: 'user', auth: '*', host: 'SERVER2' }])
  })
})

describe('MAILBOX-REFERRALS, by the dialogues of RFC 2193 §4', () => {
  it('an error tells all servers that have the mailbox, in their order', async () => {
    await using scripted = await scriptedClient('MAILBOX-REFERRALS', {
      SELECT: [
        '$tag NO [REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE] Remote mailbox. Try SERVER2 or SERVER3.',
      ],
      DELETE: ['$tag NO [REFERRAL IMAP://user;AUTH=*@SERVER2/SHARED/FOO] Remote mailbox. Try SERVER2.'],
      RENAME: ['$tag NO [REFERRAL IMAP://user;AUTH=*@SERVER1/FOO IMAP://user;AUTH=*@SERVER2/BAR] Unable to rename'],
    })
    const { client } = scripted
    expect(referralsOf(await failure(client.open('REMOTE')))).toEqual([
      { user: 'user', auth: '*', host: 'SERVER2', mailbox: 'REMOTE' },
      { user: 'user', auth: '*', host: 'SERVER3', mailbox: 'REMOTE' },
    ])
    const [there] = referralsOf(await failure(client.delete('SHARED/FOO')))
    expect(there?.mailbox).toBe('SHARED/FOO')
    const pair = referralsOf(await failure(client.rename('FOO', 'BAR')))
    expect(pair.map(({ host, mailbox }) => [host, mailbox])).toEqual([
      ['SERVER1', 'FOO'],
      ['SERVER2', 'BAR'],
    ])
    expect(scripted.server.connections).toHaveLength(1)
  })
})

describe('referralsOf', () => {
  it('is empty for whatever has none', () => {
    expect(referralsOf(undefined)).toEqual([])
    expect(referralsOf(new Error('x'))).toEqual([])
    expect(referralsOf(new ImapError('NO', 'x', { responseCode: 'TRYCREATE', codeArguments: 'imap://h/' }))).toEqual([])
    expect(referralsOf(new ImapError('NO', 'x', { responseCode: 'REFERRAL' }))).toEqual([])
    const odd = { responseCode: 'REFERRAL', codeArguments: 'http://h/ imap://h/%zz imap://good/' }
    expect(referralsOf(new ImapError('NO', 'x', odd))).toEqual([{ host: 'good' }])
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('LOGIN-REFERRALS of Dovecot 2.3', () => {
  it('sends a user elsewhere', async () => {
    if (dovecot === undefined) return
    const user = dovecot.user({ fields: 'nologin=y host=other.example' })
    const error = await failure(liveClient(dovecot, user))
    expect(error).toMatchObject({ code: 'EAUTH' })
    expect(referralsOf(error)[0]).toMatchObject({ host: 'other.example', user })
    exercised(dovecot, 'LOGIN-REFERRALS')
  })
})
