import type { ConnectOptions, FetchedMessage } from 'imaplib'
import { orSkipped, startCyrus, startDovecot24, type TestServer } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { sortSteps } from '../../src/commands/ordering/sort-keys.ts'
import { sortRows } from '../../src/commands/ordering/sort-rows.ts'
import { threadByReferences } from '../../src/commands/ordering/thread-by-references.ts'
import { threadBySubject } from '../../src/commands/ordering/thread-by-subject.ts'
import { asThreads } from '../../src/commands/ordering/thread-node.ts'
import { threadable, threadQuery } from '../../src/commands/ordering/threadable.ts'
import type { WatchEvent } from '../../src/client/watch.ts'
import { hardToOrder } from '../client/hard-to-order.ts'
import { seed } from '../client/seed.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'

const cyrus = await orSkipped(startCyrus())
const older = await orSkipped(startCyrus({ suite: 'bookworm' }))
const dovecot = await orSkipped(startDovecot24())
afterAll(() => Promise.all([cyrus?.stop(), older?.stop(), dovecot?.stop()]))

/** PLAIN, within TLS: these tests are not about authentication. */
const open = (server: TestServer, user = server.user(), options: Partial<ConnectOptions> = {}) =>
  liveClient(server, user, { auth: { user, password: server.password, mechanisms: ['PLAIN'] }, ...options })

const mail = [
  { text: 'From: zoe@b.example\nSubject: b\nMessage-ID: <1@x>\nDate: Mon, 02 Feb 2026 10:00:00 +0000\n\none\n' },
  {
    text:
      'From: adam@b.example\nSubject: Re: b\nMessage-ID: <2@x>\nReferences: <1@x>\n' +
      'Date: Tue, 03 Feb 2026 10:00:00 +0000\n\nlonger than the one before\n',
    flags: ['\\Flagged'],
  },
  { text: 'From: bob@b.example\nSubject: a\nMessage-ID: <3@x>\nDate: Wed, 04 Feb 2026 10:00:00 +0000\n\nthree\n' },
]

