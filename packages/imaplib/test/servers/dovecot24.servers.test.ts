import { orSkipped, startDovecot24 } from 'imap-test-servers'
import { afterAll } from 'vitest'
import { runEveryCall } from '../client/run-every-call.ts'

const dovecot = await orSkipped(startDovecot24())
afterAll(() => dovecot?.stop())

runEveryCall(
  'Dovecot 2.4, SCRAM-SHA-256-PLUS',
  () => dovecot,
  (user) => ({ auth: { user, password: 'secret', floor: 'SCRAM-SHA-256-PLUS' } }),
)
