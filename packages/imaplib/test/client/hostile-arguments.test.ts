import { type ImapClient, ImapError, type Mailbox, SequenceSet } from 'imaplib'
import type { ScriptedServer } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import { connectTo, mailServer } from './mail-server.ts'
import { says, tokensOf } from './strict-command.ts'

const inputs = [
  'x\r\nA1 LOGOUT',
  'x\n',
  'x\0y',
  '"',
  '\\',
  '{0}',
  '{0+}',
  '{3}\r\nabc',
  ')',
  '%',
  '*',
  ']',
  'x'.repeat(4097),
  '\u010d\u010a',
  '\ud800',
  'y'.repeat(1_000_000),
]

type Call = (at: { client: ImapClient; inbox: Mailbox }, text: string) => unknown

/** Every string of every public call, with the command that it is to be said by; `''` where it is not said as it is. */
const calls: Readonly<Record<string, readonly [command: string, call: Call]>> = {
  'client.open': ['SELECT', async ({ client }, text) => (await client.open(text)).close()],
  'client.list pattern': ['LIST', ({ client }, pattern) => client.list({ pattern })],
  'client.list patterns': ['LIST', ({ client }, text) => client.list({ pattern: ['a', text] })],
  'client.list reference': ['LIST', ({ client }, reference) => client.list({ reference })],
  'client.list metadata': ['LIST', ({ client }, text) => client.list({ metadata: [text] })],
  'client.tree': ['LIST', ({ client }, pattern) => client.tree({ pattern })],
  'client.status': ['STATUS', ({ client }, text) => client.status(text, ['messages'])],
  'client.create': ['CREATE', ({ client }, text) => client.create(text)],
  'client.create use': ['CREATE', ({ client }, text) => client.create('a', { specialUse: [text] })],
  'client.delete': ['DELETE', ({ client }, text) => client.delete(text)],
  'client.rename from': ['RENAME', ({ client }, text) => client.rename(text, 'a')],
  'client.rename to': ['RENAME', ({ client }, text) => client.rename('a', text)],
  'client.subscribe': ['SUBSCRIBE', ({ client }, text) => client.subscribe(text)],
  'client.unsubscribe': ['UNSUBSCRIBE', ({ client }, text) => client.unsubscribe(text)],
  'client.append': ['APPEND', ({ client }, text) => client.append(text, 'message')],
  'client.append message': ['APPEND', ({ client }, text) => client.append('a', text, { lineEnds: 'as-is' })],
  'client.append flag': ['APPEND', ({ client }, text) => client.append('a', 'message', { flags: [text] })],
  'client.append date': ['APPEND', ({ client }, date) => client.append('a', 'message', { date })],
  'client.appendAll': ['APPEND', ({ client }, text) => client.appendAll(text, [{ message: 'a' }])],
  'client.appendAll flag': ['APPEND', ({ client }, text) => client.appendAll('a', [{ message: 'a', flags: [text] }])],
  'client.catenate': ['APPEND', ({ client }, text) => client.catenate(text, [{ text: 'a' }])],
  'client.catenate text': ['APPEND', ({ client }, text) => client.catenate('a', [{ text }])],
  'client.catenate url': ['APPEND', ({ client }, url) => client.catenate('a', [{ url }])],
  'client.catenate part': ['', ({ client }, mailbox) => client.catenate('a', [{ part: { mailbox, uid: 1 } }])],
  'client.catenate section': [
    'APPEND',
    ({ client }, section) => client.catenate('a', [{ part: { mailbox: 'a', uid: 1, section } }]),
  ],
  'client.catenate flag': ['APPEND', ({ client }, text) => client.catenate('a', [{ text: 'a' }], { flags: [text] })],
  'client.catenate date': ['APPEND', ({ client }, date) => client.catenate('a', [{ text: 'a' }], { date })],
  'client.acl.get': ['GETACL', ({ client }, text) => client.acl.get(text)],
  'client.acl.set mailbox': ['SETACL', ({ client }, text) => client.acl.set(text, 'a', 'l')],
  'client.acl.set identifier': ['SETACL', ({ client }, text) => client.acl.set('a', text, 'l')],
  'client.acl.set rights': ['SETACL', ({ client }, text) => client.acl.set('a', 'b', text)],
  'client.acl.delete mailbox': ['DELETEACL', ({ client }, text) => client.acl.delete(text, 'a')],
  'client.acl.delete identifier': ['DELETEACL', ({ client }, text) => client.acl.delete('a', text)],
  'client.acl.grantable mailbox': ['LISTRIGHTS', ({ client }, text) => client.acl.grantable(text, 'a')],
  'client.acl.grantable identifier': ['LISTRIGHTS', ({ client }, text) => client.acl.grantable('a', text)],
  'client.acl.mine': ['MYRIGHTS', ({ client }, text) => client.acl.mine(text)],
  'client.comparator.use': ['COMPARATOR', ({ client }, text) => client.comparator.use([text])],
  'client.conversions from': ['CONVERSIONS', ({ client }, text) => client.conversions(text, 'a/b')],
  'client.conversions to': ['CONVERSIONS', ({ client }, text) => client.conversions('a/b', text)],
  'client.language.use': ['LANGUAGE', ({ client }, text) => client.language.use([text])],
  'client.metadata.get mailbox': ['GETMETADATA', ({ client }, text) => client.metadata.get(text, ['/private/a'])],
  'client.metadata.get entry': ['GETMETADATA', ({ client }, text) => client.metadata.get('a', [text])],
  'client.metadata.set mailbox': [
    'SETMETADATA',
    ({ client }, text) => client.metadata.set(text, { '/private/a': 'b' }),
  ],
  'client.metadata.set entry': ['SETMETADATA', ({ client }, text) => client.metadata.set('a', { [text]: 'b' })],
  'client.metadata.set value': ['SETMETADATA', ({ client }, text) => client.metadata.set('a', { '/private/a': text })],
  'client.quota.get': ['GETQUOTA', ({ client }, text) => client.quota.get(text)],
  'client.quota.of': ['GETQUOTAROOT', ({ client }, text) => client.quota.of(text)],
  'client.quota.set root': ['SETQUOTA', ({ client }, text) => client.quota.set(text, { STORAGE: 1 })],
  'client.quota.set resource': ['SETQUOTA', ({ client }, text) => client.quota.set('a', { [text]: 1 })],
  'client.searchMailboxes': [
    'ESEARCH',
    ({ client }, text) => client.searchMailboxes({ mailboxes: [text] }, { all: true }),
  ],
  'client.searchMailboxes subtree': [
    'ESEARCH',
    ({ client }, text) => client.searchMailboxes({ subtree: [text] }, { all: true }),
  ],
  'client.searchMailboxes criteria': [
    'ESEARCH',
    ({ client }, from) => client.searchMailboxes({ personal: true }, { from }),
  ],
  'client.sieve.script': ['GETMETADATA', ({ client }, text) => client.sieve.script(text)],
  'client.sieve.setScript mailbox': ['SETMETADATA', ({ client }, text) => client.sieve.setScript(text, 'a')],
  'client.sieve.setScript script': ['SETMETADATA', ({ client }, text) => client.sieve.setScript('a', text)],
  'client.urls.authorise': ['GENURLAUTH', ({ client }, url) => client.urls.authorise([{ url }])],
  'client.urls.authorise access': [
    '',
    ({ client }, access) => client.urls.authorise([{ url: { host: 'a', mailbox: 'b', uid: 1, access } }]),
  ],
  'client.urls.authorise mailbox': [
    '',
    ({ client }, mailbox) => client.urls.authorise([{ url: { host: 'a', mailbox, uid: 1, access: 'anonymous' } }]),
  ],
  'client.urls.authorise mechanism': [
    'GENURLAUTH',
    ({ client }, mechanism) => client.urls.authorise([{ url: 'imap://a/b/;UID=1;URLAUTH=anonymous', mechanism }]),
  ],
  'client.urls.fetch': ['URLFETCH', ({ client }, url) => client.urls.fetch([url])],
  'client.urls.revoke': ['RESETKEY', ({ client }, text) => client.urls.revoke(text)],
  'client.urls.revoke mechanism': ['RESETKEY', ({ client }, text) => client.urls.revoke('a', [text])],
  'inbox.fetch uids': ['', ({ inbox }, text) => inbox.fetchAll(text, { flags: true })],
  'inbox.fetch headers': ['', ({ inbox }, text) => inbox.fetchAll(1, { headers: [text] })],
  'inbox.fetch parts': ['', ({ inbox }, text) => inbox.fetchAll(1, { parts: [text] })],
  'inbox.fetch binary': ['', ({ inbox }, text) => inbox.fetchAll(1, { binary: [text] })],
  'inbox.fetch annotation': ['UID FETCH', ({ inbox }, text) => inbox.fetchAll(1, { annotation: { entries: [text] } })],
  'inbox.fetch attribute': [
    'UID FETCH',
    ({ inbox }, text) => inbox.fetchAll(1, { annotation: { entries: ['/a'], attributes: [text] } }),
  ],
  'inbox.fetch key': ['', ({ inbox }, text) => inbox.fetchAll(1, { [text]: true })],
  'inbox.download': ['', ({ inbox }, text) => inbox.download(1, text).bytes()],
  'inbox.search from': ['UID SEARCH', ({ inbox }, from) => inbox.search({ from })],
  'inbox.search text': ['UID SEARCH', ({ inbox }, text) => inbox.search({ not: { text } })],
  'inbox.search header': ['UID SEARCH', ({ inbox }, text) => inbox.search({ header: { a: text } })],
  'inbox.search header name': ['UID SEARCH', ({ inbox }, text) => inbox.search({ header: { [text]: 'a' } })],
  'inbox.search keyword': ['UID SEARCH', ({ inbox }, keyword) => inbox.search({ keyword })],
  'inbox.search uid': ['', ({ inbox }, uid) => inbox.search({ uid })],
  'inbox.search since': ['', ({ inbox }, since) => inbox.search({ since })],
  'inbox.search emailId': ['UID SEARCH', ({ inbox }, emailId) => inbox.search({ emailId })],
  'inbox.search raw': ['UID SEARCH', ({ inbox }, raw) => inbox.search({ raw })],
  'inbox.search labels': ['UID SEARCH', ({ inbox }, gmailLabels) => inbox.search({ gmailLabels })],
  'inbox.search gmail': ['UID SEARCH', ({ inbox }, gmailRaw) => inbox.search({ gmailRaw })],
  'inbox.search key': ['', ({ inbox }, text) => inbox.search({ [text]: 'a' })],
  'inbox.sort key': ['', ({ inbox }, text) => inbox.sort([text as 'date'])],
  'inbox.sort criteria': ['UID SORT', ({ inbox }, subject) => inbox.sort(['date'], { subject })],
  'inbox.thread algorithm': ['', ({ inbox }, text) => inbox.thread(text as 'REFS')],
  'inbox.thread criteria': ['UID THREAD', ({ inbox }, subject) => inbox.thread('REFERENCES', { subject })],
  'inbox.rank': ['UID SEARCH', ({ inbox }, subject) => inbox.rank({ fuzzy: { subject } })],
  'inbox.page': ['UID SEARCH', ({ inbox }, subject) => inbox.page([1, 2], { criteria: { subject } })],
  'inbox.store add': ['UID STORE', ({ inbox }, text) => inbox.store(1, { add: [text] })],
  'inbox.store set': ['UID STORE', ({ inbox }, text) => inbox.store(1, { set: ['\\Seen', text] })],
  'inbox.store uids': ['', ({ inbox }, text) => inbox.store(text, { add: ['a'] })],
  'inbox.copy': ['UID COPY', ({ inbox }, text) => inbox.copy(1, text)],
  'inbox.copy uids': ['', ({ inbox }, text) => inbox.copy(text, 'a')],
  'inbox.move': ['UID MOVE', ({ inbox }, text) => inbox.move(1, text)],
  'inbox.move uids': ['', ({ inbox }, text) => inbox.move(text, 'a')],
  'inbox.expunge uids': ['', ({ inbox }, text) => inbox.expunge(text)],
  'inbox.deleteForever uids': ['', ({ inbox }, text) => inbox.deleteForever(text)],
  'inbox.replace': ['UID REPLACE', ({ inbox }, mailbox) => inbox.replace(1, 'a', { mailbox })],
  'inbox.replace flag': ['UID REPLACE', ({ inbox }, text) => inbox.replace(1, 'a', { flags: [text] })],
  'inbox.annotate entry': ['UID STORE', ({ inbox }, text) => inbox.annotate(1, { [text]: { private: 'a' } })],
  'inbox.annotate value': ['UID STORE', ({ inbox }, text) => inbox.annotate(1, { '/a': { private: text } })],
  'inbox.labels.add': ['UID STORE', ({ inbox }, text) => inbox.labels.add(1, [text])],
  'inbox.labels.remove': ['UID STORE', ({ inbox }, text) => inbox.labels.remove(1, [text])],
  'inbox.labels.set': ['UID STORE', ({ inbox }, text) => inbox.labels.set(1, [text])],
  'inbox.convert type': ['UID CONVERT', ({ inbox }, type) => inbox.convert(1, { type }, ['1'])],
  'inbox.convert parameter': [
    'UID CONVERT',
    ({ inbox }, text) => inbox.convert(1, { type: 'a/b', parameters: { charset: text } }, ['1']),
  ],
  'inbox.convert parameter name': [
    'UID CONVERT',
    ({ inbox }, text) => inbox.convert(1, { type: 'a/b', parameters: { [text]: 'a' } }, ['1']),
  ],
  'inbox.convert part': ['', ({ inbox }, text) => inbox.convert(1, { type: 'a/b' }, [text])],
}

