import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startDovecot24 } from '../../src/dovecot24.ts'
import { orSkipped } from '../../src/server-unavailable.ts'
import { dial, dialTls } from '../socket-client.ts'

it('Dovecot 2.4 serves users, in the clear and in TLS', async (context) => {
  const server = await orSkipped(startDovecot24({ extraConfig: 'login_greeting = Hello from a test.' }))
  if (server === undefined) return context.skip()
  await using _ending = server
  using client = await dial(server)
  expect(await client.readLine()).toContain('Hello from a test.')
  expect((await client.command(`a LOGIN ${server.user()} secret`)).at(-1)).toMatch(/^a OK/)
  const [line = ''] = await client.command('b CAPABILITY')
  const wanted = ['UTF8=ACCEPT', 'REPLACE', 'INPROGRESS', 'LIST-MYRIGHTS', 'QUOTA', 'METADATA']
  expect(line.split(' ')).toEqual(expect.arrayContaining(wanted))

  using tls = await dialTls({ ...server, port: server.tlsPort }, await server.authority.client('bob'))
  expect(await tls.readLine()).toContain('AUTH=SCRAM-SHA-256-PLUS')
  expect((await tls.command('a AUTHENTICATE EXTERNAL =')).at(-1)).toMatch(/^a OK/)

  using insecure = await dial({ ...server, host: server.insecureHost })
  expect(await insecure.readLine()).toContain(' LOGINDISABLED')

  await server.stop()
  expect(existsSync(server.folder)).toBe(false)
  expect(existsSync(`/proc/${server.pid}`)).toBe(false)
})
