import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import type { ImapClient } from '../../src/client/imap-client.ts'
import type { ConnectOptions } from '../../src/client/options.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

/** A client, and every line that went over the wire. */
const traced = async (
  server: NonNullable<typeof dovecot>,
  options: Partial<ConnectOptions> = {},
): Promise<{ client: ImapClient; lines: string[] }> => {
  const lines: string[] = []
  const client = await liveClient(server, server.user(), { ...options, logger: { trace: (line) => lines.push(line) } })
  return { client, lines }
}

/** A text of 3600 octets, which is sent as a literal. */
const long = 'Grüße aus dem Süden. '.repeat(150)

describe.skipIf(dovecot === undefined)('connections to Dovecot 2.3', () => {
  it.each(['tls', 'starttls', 'insecure-plaintext'] as const)(
    'COMPRESS=DEFLATE with %s carries literals both ways',
    async (security) => {
      if (dovecot === undefined) return
      for (const compress of [false, true]) {
        const { client, lines } = await traced(dovecot, { security, compress })
        await using _ending = client
        expect(lines.some((line) => /^C: \S+ COMPRESS DEFLATE/.test(line))).toBe(compress)
        await client.metadata.set('INBOX', { '/private/comment': long })
        for (let times = 0; times < 5; times += 1) {
          const { entries } = await client.metadata.get('INBOX', ['/private/comment'])
          expect(entries.get('/private/comment')).toBe(long)
        }
        const { connection } = client.connections.session
        expect(connection.secure).toBe(security !== 'insecure-plaintext')
        expect('inner' in connection.carrier).toBe(compress)
      }
      exercised(dovecot, 'COMPRESS=DEFLATE', ...(security === 'starttls' ? ['STARTTLS'] : []))
    },
  )

  it.each([
    ['LITERAL+', /\{3600\+\}$/, false],
    ['LITERAL-', /\{3600\+\}$/, false],
    ['', /\{3600\}$/, true],
  ] as const)('with "%s" sends a literal of up to 4096 octets as it may', async (capability, header, waits) => {
    if (dovecot === undefined) return
    await using server = await startDovecot({ capability: `IMAP4rev1 METADATA ${capability}`.trim() })
    const { client, lines } = await traced(server)
    await using _ending = client
    await client.metadata.set('INBOX', { '/private/comment': long })
    const at = lines.findIndex((line) => /^C: .*SETMETADATA/.test(line))
    expect(lines[at]?.replace(/ …$/, '')).toMatch(header)
    expect(lines.slice(at).some((line) => line.startsWith('S: + '))).toBe(waits)
    const { entries } = await client.metadata.get('INBOX', ['/private/comment'])
    expect(entries.get('/private/comment')).toBe(long)
    if (capability === 'LITERAL+') exercised(server, 'LITERAL+')
    if (capability === 'LITERAL-') exercised(server, 'LITERAL-')
  })

  it('SASL-IR: the initial response goes with the command, and without it after the challenge', async () => {
    if (dovecot === undefined) return
    const mechanisms = ['PLAIN'] as const
    const user = dovecot.user()
    const auth = { user, password: dovecot.password, mechanisms }
    const quick = await traced(dovecot, { auth })
    await quick.client.close()
    const authenticate = (lines: string[]) => lines.find((line) => /^C: \S+ AUTHENTICATE/.test(line))
    expect(authenticate(quick.lines)).toMatch(/AUTHENTICATE PLAIN \[secret\]/)
    // What is announced before login is a setting of its own.
    await using plain = await startDovecot({ extraConfig: 'protocol imap-login {\n}\nimap_capability = IMAP4rev1' })
    const slow = await traced(plain, { auth: { ...auth, user: plain.user() } })
    await slow.client.close()
    expect(slow.lines.some((line) => line.startsWith('C:') && line.includes('secret"'))).toBe(false)
    exercised(dovecot, 'SASL-IR', 'AUTH=')
  })

  it('LOGINDISABLED: no password leaves in the clear, by STARTTLS it does', async () => {
    if (dovecot === undefined) return
    const { insecureHost: host } = dovecot
    const auth = { user: dovecot.user(), password: dovecot.password, mechanisms: ['LOGIN', 'PLAIN'] as const }
    await expect(traced(dovecot, { host, security: 'insecure-plaintext', auth })).rejects.toMatchObject({
      code: 'ESASL',
    })
    const tls = { ca: dovecot.ca, servername: 'localhost' }
    const { client, lines } = await traced(dovecot, { host, security: 'starttls', auth, tls })
    await client.close()
    expect(lines.findIndex((line) => line.includes('STARTTLS'))).toBeLessThan(
      lines.findIndex((line) => line.includes('AUTHENTICATE')),
    )
    exercised(dovecot, 'LOGINDISABLED', 'STARTTLS')
  })

  it('ENABLE: QRESYNC and CONDSTORE are on after connecting', async () => {
    if (dovecot === undefined) return
    await using client = await liveClient(dovecot)
    expect(client.connections.isEnabled('QRESYNC')).toBe(true)
    expect(client.connections.isEnabled('CONDSTORE')).toBe(true)
    await using without = await liveClient(dovecot, dovecot.user(), { enable: { qresync: false } })
    expect(without.connections.isEnabled('QRESYNC')).toBe(false)
    exercised(dovecot, 'ENABLE')
  })
})
