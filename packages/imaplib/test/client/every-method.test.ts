import { describe, expect, it } from 'vitest'
import { type CallOptions, type ImapClient, type Mailbox, SequenceSet, type Uids } from 'imaplib'
import { opened } from './opened.ts'

type Call = (inbox: Mailbox, client: ImapClient, options: CallOptions, uids: Uids) => Promise<unknown>

const calls: Readonly<Record<string, Call>> = {
  search: (inbox, _client, options, uids) => inbox.search({ uid: uids }, options),
  store: (inbox, _client, options, uids) => inbox.store(uids, { add: ['\\Seen'] }, options),
  copy: (inbox, _client, options, uids) => inbox.copy(uids, 'A', options),
  move: (inbox, _client, options, uids) => inbox.move(uids, 'A', options),
  expunge: (inbox, _client, options, uids) => inbox.expunge(uids, options),
  deleteForever: (inbox, _client, options, uids) => inbox.deleteForever(uids, options),
  fetchAll: (inbox, _client, options, uids) => inbox.fetchAll(uids, { flags: true }, options),
  'fetchAll, nothing asked': (inbox, _client, options, uids) => inbox.fetchAll(uids, {}, options),
}

const others: Readonly<Record<string, Call>> = {
  fetchOne: (inbox, _client, options) => inbox.fetchOne(5, { flags: true }, options),
  download: (inbox, _client, options) => inbox.download(5, '1', options).bytes(),
  'download of text': (inbox, _client, options) => inbox.download(5, '1', options).text(),
  'part of a download': (inbox, _client, options) => inbox.download(5, '1', options).part(),
  source: (inbox, _client, options) => inbox.source(5, options).bytes(),
  append: (_inbox, client, options) => client.append('A', 'x', options),
  appendAll: (_inbox, client, options) => client.appendAll('A', [{ message: 'x' }, { message: 'y' }], options),
}

const all = Object.entries({ ...calls, ...others })
/** What is not as good done twice. */
const changing = new Set(['copy', 'move', 'append', 'appendAll'])
const capabilities = ['MOVE', 'UIDPLUS']
const names = ['UID SEARCH', 'UID STORE', 'UID COPY', 'UID MOVE', 'UID EXPUNGE', 'UID FETCH', 'APPEND']
const answering = <Answer>(answer: Answer) => Object.fromEntries(names.map((name) => [name, answer]))

describe.each(all)('%s', (name, call) => {
  it.each(['NO', 'BAD'])('rejects with the words of a %s', async (status) => {
    await using at = await opened({ capabilities, handlers: answering(`$tag ${status} [CANNOT] no such luck`) })
    await expect(call(at.inbox, at.client, {}, '5')).rejects.toMatchObject({
      name: 'CommandRefused',
      code: status,
      responseCode: 'CANNOT',
      serverText: 'no such luck',
    })
  })

  it('sends nothing when it is aborted before', async () => {
    await using at = await opened({ capabilities, handlers: answering('$tag OK done') })
    const signal = AbortSignal.abort(new Error('changed my mind'))
    await expect(call(at.inbox, at.client, { signal }, '5')).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await at.client.noop()
    expect(at.sent()).toEqual(['NOOP'])
  })

  it('ends at once when it is aborted, or takes too long, and leaves the connection usable', async () => {
    let waiting: (() => Promise<void>) | undefined
    const stop = new AbortController()
    const handlers = answering(({ tag, send }: { tag: string; send: (line: string) => Promise<void> }) => {
      const before = waiting
      waiting = async () => {
        await before?.()
        await send(`${tag} NO late`)
      }
      stop.abort()
    })
    await using at = await opened({ capabilities, handlers })
    await expect(call(at.inbox, at.client, { signal: stop.signal }, '5')).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await waiting?.()
    await at.client.noop()
    waiting = undefined
    await expect(call(at.inbox, at.client, { timeout: 20 }, '5')).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await (waiting as (() => Promise<void>) | undefined)?.()
    await at.client.noop()
    expect(at.server.connections).toHaveLength(1)
  })

  it('says when the connection has ended whether it may have been done', async () => {
    const handlers = answering(({ reset }: { reset: () => void }) => reset())
    await using at = await opened({ capabilities, handlers })
    const failure = await call(at.inbox, at.client, {}, '5').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: changing.has(name) ? 'EUNKNOWNOUTCOME' : 'EEOF' })
  })

  it('and is ESTALE, or closed, after the end', async () => {
    await using at = await opened({ capabilities, handlers: answering('$tag OK done') })
    await at.inbox.close()
    await at.client.close()
    const failure = await call(at.inbox, at.client, {}, '5').catch((error: unknown) => error)
    expect(['ESTALE', 'ECLOSED']).toContain((failure as { code: string }).code)
  })
})

describe.each(Object.entries(calls))('%s', (_name, call) => {
  it.each([
    [[]],
    [''],
    [SequenceSet.empty],
    [undefined],
    [null],
    [0],
    [-1],
    [1.5],
    [Number.NaN],
    [[1, undefined]],
    ['1:'],
  ])('refuses the messages %o', async (uids) => {
    await using at = await opened({ capabilities, handlers: answering('$tag OK done') })
    await expect(call(at.inbox, at.client, {}, uids as Uids)).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })
})

/** Loses the connection of the first command of this name, and answers the later ones. */
const losing = (name: string, answer: readonly string[]) => {
  let lost = false
  return {
    [name]: ({ reset }: { reset: () => void }) => {
      if (lost) return answer
      lost = true
      reset()
      return []
    },
  }
}

describe('after the connection was lost', () => {
  const connect = { reconnect: { delay: 1 } }

  it.each<[string, string, readonly string[], Call]>([
    ['a search', 'UID SEARCH', ['* SEARCH 5', '$tag OK'], (inbox) => inbox.search({ seen: true })],
    ['adding flags', 'UID STORE', ['$tag OK'], (inbox) => inbox.store(5, { add: ['\\Seen'] })],
    ['removing flags', 'UID STORE', ['$tag OK'], (inbox) => inbox.store(5, { remove: ['\\Seen'] })],
    ['expunging', 'UID EXPUNGE', ['$tag OK'], (inbox) => inbox.expunge(5)],
  ])('%s is done again', async (_what, name, answer, call) => {
    await using at = await opened({ capabilities, connect, handlers: losing(name, answer) })
    await call(at.inbox, at.client, {}, '5')
    expect(at.sent().filter((line) => line.startsWith(name))).toHaveLength(2)
  })

  it.each<[string, string, Call]>([
    ['setting flags', 'UID STORE', (inbox) => inbox.store(5, { set: ['\\Seen'] })],
    ['a copy', 'UID COPY', (inbox) => inbox.copy(5, 'A')],
    ['a move', 'UID MOVE', (inbox) => inbox.move(5, 'A')],
    ['an append', 'APPEND', (_inbox, client) => client.append('A', 'x')],
  ])('%s is not', async (_what, name, call) => {
    await using at = await opened({ capabilities, connect, handlers: losing(name, ['$tag OK']) })
    await expect(call(at.inbox, at.client, {}, '5')).rejects.toMatchObject({ code: 'EUNKNOWNOUTCOME' })
    await at.inbox.fetchAll(5, { flags: true }).catch(() => undefined)
    expect(at.sent().filter((line) => line.startsWith(name))).toHaveLength(1)
  })
})
