import { readFileSync } from 'node:fs'
import { type DovecotServer, orSkipped, startDovecot } from 'imap-test-servers'
import { type ConnectOptions, ImapClient, type Security } from 'imaplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Mailbox } from '../../src/client/mailbox.ts'
import { clientExtensions, mailboxExtensions } from '../../src/commands/registry.ts'
import { everyCall } from './every-call.ts'
import { runEveryCall } from './run-every-call.ts'

/** Of use to other files of the room, and not to users: the source says so. */
const internal = new Set(['constructor'])
for (const file of ['imap-client', 'mailbox', 'mailbox-handle']) {
  const source = readFileSync(new URL(`../../src/client/${file}.ts`, import.meta.url), 'utf8')
  const marked = source.matchAll(/\/\*\*\s+(?:\* )?@internal(?:(?!\*\/)[^])*\*\/\s+(?:async |get )?(\w+)/g)
  const hidden = source.matchAll(/^ {2}(?:private|protected) (?:async |get )?(\w+)\(/gm)
  for (const [, name] of [...marked, ...hidden]) internal.add(name as string)
}

/** With those that it inherits. */
const namesOf = (made: object): string[] => {
  const names = Object.getOwnPropertyNames(made)
  const parent: unknown = Object.getPrototypeOf(made)
  return parent === Object.prototype ? names : [...names, ...namesOf(parent as object)]
}

const methodsOf = (owner: string, made: object, extensions: Readonly<Record<string, unknown>>): string[] => {
  const own = namesOf(made).filter((name) => !internal.has(name) && !Object.hasOwn(extensions, name))
  const added = Object.entries(extensions).flatMap(([name, make]) => {
    // Their methods are made without a look at the runner.
    const methods: unknown = (make as (runner: unknown) => unknown)({})
    return typeof methods === 'function' ? [name] : Object.keys(methods as object).map((each) => `${name}.${each}`)
  })
  return [...own, ...added].map((name) => `${owner}.${name}`)
}

describe('the list of calls', () => {
  it('has every public method of ImapClient and Mailbox, and of their extensions', () => {
    const there = [
      ...methodsOf('client', ImapClient.prototype, clientExtensions),
      ...methodsOf('inbox', Mailbox.prototype, mailboxExtensions),
    ]
    expect(Object.keys(everyCall).sort()).toEqual(there.sort())
  })
})

let dovecot: DovecotServer | undefined
beforeAll(async () => {
  dovecot = await orSkipped(startDovecot())
})
afterAll(() => dovecot?.stop())

const server = (): DovecotServer => dovecot as DovecotServer

const ways: readonly (readonly [
  string,
  (user: string) => Partial<ConnectOptions> | Promise<Partial<ConnectOptions>>,
])[] = [
  ['SCRAM-SHA-256', (user) => ({ auth: { user, password: server().password, mechanisms: ['SCRAM-SHA-256'] } })],
  ['PLAIN', (user) => ({ auth: { user, password: server().password, mechanisms: ['PLAIN'] } })],
  ['OAUTHBEARER', (user) => ({ auth: { user, accessToken: server().token(user), mechanisms: ['OAUTHBEARER'] } })],
  ['XOAUTH2', (user) => ({ auth: { user, accessToken: async () => server().token(user), mechanisms: ['XOAUTH2'] } })],
  [
    'EXTERNAL',
    async (user) => {
      const { cert, key } = await server().authority.client(user)
      return { auth: { external: true }, tls: { ca: server().ca, cert, key } }
    },
  ],
]

describe.each<Security>(['tls', 'starttls'])('Dovecot 2.3, %s', (security) => {
  for (const [mechanism, logIn] of ways)
    runEveryCall(
      mechanism,
      () => dovecot,
      async (user) => ({ security, ...(await logIn(user)) }),
    )
})
