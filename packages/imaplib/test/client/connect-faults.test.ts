import { setTimeout as sleep } from 'node:timers/promises'
import { rawServer, type ScriptedServer, scriptedServer, type ScriptedServerOptions } from 'imap-test-servers'
import { describe, expect, it } from 'vitest'
import { ImapClient } from '../../src/client/imap-client.ts'
import type { ConnectOptions } from '../../src/client/options.ts'
import type { ImapError } from '../../src/errors/imap-error.ts'

/** Part A of the fault matrix: TLS, and all that comes before login. The numbers are its rows. */

const reach = (server: { host: string; port: number; ca: string }, more: Partial<ConnectOptions>): ConnectOptions => ({
  host: 'localhost',
  port: server.port,
  auth: { user: 'me', password: 'canary-secret' },
  tls: { ca: server.ca },
  timeout: 3000,
  reconnect: false,
  ...more,
})

const attempt = async (server: ScriptedServer, more: Partial<ConnectOptions> = {}): Promise<ImapError | ImapClient> =>
  ImapClient.connect(reach(server, { security: 'starttls', ...more })).catch((error: ImapError) => error)

/** No secret in any line that came before TLS, and none in the error. */
const nothingLeaked = (server: ScriptedServer, error: unknown) => {
  for (const connection of server.connections)
    for (const line of connection.lines) expect(line).not.toMatch(/LOGIN|AUTHENTICATE|canary|^\S+ ID /i)
  expect(String((error as Error).message)).not.toContain('canary')
}

const starttlsFaults: [string, ScriptedServerOptions, string][] = [
  ['1: STARTTLS is not offered', { capabilities: ['IMAP4rev1', 'AUTH=PLAIN'] }, 'ETLSREQUIRED'],
  ['2: STARTTLS is answered NO', { handlers: { STARTTLS: '$tag NO not now' } }, 'ETLSREQUIRED'],
  ['3: STARTTLS is answered BAD', { handlers: { STARTTLS: '$tag BAD what' } }, 'ETLSREQUIRED'],
  ['4: STARTTLS is answered by +', { handlers: { STARTTLS: '+ go' } }, 'EPROTOCOL'],
  ['5: an untagged OK only', { handlers: { STARTTLS: '* OK begin' } }, 'ETIMEDOUT'],
  ['6: an OK with another tag', { handlers: { STARTTLS: 'X999 OK begin' } }, 'EPROTOCOL'],
  ['7: silence', { handlers: { STARTTLS: () => undefined } }, 'ETIMEDOUT'],
  ['8: the end', { handlers: { STARTTLS: ({ end }) => end() } }, 'EEOF'],
  [
    '9: a line in the same segment as the OK',
    {
      handlers: { STARTTLS: ({ tag, sendRaw }) => sendRaw(`${tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n`) },
    },
    'ESTARTTLSINJECTION',
  ],
  [
    '9: half a line in the same segment',
    { handlers: { STARTTLS: ({ tag, sendRaw }) => sendRaw(`${tag} OK begin\r\n* CAPA`) } },
    'ESTARTTLSINJECTION',
  ],
  [
    '10: a line in a later segment, before the handshake',
    {
      handlers: {
        STARTTLS: async ({ tag, sendRaw }) => {
          await sendRaw(`${tag} OK begin\r\n`)
          await sleep(30)
          await sendRaw('* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n')
        },
      },
    },
    'ESTARTTLSINJECTION',
  ],
  ['14: PREAUTH in the clear', { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] in' }, 'ETLSREQUIRED'],
  [
    '16: PREAUTH with STARTTLS and LOGINDISABLED',
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] in' },
    'ETLSREQUIRED',
  ],
]

