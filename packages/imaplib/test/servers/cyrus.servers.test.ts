import { orSkipped, startCyrus } from 'imap-test-servers'
import { type ConnectOptions, ImapClient } from 'imaplib'
import { afterAll, expect, it } from 'vitest'
import { runEveryCall } from '../client/run-every-call.ts'

const cyrus = await orSkipped(startCyrus())
afterAll(() => cyrus?.stop())

const plus = (user: string): Partial<ConnectOptions> => ({
  auth: { user, password: 'secret', floor: 'SCRAM-SHA-256-PLUS' },
})

runEveryCall('Cyrus 3.12 with IMAP4rev2, SCRAM-SHA-256-PLUS', () => cyrus, plus)

runEveryCall(
  'Cyrus 3.12 without IMAP4rev2, STARTTLS, PLAIN',
  () => cyrus,
  (user) => ({
    security: 'starttls',
    auth: { user, password: 'secret', mechanisms: ['PLAIN'] },
    enable: { imap4rev2: false, qresync: false },
  }),
)

it('Cyrus 3.12 has IMAP4rev2 enabled', async (context) => {
  if (cyrus === undefined) return context.skip()
  const { host, tlsPort: port, ca } = cyrus
  await using client = await ImapClient.connect({ host, port, tls: { ca }, ...plus(cyrus.user()) } as ConnectOptions)
  expect(client.connections.session.isEnabled('IMAP4rev2')).toBe(true)
})