const capabilities = (
  'ACL METADATA LIST-METADATA LIST-EXTENDED QUOTA QUOTASET URLAUTH LANGUAGE I18NLEVEL=2 CATENATE IMAPSIEVE=sieve://a ' +
  'MULTISEARCH CONVERT ANNOTATE-EXPERIMENT-1 X-GM-EXT-1 SORT REPLACE MOVE THREAD=REFERENCES SEARCH=FUZZY OBJECTID ' +
  'CREATE-SPECIAL-USE BINARY NAMESPACE UIDPLUS'
).split(' ')

/** Ways of sending strings: the last one quotes UTF-8 and does not encode names. */
const ways = [
  ['waiting for each literal', []],
  ['LITERAL+', ['LITERAL+']],
  ['LITERAL- and IMAP4rev2', ['LITERAL-', 'IMAP4rev2', 'ENABLE']],
] as const

/** What a call may send besides: it is asked for on the way, and holds nothing of the caller's. */
const alsoSent = new Set(['NAMESPACE', 'STATUS'])

describe.each(ways)('row 98, %s: text that tries to break out of its place', (_, literals) => {
  let server: ScriptedServer
  let client: ImapClient
  let inbox: Mailbox
  beforeAll(async () => {
    server = await mailServer({
      capabilities: [...capabilities, ...literals],
      handlers: {
        ENABLE: ['* ENABLED IMAP4rev2', '$tag OK'],
        NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK'],
        'UID FETCH': '$tag OK',
        'UID SEARCH': ({ tag, args }) =>
          args.startsWith('RETURN') ? [`* ESEARCH (TAG "${tag}") UID COUNT 0`, '$tag OK'] : '$tag OK',
        '*': '$tag OK',
      },
    })
    client = await connectTo(server, { maxConnections: 1, reconnect: false })
    inbox = await client.open('INBOX')
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  it.each(Object.entries(calls))('%s', async (title, [command, call]) => {
    for (const text of inputs) {
      const shown = JSON.stringify(text.slice(0, 20))
      await client.namespaces()
      await inbox.command(noop, [])
      const before = server.commands.length
      const problem = await (async () => call({ client, inbox }, text))().catch((error: unknown) => error)
      // Whatever the server has swallowed as part of another command shows here.
      await client.noop()
      const sent = server.commands.slice(before, -1)
      expect(server.commands.at(-1)?.name, shown).toBe('NOOP')
      if (sent.length === 0) {
        expect(problem, shown).toBeInstanceOf(ImapError)
        expect((problem as ImapError).code, shown).toMatch(/^(EINVALID|ECAPABILITY)$/)
        continue
      }
      const own = sent.filter(({ name }) => name === command || !alsoSent.has(name))
      const [first] = own
      if (first === undefined) throw new Error(`${shown}: nothing was sent`)
      for (const each of own) expect(() => tokensOf(each), shown).not.toThrow()
      expect(
        own.map(({ name }) => name),
        shown,
      ).toEqual(
        title === 'inbox.deleteForever uids' ? ['UID STORE', 'UID EXPUNGE'] : [command === '' ? first.name : command],
      )
      if (command !== '') expect(says(tokensOf(first), text), `${shown} in ${first.args.slice(0, 100)}`).toBe(true)
    }
    expect(server.connections).toHaveLength(1)
  })
})

describe('row 98: names and passwords', () => {
  it.each(inputs.map((text) => [text.slice(0, 20), text]))('%j', async (_, text) => {
    for (const mechanism of ['PLAIN', 'LOGIN-COMMAND'] as const)
      for (const place of ['user', 'password'] as const) {
        await using server = await mailServer({ capabilities: ['SASL-IR'], handlers: { LOGIN: '$tag OK' } })
        const auth = { user: 'me', password: 'secret', [place]: text, mechanisms: [mechanism] }
        const problem = await connectTo(server, { auth, reconnect: false }).then(
          (client) => client.close(),
          (error: unknown) => error,
        )
        const [first, ...others] = server.commands.filter(({ name }) => name !== 'CAPABILITY' && name !== 'LOGOUT')
        expect(others).toEqual([])
        if (first === undefined) {
          expect(problem).toBeInstanceOf(ImapError)
          expect((problem as ImapError).code).toMatch(/^(EINVALID|ESASL)$/)
        } else if (mechanism === 'LOGIN-COMMAND') expect(says(tokensOf(first), text)).toBe(true)
        else {
          const inline = first.args.split(' ')[1]
          const response = inline ?? server.lines.find((line) => /^[A-Za-z0-9+/]{8,}=*$/.test(line)) ?? ''
          expect(Buffer.from(response, 'base64').toString().split('\0')).toContain(text)
        }
      }
  })
})

describe('row 101: nothing is no set, no flags and no filter', () => {
  const nothing = undefined as never
  const cases: Readonly<Record<string, Call>> = {
    'fetch, empty set': ({ inbox }) => inbox.fetchAll(SequenceSet.empty, { flags: true }),
    'fetch, empty list': ({ inbox }) => inbox.fetchAll([], { flags: true }),
    'fetch, empty text': ({ inbox }) => inbox.fetchAll('', { flags: true }),
    'fetch, undefined': ({ inbox }) => inbox.fetchAll(nothing, { flags: true }),
    'fetch, NaN': ({ inbox }) => inbox.fetchAll(Number.NaN, { flags: true }),
    'fetchOne, undefined': ({ inbox }) => inbox.fetchOne(nothing, { flags: true }),
    'fetchOne, 0': ({ inbox }) => inbox.fetchOne(0, { flags: true }),
    'fetch, no parts': ({ inbox }) => inbox.fetchAll(1, { parts: [] }),
    'fetch, no headers': ({ inbox }) => inbox.fetchAll(1, { headers: [] }),
    'download, undefined': ({ inbox }) => inbox.download(nothing, '1').bytes(),
    'source, undefined': ({ inbox }) => inbox.source(nothing).bytes(),
    'store, empty set': ({ inbox }) => inbox.store([], { add: ['\\Seen'] }),
    'store, nothing to add': ({ inbox }) => inbox.store(1, { add: [] }),
    'store, nothing to remove': ({ inbox }) => inbox.store(1, { remove: [] }),
    'store, undefined to set': ({ inbox }) => inbox.store(1, { set: nothing }),
    'store, undefined': ({ inbox }) => inbox.store(1, nothing),
    'copy, empty set': ({ inbox }) => inbox.copy([], 'a'),
    'copy, to undefined': ({ inbox }) => inbox.copy(1, nothing),
    'copy, to nowhere': ({ inbox }) => inbox.copy(1, ''),
    'move, empty set': ({ inbox }) => inbox.move([], 'a'),
    'move, to undefined': ({ inbox }) => inbox.move(1, nothing),
    'expunge, empty set': ({ inbox }) => inbox.expunge([]),
    'expunge, undefined': ({ inbox }) => inbox.expunge(nothing),
    'deleteForever, empty set': ({ inbox }) => inbox.deleteForever(SequenceSet.empty),
    'deleteForever, undefined': ({ inbox }) => inbox.deleteForever(nothing),
    'replace, undefined': ({ inbox }) => inbox.replace(nothing, 'a'),
    'search, undefined': ({ inbox }) => inbox.search(nothing),
    'search, empty': ({ inbox }) => inbox.search({}),
    'search, undefined filter': ({ inbox }) => inbox.search({ from: nothing }),
    'search, undefined beside another': ({ inbox }) => inbox.search({ seen: true, from: nothing }),
    'search, empty set': ({ inbox }) => inbox.search({ uid: [] }),
    'search, empty alternatives': ({ inbox }) => inbox.search({ or: [] }),
    'sort, no keys': ({ inbox }) => inbox.sort([]),
    'sort, undefined filter': ({ inbox }) => inbox.sort(['date'], { from: nothing }),
    'thread, empty': ({ inbox }) => inbox.thread('REFERENCES', {}),
    'page, undefined filter': ({ inbox }) => inbox.page([1, 2], { criteria: { subject: nothing } }),
    'rank, empty': ({ inbox }) => inbox.rank({}),
    'live, empty': ({ inbox }) => inbox.live({}).next(),
    'annotate, empty set': ({ inbox }) => inbox.annotate([], { '/a': { private: 'b' } }),
    'annotate, nothing': ({ inbox }) => inbox.annotate(1, {}),
    'labels, none to add': ({ inbox }) => inbox.labels.add(1, []),
    'labels, empty set': ({ inbox }) => inbox.labels.set([], ['a']),
    'convert, no parts': ({ inbox }) => inbox.convert(1, { type: 'a/b' }, []),
    'list, no patterns': ({ client }) => client.list({ pattern: [] }),
    'status, no items': ({ client }) => client.status('a', []),
    'status, undefined': ({ client }) => client.status(nothing, ['messages']),
    'open, undefined': ({ client }) => client.open(nothing),
    'open, empty': ({ client }) => client.open(''),
    'create, undefined': ({ client }) => client.create(nothing),
    'create, empty': ({ client }) => client.create(''),
    'delete, undefined': ({ client }) => client.delete(nothing),
    'delete, empty': ({ client }) => client.delete(''),
    'rename, to undefined': ({ client }) => client.rename('a', nothing),
    'rename, to nothing': ({ client }) => client.rename('a', ''),
    'append, nothing': ({ client }) => client.append('a', ''),
    'append, undefined': ({ client }) => client.append('a', nothing),
    'append, to undefined': ({ client }) => client.append(nothing, 'a'),
    'append, undefined flag': ({ client }) => client.append('a', 'b', { flags: [nothing] }),
    'append, invalid date': ({ client }) => client.append('a', 'b', { date: new Date(Number.NaN) }),
    'search, invalid date': ({ inbox }) => inbox.search({ since: new Date(Number.NaN) }),
    'search, year 10000': ({ inbox }) => inbox.search({ since: new Date(Date.UTC(10_000, 0, 1)) }),
    'metadata.get, no entries': ({ client }) => client.metadata.get('a', []),
    'metadata.set, no entries': ({ client }) => client.metadata.set('a', {}),
    'acl.set, no rights': ({ client }) => client.acl.set('a', 'b', nothing),
    'urls.authorise, none': ({ client }) => client.urls.authorise([]),
    'urls.fetch, none': ({ client }) => client.urls.fetch([]),
    'comparator.use, none': ({ client }) => client.comparator.use([]),
    'language.use, none': ({ client }) => client.language.use([]),
    'catenate, nothing': ({ client }) => client.catenate('a', []),
    'searchMailboxes, none': ({ client }) => client.searchMailboxes({}, { all: true }),
    'searchMailboxes, empty list': ({ client }) => client.searchMailboxes({ mailboxes: [] }, { all: true }),
    'searchMailboxes, no criteria': ({ client }) => client.searchMailboxes({ personal: true }, {}),
  }

  it.each(Object.entries(cases))('%s', async (_name, call) => {
    await using server = await mailServer({
      capabilities,
      handlers: { NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK'], '*': '$tag OK' },
    })
    await using client = await connectTo(server, { maxConnections: 1, reconnect: false })
    const inbox = await client.open('INBOX')
    await client.namespaces()
    const before = server.commands.length
    const problem = await (async () => call({ client, inbox }, ''))().catch((error: unknown) => error)
    await client.noop()
    expect(server.commands.slice(before).map(({ name, args }) => `${name} ${args}`.trim())).toEqual(['NOOP'])
    expect(problem).toBeInstanceOf(ImapError)
    expect((problem as ImapError).code).toBe('EINVALID')
  })
})