describe('STARTTLS is all or nothing', () => {
  it.each(starttlsFaults)('%s', async (_name, options, code) => {
    await using server = await scriptedServer({ capabilities: ['IMAP4rev1', 'STARTTLS', 'AUTH=PLAIN'], ...options })
    const error = await attempt(server, { timeout: code === 'ETIMEDOUT' ? 300 : 3000 })
    expect(error).toMatchObject({ code })
    nothingLeaked(server, error)
  })

  it('13: a tagged OK that comes with the greeting, its tag guessed, is fatal', async () => {
    await using server = await scriptedServer({
      greeting: ['* OK [CAPABILITY IMAP4rev1 STARTTLS] ready', 'A1 OK begin TLS', 'A001 OK begin', 'AAAAAA1 OK begin'],
    })
    const error = await attempt(server)
    expect(error).toMatchObject({ code: 'EPROTOCOL' })
    nothingLeaked(server, error)
  })

  it('11: mailbox data in the clear is ignored, and nothing of it is known afterwards', async () => {
    const noise = [
      '* LIST () "/" evil',
      '* LSUB () "/" evil',
      '* STATUS evil (MESSAGES 9)',
      '* SEARCH 1 2 3',
      '* FLAGS (\\Evil)',
      '* 99 EXISTS',
      '* 9 RECENT',
      '* 1 EXPUNGE',
      '* 1 FETCH (UID 66 FLAGS (\\Evil))',
    ]
    await using server = await scriptedServer({
      greeting: ['* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready', ...noise],
      handlers: { STARTTLS: async ({ send, upgradeToTls }) => (await send(...noise, '$tag OK go'), upgradeToTls()) },
      capabilities: ['IMAP4rev1', 'AUTH=PLAIN'],
    })
    const client = await attempt(server)
    if (!(client instanceof ImapClient)) throw client
    await using inbox = await client.open('INBOX')
    expect(inbox.exists).not.toBe(99)
    expect(inbox.state.flags).not.toContain('\\Evil')
    await client.close()
  })

  it('12: what the server could do in the clear is forgotten', async () => {
    await using server = await scriptedServer({
      greeting: '* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=LOGIN XEVIL] ready',
      capabilities: (connection) =>
        connection.secure ? ['IMAP4rev1', 'AUTH=PLAIN'] : ['IMAP4rev1', 'STARTTLS', 'XEVIL'],
      handlers: {
        STARTTLS: async ({ send, upgradeToTls }) => (
          await send('$tag OK [CAPABILITY IMAP4rev1 AUTH=LOGIN XEVIL] go'), upgradeToTls()
        ),
      },
    })
    const client = await attempt(server)
    if (!(client instanceof ImapClient)) throw client
    expect(client.capabilities.has('XEVIL')).toBe(false)
    expect(server.lines.find((line) => line.includes('AUTHENTICATE'))).toMatch(/AUTHENTICATE PLAIN/)
    await client.close()
  })

  it('18: alerts and referrals in the clear are neither shown nor followed', async () => {
    let strangers = 0
    await using evil = await rawServer(() => {
      strangers += 1
    })
    const lure = `[REFERRAL imap://;AUTH=*@localhost:${evil.port}/]`
    await using server = await scriptedServer({
      greeting: ['* OK [ALERT] call this number', `* OK ${lure} go there`],
      capabilities: ['IMAP4rev1', 'STARTTLS', 'AUTH=PLAIN'],
      handlers: { STARTTLS: `$tag NO ${lure} not here` },
    })
    const said: string[] = []
    const logger = { warn: (text: string) => void said.push(text), info: (text: string) => void said.push(text) }
    const error = await attempt(server, { logger })
    expect(error).toMatchObject({ code: 'ETLSREQUIRED' })
    expect(said.join()).not.toContain('call this number')
    expect(strangers).toBe(0)
  })
})

