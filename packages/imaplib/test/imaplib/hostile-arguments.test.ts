import { scriptedServer } from 'imap-test-servers'
import { expect, test } from 'vitest'
import { IMAP4 } from '../../src/imaplib/index.ts'

/** Rows 98 to 101 of the fault matrix: no argument of any public method makes two commands, or swallows the next. */
const inputs: readonly string[] = [
  'x\r\nA1 LOGOUT',
  'x\n',
  'x\r',
  'a\0b',
  '"',
  '\\',
  'a"b',
  '{0}',
  '{0+}',
  '~{3}',
  'x {5}',
  '{3}\r\nabc',
  ')',
  '(',
  '%',
  '*',
  ']',
  'x'.repeat(4097),
  '\u010d\u010a',
  '\ud800',
]

type Call = (M: IMAP4, text: string) => Promise<unknown>

const calls: Record<string, Call> = {
  'append mailbox': (M, t) => M.append(t, '', null, Buffer.from('x')),
  'append flags': (M, t) => M.append('box', t, null, Buffer.from('x')),
  'append date': (M, t) => M.append('box', '', `"${t}"`, Buffer.from('x')),
  'authenticate mechanism': (M, t) => ((M.state = 'NONAUTH'), M.authenticate(t, () => null)),
  'copy set': (M, t) => M.copy(t, 'box'),
  'copy mailbox': (M, t) => M.copy('1', t),
  create: (M, t) => M.create(t),
  delete: (M, t) => M.delete(t),
  'deleteacl who': (M, t) => M.deleteacl('box', t),
  enable: (M, t) => ((M.state = 'AUTH'), M.enable(t)),
  'fetch set': (M, t) => M.fetch(t, '(UID)'),
  'fetch parts': (M, t) => M.fetch('1', t),
  getacl: (M, t) => M.getacl(t),
  'getannotation entry': (M, t) => M.getannotation('box', t, t),
  getquota: (M, t) => M.getquota(t),
  getquotaroot: (M, t) => M.getquotaroot(t),
  id: (M, t) => M.id({ name: t }),
  'list directory': (M, t) => M.list(t, '*'),
  'list pattern': (M, t) => M.list('', t),
  'login user': (M, t) => ((M.state = 'NONAUTH'), M.login(t, 'p')),
  'login password': (M, t) => ((M.state = 'NONAUTH'), M.login('u', t)),
  lsub: (M, t) => M.lsub(t, t),
  'move mailbox': (M, t) => M.move('1', t),
  myrights: (M, t) => M.myrights(t),
  partial: (M, t) => M.partial('1', t, '1', '2'),
  proxyauth: (M, t) => ((M.state = 'AUTH'), M.proxyauth(t)),
  rename: (M, t) => M.rename(t, t),
  'search charset': (M, t) => M.search(t, 'ALL'),
  'search criteria': (M, t) => M.search(null, 'SUBJECT', t),
  select: (M, t) => M.select(t),
  'setacl what': (M, t) => M.setacl('box', 'who', t),
  setannotation: (M, t) => M.setannotation('box', t, t),
  setquota: (M, t) => M.setquota('', t),
  'sort criteria': (M, t) => M.sort(t, 'UTF-8', 'ALL'),
  'status names': (M, t) => M.status('box', t),
  'store command': (M, t) => M.store('1', t, '\\Seen'),
  'store flags': (M, t) => M.store('1', '+FLAGS', t),
  subscribe: (M, t) => M.subscribe(t),
  'thread algorithm': (M, t) => M.thread(t, 'UTF-8', 'ALL'),
  'uid fetch': (M, t) => M.uid('FETCH', t, t),
  'uid search': (M, t) => M.uid('SEARCH', null, t),
  unsubscribe: (M, t) => M.unsubscribe(t),
  'xatom name': (M, t) => M.xatom(t),
  'xatom argument': (M, t) => M.xatom('XFOO', t),
}

test.each(Object.entries(calls))('%s', { timeout: 60_000 }, async (_name, call) => {
  await using server = await scriptedServer({
    capabilities: ['IMAP4rev1', 'ENABLE', 'ID', 'MOVE'],
    greeting: '* PREAUTH [CAPABILITY IMAP4rev1 ENABLE ID MOVE] in',
    handlers: { '*': '$tag OK done', SELECT: ['* 1 EXISTS', '$tag OK [READ-WRITE] done'], AUTHENTICATE: '$tag NO no' },
  })
  const M = await IMAP4.connect(server.host, server.port, { timeout: 1000 })
  for (const text of inputs) {
    M.state = 'SELECTED'
    const before = server.commands.length
    await call(M, text).catch(() => undefined)
    M.state = 'SELECTED'
    expect([text.slice(0, 20), (await M.noop())[0]]).toEqual([text.slice(0, 20), 'OK'])
    const names = server.commands.slice(before).map(({ name }) => name)
    expect([text.slice(0, 20), names.at(-1)]).toEqual([text.slice(0, 20), 'NOOP'])
    // The call's own command, if it was sent, and a CAPABILITY that a login asks for.
    expect(names.slice(0, -1).filter((name) => name !== 'CAPABILITY').length, text.slice(0, 20)).toBeLessThanOrEqual(1)
  }
  M.state = 'SELECTED'
  await M.logout()
})