describe.skipIf(cyrus === undefined)('Cyrus 3.12', () => {
  const server = cyrus as NonNullable<typeof cyrus>

  it('UIDONLY: no command of ours uses a sequence number, and a watch works', async () => {
    const user = server.user()
    await using client = await open(server, user, { enable: { uidOnly: true } })
    await using writer = await open(server, user)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const rows = await inbox.fetchAll('1:*', { envelope: true, flags: true })
    expect(rows.map(({ uid, seq }) => [uid, seq])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    expect((await inbox.search({ flagged: true })).toString()).toBe('2')
    expect(await inbox.sort(['subject', 'size'])).toHaveLength(3)
    expect(await inbox.thread('REFERENCES')).toHaveLength(2)
    expect((await inbox.page([1, 2])).uids).toEqual([1, 2])
    await expect(inbox.search({ seq: 1 })).rejects.toBeInstanceOf(Error)
    const { flags } = await inbox.store(1, { add: ['\\Seen'] }, { silent: false })
    expect(flags.get(1)?.has('\\Seen')).toBe(true)

    await using watch = inbox.watch({ signal: AbortSignal.timeout(30_000) })
    const events: WatchEvent[] = []
    const next = async () => {
      const { value } = await watch.next()
      if (value !== undefined) events.push(value)
    }
    const first = next()
    await using changed = await writer.open('INBOX')
    await changed.store(2, { add: ['\\Answered'] })
    await first
    while (!events.some((event) => event.type === 'flags' && event.uid === 2 && event.flags.has('\\Answered')))
      await next()
    await seed(writer, [{ text: 'Subject: new\n\n' }])
    while (!events.some((event) => event.type === 'arrived' && event.uids.has(4))) await next()
    await changed.deleteForever(1)
    while (!events.some((event) => event.type === 'expunged' && event.uids.has(1))) await next()

    await client.create('Elsewhere')
    expect((await inbox.move(2, 'Elsewhere'))?.uids.get(2)).toBe(1)
    await inbox.deleteForever(3)
    expect((await inbox.search({ all: true })).toString()).toBe('4')
    exercised(server, 'UIDONLY')
  })

  it('PARTIAL, in SEARCH and FETCH', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    expect(await inbox.page([1, 2])).toEqual({ uids: [1, 2], total: 3 })
    expect(await inbox.page([-1, -2])).toEqual({ uids: [2, 3], total: 3 })
    expect((await inbox.search({ all: true }, { partial: [-1, -2] })).partial.toString()).toBe('2:3')
    expect((await inbox.search({ all: true }, { partial: [1, 2] })).partial.toString()).toBe('1:2')
    const rows = await inbox.fetchAll('1:*', { flags: true }, { partial: [-1, -1] })
    expect(rows.map(({ uid }) => uid)).toEqual([3])
    exercised(server, 'PARTIAL')
  })

  it('REPLACE', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const place = await inbox.replace(2, 'Subject: new\n\nbody\n', { flags: ['\\Draft'] })
    expect(place?.uid).toBe(4)
    expect((await inbox.search({ all: true })).toString()).toBe('1,3:4')
    await expect(inbox.replace(2, 'Subject: again\n\n')).rejects.toBeInstanceOf(Error)
    exercised(server, 'REPLACE')
  })

  it('MULTISEARCH', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await client.create('INBOX/Entwürfe')
    await seed(client, [{ text: 'From: x@y\nSubject: b\n\n' }], 'INBOX/Entwürfe').catch(() => undefined)
    const found = await client.searchMailboxes({ personal: true }, { flagged: true })
    expect(found.map(({ mailbox, uids }) => [mailbox, uids.toString()])).toContainEqual(['INBOX', '2'])
    const named = await client.searchMailboxes({ mailboxes: ['INBOX', 'INBOX/Entwürfe'] }, { subject: 'b' })
    expect(named.find(({ mailbox }) => mailbox === 'INBOX')?.uids.toString()).toBe('1:2')
    exercised(server, 'MULTISEARCH')
  })

  it('SORT and THREAD as here', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    expect(await inbox.sort(['from'])).toEqual([2, 3, 1])
    expect(await inbox.sort(['-arrival', 'subject'])).toHaveLength(3)
    expect(await inbox.sort(['subject', '-date'])).toEqual([3, 2, 1])
    expect(await inbox.thread('REFERENCES')).toEqual([
      { message: 1, replies: [{ message: 2, replies: [] }] },
      { message: 3, replies: [] },
    ])
    expect(await inbox.thread('REFS')).toHaveLength(2)
    exercised(server, 'SORT', 'ESORT', 'THREAD=REFERENCES', 'THREAD=REFS')
  })

  it('sorts and threads as we do without it, but for subjects that are not ASCII', { timeout: 120_000 }, async () => {
    await using client = await open(server)
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(hardToOrder, { minLength: 2, maxLength: 12 }), async (some) => {
        const messages = some.map((each, at) => ({
          ...each,
          date: new Date(Date.UTC(2026, 1, 1 + each.arrival, 0, 0, at)),
        }))
        const name = `round${(round += 1)}`
        await client.create(name)
        await seed(client, messages, name)
        await using mailbox = await client.open(name)
        const rows = (await mailbox.fetchAll('1:*', { ...threadQuery, size: true })) as unknown as FetchedMessage[]
        for (const key of ['arrival', 'cc', 'date', 'from', 'size', 'to'] as const)
          expect(sortRows(rows, sortSteps([key])), key).toEqual(await mailbox.sort([key]))
        const found = rows.map(threadable)
        expect(asThreads(threadByReferences(found))).toEqual(await mailbox.thread('REFERENCES'))
        expect(asThreads(threadBySubject(found))).toEqual(await mailbox.thread('ORDEREDSUBJECT'))
      }),
      { numRuns: 8 },
    )
    exercised(server, 'THREAD=ORDEREDSUBJECT')
  })

  it('live searches by searching again', async () => {
    const user = server.user()
    await using client = await open(server, user)
    await using writer = await open(server, user)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    await using live = inbox.live({ flagged: true })
    expect((await live.next()).value).toEqual({ type: 'found', uids: [2] })
    await seed(writer, [{ text: 'Subject: c\n\n', flags: ['\\Flagged'] }])
    expect((await live.next()).value).toEqual({ type: 'added', at: 1, uids: [4] })
  })
})