describe('TLS from the first byte', () => {
  it('15: PREAUTH is taken, and no login is sent', async () => {
    await using server = await scriptedServer({ tls: true, greeting: '* PREAUTH [CAPABILITY IMAP4rev1] in' })
    await using client = await ImapClient.connect(reach(server, {}))
    expect(server.lines.join()).not.toMatch(/LOGIN|AUTHENTICATE/)
    await client.noop()
  })

  it('19: LOGINDISABLED is heeded under TLS too', async () => {
    await using server = await scriptedServer({ tls: true, capabilities: ['IMAP4rev1', 'LOGINDISABLED'] })
    const error = await ImapClient.connect(reach(server, {})).catch((e: ImapError) => e)
    expect(error).toMatchObject({ code: 'ESASL' })
    expect(server.lines.join()).not.toContain('LOGIN ')
  })

  it('20: capabilities are asked for anew after login', async () => {
    let inside = false
    await using server = await scriptedServer({
      tls: true,
      capabilities: () => (inside ? ['IMAP4rev1', 'IDLE', 'XINSIDE'] : ['IMAP4rev1', 'AUTH=PLAIN', 'XOUTSIDE']),
      handlers: {
        AUTHENTICATE: async ({ args, send, readLine }) => {
          if (!args.includes(' ')) {
            await send('+ ')
            await readLine()
          }
          inside = true
          return '$tag OK in'
        },
      },
    })
    await using client = await ImapClient.connect(reach(server, {}))
    expect([client.capabilities.has('XINSIDE'), client.capabilities.has('XOUTSIDE')]).toEqual([true, false])
  })

  it.each(['expired', 'wrong-host', 'self-signed'] as const)('21: a certificate that is %s is refused', async (tls) => {
    await using server = await scriptedServer({ tls })
    const error = (await ImapClient.connect(reach(server, {})).catch((e: ImapError) => e)) as ImapError
    expect(error).toMatchObject({ code: 'ETLS' })
    expect(error.message).not.toContain('\n')
    expect(server.lines).toEqual([])
  })

  it('21: one of an unknown authority is refused', async () => {
    await using server = await scriptedServer({ tls: true })
    const error = await ImapClient.connect(reach(server, { tls: {} })).catch((e: ImapError) => e)
    expect(error).toMatchObject({ code: 'ETLS' })
  })

  it('23: a pin that does not fit is refused though the chain is good', async () => {
    await using server = await scriptedServer({ tls: true })
    const tls = { ca: server.ca, fingerprint: 'ab'.repeat(32) }
    const error = await ImapClient.connect(reach(server, { tls })).catch((e: ImapError) => e)
    expect(error).toMatchObject({ code: 'ETLS' })
  })

  it('26: a handshake that stalls is a time-out', async () => {
    await using server = await rawServer(() => undefined)
    const error = await ImapClient.connect(reach({ ...server, ca: '' }, { timeout: 200 })).catch((e: ImapError) => e)
    expect(error).toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('27: nothing identifying is sent before TLS', async () => {
    await using server = await scriptedServer({
      capabilities: (connection) =>
        connection.secure ? ['IMAP4rev1', 'ID', 'AUTH=PLAIN'] : ['IMAP4rev1', 'ID', 'STARTTLS', 'AUTH=PLAIN'],
      handlers: { ID: ['* ID NIL', '$tag OK'] },
    })
    const client = await attempt(server)
    if (!(client instanceof ImapClient)) throw client
    const lines = server.lines.map((line) => line.replace(/^\S+ /, ''))
    expect(lines.indexOf('STARTTLS')).toBeGreaterThanOrEqual(0)
    expect(lines.slice(0, lines.indexOf('STARTTLS')).filter((line) => line !== 'CAPABILITY')).toEqual([])
    expect(lines.some((line) => line.startsWith('ID '))).toBe(true)
    await client.close()
  })
})

describe('connecting', () => {
  it('79: a refused port and an unknown name are ECONNECT with Node’s error as the cause', async () => {
    const refused = await rawServer(() => undefined)
    await refused.stop()
    const error = (await ImapClient.connect(reach({ ...refused, ca: '' }, {})).catch((e: ImapError) => e)) as ImapError
    expect(error).toMatchObject({ code: 'ECONNECT', retryable: true })
    expect((error.cause as NodeJS.ErrnoException).code).toBe('ECONNREFUSED')
  })

  it('78: an abort at any stage ends it at once, with the reason', async () => {
    const stages: [string, ScriptedServerOptions][] = [
      ['greeting', { greeting: null }],
      ['capability', { greeting: '* OK hi', handlers: { CAPABILITY: () => undefined } }],
      ['login', { handlers: { AUTHENTICATE: () => undefined, LOGIN: () => undefined } }],
    ]
    for (const [stage, options] of stages) {
      await using server = await scriptedServer({ tls: true, ...options })
      const stop = new AbortController()
      const connecting = ImapClient.connect(reach(server, { signal: stop.signal }))
      setTimeout(() => stop.abort(new Error(stage)), 60)
      const error = (await connecting.catch((e: ImapError) => e)) as ImapError
      expect(error).toMatchObject({ code: 'ABORT_ERR' })
      expect((error.cause as Error).message).toBe(stage)
    }
    await expect(
      ImapClient.connect(reach({ host: 'x', port: 1, ca: '' }, { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({
      code: 'ABORT_ERR',
    })
  })

  it.each([
    ['host', { host: '' }],
    ['port', { port: 0 }],
    ['port', { port: 1.5 }],
    ['security', { security: 'none' as never }],
    ['timeout', { timeout: -1 }],
    ['maxConnections', { maxConnections: 0 }],
  ])('a bad %s is refused before anything is opened', async (name, bad) => {
    const error = (await ImapClient.connect(reach({ host: 'x', port: 1, ca: '' }, bad)).catch(
      (e: ImapError) => e,
    )) as ImapError
    expect(error).toMatchObject({ code: 'EINVALID' })
    expect(error.message).toContain(name)
  })

  it('a server that speaks HTTP, or SSH, or nothing sensible, is named', async () => {
    for (const banner of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      'SSH-2.0-OpenSSH_9.2p1\r\n',
      '220 smtp.example ESMTP\r\n',
    ]) {
      await using server = await rawServer((socket) => void socket.write(banner))
      const error = (await ImapClient.connect(reach({ ...server, ca: '' }, { security: 'starttls' })).catch(
        (e: ImapError) => e,
      )) as ImapError
      expect(error).toMatchObject({ code: 'EGREETING' })
      expect(error.message.split('\n')).toHaveLength(1)
    }
  })

  it('a password is never sent over a link that is not protected, unless the option says so', async () => {
    await using server = await scriptedServer({ capabilities: ['IMAP4rev1', 'AUTH=PLAIN'] })
    const client = await ImapClient.connect(reach(server, { security: 'insecure-plaintext' }))
    await client.close()
    expect(server.lines.join()).toContain('AUTHENTICATE PLAIN')
  })

  it('97: the password is in no trace, no error and no inspection', async () => {
    const { inspect } = await import('node:util')
    await using server = await scriptedServer({ handlers: { LOGIN: '$tag NO wrong', AUTHENTICATE: '$tag NO wrong' } })
    const said: string[] = []
    const sink = (text: string) => void said.push(text)
    const logger = { trace: sink, debug: sink, info: sink, warn: sink, error: sink }
    const password = 'canary"sec\\ret'
    const error = await ImapClient.connect(
      reach(server, { security: 'insecure-plaintext', auth: { user: 'me', password }, logger }),
    ).catch((e: ImapError) => e)
    const all = said.join('\n') + inspect(error, { depth: 10 })
    expect(all).toContain('[secret]')
    for (const form of [password, 'canary', Buffer.from(password).toString('base64').slice(0, 8)])
      expect(all).not.toContain(form)
  })
})
