import { expect, it } from 'vitest'
import type { ImapClient, Mailbox } from 'imaplib'
import { opened } from './opened.ts'

/** What must never become a command of its own, nor swallow the one that follows. */
const hostile = [
  'x\r\nA1 LOGOUT',
  'x\n',
  '\r',
  'x\0y',
  '"',
  '\\',
  '{0}',
  '{0+}',
  'x {3}',
  '~{3}',
  '{3}\r\nabc',
  '{3+}\r\nabc',
  ')',
  '(',
  '%',
  '*',
  ']',
  '$',
  'NIL',
  '\u010d\u010a',
  '\u760d\u760a',
  '\ud800',
  'x'.repeat(4097),
  'ü'.repeat(4097),
  'x'.repeat(1_000_000),
]

type Call = (inbox: Mailbox, client: ImapClient, text: string) => Promise<unknown>

const calls: Readonly<Record<string, Call>> = {
  'search from': (inbox, _client, text) => inbox.search({ from: text }),
  'search header': (inbox, _client, text) => inbox.search({ header: { Subject: text } }),
  'search header name': (inbox, _client, text) => inbox.search({ header: { [text]: 'x' } }),
  'search keyword': (inbox, _client, text) => inbox.search({ keyword: text }),
  'search uid': (inbox, _client, text) => inbox.search({ uid: text }),
  'search since': (inbox, _client, text) => inbox.search({ since: text }),
  'search raw': (inbox, _client, text) => inbox.search({ raw: text }),
  'search raw, quoted': (inbox, _client, text) => inbox.search({ raw: `FROM "${text}"` }),
  'search modSeq': (inbox, _client, text) => inbox.search({ modSeq: { value: 1, flag: text } }),
  'store uids': (inbox, _client, text) => inbox.store(text, { add: ['\\Seen'] }),
  'store flag': (inbox, _client, text) => inbox.store(1, { add: [text] }),
  'copy to': (inbox, _client, text) => inbox.copy(1, text),
  'move to': (inbox, _client, text) => inbox.move(1, text),
  'expunge uids': (inbox, _client, text) => inbox.expunge(text),
  'append to': (_inbox, client, text) => client.append(text, 'x'),
  'append text': (_inbox, client, text) => client.append('A', text),
  'append flag': (_inbox, client, text) => client.append('A', 'x', { flags: [text] }),
  'append date': (_inbox, client, text) => client.append('A', 'x', { date: text }),
  'download part': async (inbox, _client, text) => inbox.download(1, text).bytes(),
  'fetch part': (inbox, _client, text) => inbox.fetchAll(1, { parts: [text] }),
  'fetch header': (inbox, _client, text) => inbox.fetchAll(1, { headers: [text] }),
  'fetch uids': (inbox, _client, text) => inbox.fetchAll(text, { flags: true }),
}

const commands = new Set([
  'UID SEARCH',
  'UID STORE',
  'UID COPY',
  'UID MOVE',
  'UID EXPUNGE',
  'APPEND',
  'UID FETCH',
  'NOOP',
])

it.each(Object.entries(calls))('%s: nothing but itself is sent', async (_name, call) => {
  const ok = '$tag OK done'
  const handlers = Object.fromEntries(
    Array.from(commands, (name) => [name, name === 'UID SEARCH' ? ['* SEARCH', ok] : ok]),
  )
  for (const literals of ['LITERAL-', 'LITERAL+', 'IDLE']) {
    await using at = await opened({ capabilities: [literals, 'MOVE', 'UIDPLUS', 'CONDSTORE'], handlers })
    for (const text of hostile) {
      const before = at.sent().length
      const failure = await call(at.inbox, at.client, text).then(
        () => null,
        (error: unknown) => error as { code: string },
      )
      const sent = at.sent().slice(before)
      // EMISSING: the server of this test has no messages to download. ESTALE: `$` is a set, but none was saved.
      if (failure?.code === 'ESTALE') expect([text, sent]).toEqual(['$', []])
      else if (failure !== null && failure.code !== 'EMISSING') expect([failure.code, sent]).toEqual(['EINVALID', []])
      else expect(sent).toHaveLength(1)
    }
    // All of it was understood as it was meant: the connection is in step, and no command has come that was not called.
    await at.client.noop()
    expect(at.server.connections).toHaveLength(1)
    const names = at.sent().map((line) => /^(UID \S+|\S+)/.exec(line)?.[0])
    expect(names.filter((name) => name === undefined || !commands.has(name))).toEqual([])
    expect(names.filter((name) => name === 'NOOP')).toHaveLength(1)
  }
})