describe.each([
  ['Cyrus 3.12', cyrus],
  ['Cyrus 3.6', older],
] as const)('%s', (_name, server) => {
  it.skipIf(server === undefined)('OBJECTID, SAVEDATE and WITHIN', async () => {
    if (server === undefined) return
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const [first] = await inbox.fetchAll('1', { emailId: true, threadId: true, saveDate: true })
    expect(first?.emailId).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(first?.saveDate).toBeInstanceOf(Date)
    expect((await inbox.search({ emailId: first?.emailId ?? '' })).toString()).toBe('1')
    if (typeof first?.threadId === 'string')
      expect((await inbox.search({ threadId: first.threadId })).has(1)).toBe(true)
    expect((await inbox.search({ younger: 100_000 })).toString()).toBe('1:3')
    expect((await inbox.search({ savedSince: new Date(Date.now() - 86_400_000) })).toString()).toBe('1:3')
    exercised(server, 'OBJECTID', 'SAVEDATE', 'WITHIN')
  })

  it.skipIf(server === undefined)('ANNOTATE-EXPERIMENT-1: noted, read and found', async () => {
    if (server === undefined) return
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    await inbox.annotate([1, 2], { '/comment': { private: 'call back' } })
    const [first] = await inbox.fetchAll('1', { annotation: { entries: ['/comment'], attributes: ['value.priv'] } })
    expect(first?.annotation.get('/comment')?.get('value.priv')).toBe('call back')
    const found = await inbox.search({ annotation: { entry: '/comment', attribute: 'value.priv', value: 'call' } })
    expect(found.toString()).toBe('1:2')
    await inbox.annotate(1, { '/comment': { private: null } })
    expect((await inbox.search({ annotation: { entry: '/comment', value: 'call' } })).toString()).toBe('2')
    exercised(server, 'ANNOTATE-EXPERIMENT-1')
  })

  it.skipIf(server === undefined)('CATENATE and BINARY.SIZE', async () => {
    if (server === undefined) return
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const part = { part: { mailbox: 'INBOX', uidValidity: inbox.uidValidity, uid: 1, section: '1' } }
    const made = await client.catenate('INBOX', [{ text: 'Subject: made\r\n\r\n' }, part])
    const message = await inbox.fetchOne(made?.uid ?? 0, { source: true, binarySize: ['1'] })
    expect(message?.source.toString()).toBe('Subject: made\r\n\r\none\r\n')
    expect(message?.binarySize.get('1')).toBe(5)
    const bad = client.catenate('INBOX', [{ part: { mailbox: 'INBOX', uid: 4711 } }])
    await expect(bad).rejects.toMatchObject({ responseCode: 'BADURL' })
    exercised(server, 'CATENATE', 'BINARY')
  })
})

describe.skipIf(dovecot === undefined)('Dovecot 2.4', () => {
  const server = dovecot as NonNullable<typeof dovecot>

  it('REPLACE, which expunges before it tells of the new one', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const place = await inbox.replace(2, 'Subject: new\n\nbody\n')
    expect(place?.uid).toBe(4)
    expect((await inbox.search({ all: true })).toString()).toBe('1,3:4')
    expect(inbox.exists).toBe(3)
    exercised(server, 'REPLACE')
  })

  it('PREVIEW, SAVEDATE, SORT, THREAD and pages', async () => {
    await using client = await open(server)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    const [first] = await inbox.fetchAll('1', { preview: true, saveDate: true })
    expect(first?.preview).toBe('one')
    expect(first?.saveDate).toBeInstanceOf(Date)
    expect(await inbox.sort(['from'])).toEqual([2, 3, 1])
    expect(await inbox.thread('REFERENCES')).toHaveLength(2)
    expect(await inbox.page([1, 2])).toEqual({ uids: [1, 2], total: 3 })
    exercised(server, 'PREVIEW', 'SAVEDATE', 'SORT', 'THREAD=REFERENCES', 'CONTEXT=SEARCH')
  })

  it('a live search that the server keeps', async () => {
    const user = server.user()
    await using client = await open(server, user)
    await using writer = await open(server, user)
    await seed(client, mail)
    await using inbox = await client.open('INBOX')
    await using live = inbox.live({ flagged: true })
    expect((await live.next()).value).toEqual({ type: 'found', uids: [2] })
    await seed(writer, [{ text: 'Subject: c\n\n', flags: ['\\Flagged'] }])
    expect((await live.next()).value).toEqual({ type: 'added', at: 1, uids: [4] })
    exercised(server, 'CONTEXT=SEARCH')
  })
})
