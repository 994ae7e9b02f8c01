import { setTimeout as sleep } from 'node:timers/promises'
import type { Handler } from 'imap-test-servers'
import { type ImapClient, ImapError, type Mailbox } from 'imaplib'
import { describe, expect, it } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import { connectTo, mailServer, lost } from './mail-server.ts'
import { opened } from './opened.ts'
import { uncaught } from './uncaught.ts'

describe('row 72: the mailbox is deleted or renamed while it is selected', () => {
  it('and the server ends the session: the handle says that the mailbox is gone', async () => {
    let gone = false
    await using server = await mailServer({
      handlers: {
        'UID STORE': async ({ send, end }) => {
          gone = true
          await send('* BYE the mailbox was deleted')
          end()
        },
      },
    })
    await using client = await connectTo(server, { maxConnections: 1, reconnect: { delay: 0 } })
    const inbox = await client.open('Box')
    await expect(inbox.store(1, { set: [] })).rejects.toMatchObject({ code: 'EUNKNOWNOUTCOME' })
    expect(gone).toBe(true)
    expect((await inbox.fetchOne(1, { flags: true }))?.uid).toBe(1)
  })

  it('and selecting it again is refused: NotFound, and no other mailbox is taken for it', async () => {
    let selects = 0
    await using server = await mailServer({
      handlers: {
        SELECT: ({ args }) => {
          selects += 1
          return selects > 1 && args === 'Box'
            ? '$tag NO [NONEXISTENT] no such mailbox'
            : ['* 3 EXISTS', '* OK [UIDVALIDITY 7] ok', '$tag OK']
        },
      },
    })
    await using client = await connectTo(server, { maxConnections: 1 })
    const box = await client.open('Box')
    await using other = await client.open('Other')
    expect((await other.fetchOne(1, { flags: true }))?.uid).toBe(1)
    await expect(box.fetchOne(1, { flags: true })).rejects.toMatchObject({ name: 'NotFound', command: 'SELECT' })
    await expect(box.deleteForever(1)).rejects.toMatchObject({ name: 'NotFound' })
    expect(server.commands.some(({ name }) => name === 'UID STORE')).toBe(false)
    expect((await other.fetchOne(1, { flags: true }))?.uid).toBe(1)
  })

  it('and another one has its name now: ESTALE, and nothing is changed there', async () => {
    let uidValidity = 7
    await using server = await mailServer({ uidValidity: () => uidValidity })
    await using client = await connectTo(server, { maxConnections: 1 })
    const box = await client.open('Box')
    await client.open('Other')
    uidValidity = 8
    for (const call of [
      () => box.deleteForever(1),
      () => box.store(1, { add: ['\\Seen'] }),
      () => box.copy(1, 'Other'),
      () => box.search({ all: true }),
      () => box.resync({ uidValidity: 7, uids: undefined as never }),
      () => box.command(noop, []),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'ESTALE' })
    expect(server.commands.some(({ name }) => /STORE|COPY|EXPUNGE/.test(name))).toBe(false)
  })
})

describe('rows 73, 74: news in the middle of answers', () => {
  it('changes what is known of the mailbox, and nothing of the answer', async () => {
    await using at = await opened({
      exists: 5,
      handlers: {
        'UID FETCH': [
          '* 5 FETCH (FLAGS (\\Answered))',
          '* 1 FETCH (UID 10 FLAGS (\\Seen) RFC822.SIZE 7)',
          '* 2 EXPUNGE',
          '* 9 FETCH (UID 99 FLAGS (\\Draft) RFC822.SIZE 9)',
          '* VANISHED (EARLIER) 3,4',
          '* 3 FETCH (UID 30 RFC822.SIZE 8 FLAGS ())',
          '* 3 FETCH (UID 30 FLAGS (\\Deleted))',
          '* 6 EXISTS',
          '$tag OK',
        ],
      },
    })
    const rows = await at.inbox.fetchAll('10,30', { flags: true, size: true })
    expect(rows.map(({ uid, size, flags }) => [uid, size, ...flags])).toEqual([
      [10, 7, '\\Seen'],
      [30, 8],
    ])
    expect(at.inbox.exists).toBe(6)
  })

  it('VANISHED makes the mailbox smaller, VANISHED (EARLIER) does not', async () => {
    await using at = await opened({
      exists: 5,
      handlers: { NOOP: ['* VANISHED (EARLIER) 1:3', '* VANISHED 4', '$tag OK'] },
    })
    await at.inbox.command(noop, [])
    expect(at.inbox.exists).toBe(4)
  })
})

describe('row 75: which refusals may be tried again', () => {
  it.each([
    ['NO [TRYCREATE] x', 'NotFound', false],
    ['NO [NONEXISTENT] x', 'NotFound', false],
    ['NO [OVERQUOTA] x', 'OverLimit', false],
    ['NO [TOOBIG] x', 'OverLimit', false],
    ['NO [LIMIT] x', 'OverLimit', false],
    ['NO [INUSE] x', 'CommandRefused', true],
    ['NO [UNAVAILABLE] x', 'CommandRefused', true],
    ['NO [SERVERBUG] x', 'CommandRefused', true],
    ['NO [NOPERM] x', 'CommandRefused', false],
    ['NO [ALREADYEXISTS] x', 'CommandRefused', false],
    ['NO [CANNOT] x', 'CommandRefused', false],
    ['BAD x', 'CommandRefused', false],
    ['BAD [CLIENTBUG] x', 'CommandRefused', false],
    ['NO [THROTTLED] x', 'Throttled', true],
    ['NO Request is throttled. Suggested Backoff Time: 5 seconds', 'Throttled', true],
  ])('%s is %s, retryable: %s', async (answer, name, retryable) => {
    await using at = await opened({ handlers: { 'UID COPY': `$tag ${answer}` } })
    await expect(at.inbox.copy(1, 'a')).rejects.toMatchObject({ name, retryable })
    // It is for the caller to try again: nothing is repeated blindly, and no connection is opened anew.
    expect(at.sent()).toEqual(['UID COPY 1 a'])
    expect(at.server.connections).toHaveLength(1)
  })
})

describe('row 76: IDLE', () => {
  const found = ['* SEARCH 1 2 3', '$tag OK']

  it('without a go-ahead is given up when the server is silent for too long', async () => {
    await using server = await mailServer({ handlers: { IDLE: () => undefined, 'UID SEARCH': found } })
    await using client = await connectTo(server, { inactivityTimeout: 60, reconnect: { attempts: 1, delay: 0 } })
    const inbox = await client.open('INBOX')
    const stop = new AbortController()
    const event = inbox.watch({ signal: stop.signal, known: { uidNext: 4 } }).next()
    await server.received('IDLE', 2)
    stop.abort()
    expect((await event).done).toBe(true)
  })

  it('hears what is told before the go-ahead', async () => {
    await using server = await mailServer({
      handlers: {
        IDLE: async ({ send, readLine }) => {
          await send('* 2 FETCH (UID 2 FLAGS (early))', '+ idling')
          await readLine()
          await send('$tag OK')
        },
        'UID SEARCH': found,
      },
    })
    await using client = await connectTo(server)
    const inbox = await client.open('INBOX')
    const events = inbox.watch({ known: { uidNext: 4 } })
    const { value } = await events.next()
    expect(value).toMatchObject({ type: 'flags', uid: 2 })
    await events.return?.()
  })

  it.each(['NO', 'BAD'])(
    'refused with %s is not tried for ever: the watch asks now and then instead',
    async (status) => {
      let polls = 0
      await using server = await mailServer({
        handlers: {
          IDLE: `$tag ${status} not today`,
          'UID SEARCH': found,
          NOOP: () => [...((polls += 1) > 1 ? ['* 2 FETCH (UID 2 FLAGS (polled))'] : []), '$tag OK'],
        },
      })
      await using client = await connectTo(server)
      const inbox = await client.open('INBOX')
      const events = inbox.watch({ poll: 5, known: { uidNext: 4 } })
      expect((await events.next()).value).toMatchObject({ type: 'flags', uid: 2 })
      expect(server.commands.filter(({ name }) => name === 'IDLE')).toHaveLength(1)
      await events.return?.()
    },
  )

  it('whose DONE crosses a BYE costs neither the command that waits nor the watch', async () => {
    let idles = 0
    await using server = await mailServer({
      handlers: {
        IDLE: async ({ send, readLine, end }) => {
          idles += 1
          await send('+ idling')
          if (idles > 1) await send('* 1 FETCH (UID 1 FLAGS (again))')
          await readLine()
          await send(idles > 1 ? '$tag OK' : '* BYE thirty minutes are over')
          if (idles === 1) end()
        },
        'UID SEARCH': found,
      },
    })
    await using client = await connectTo(server, { maxConnections: 1, reconnect: { delay: 0 } })
    const inbox = await client.open('INBOX')
    const events = inbox.watch({ known: { uidNext: 4 } })
    const event = events.next()
    await server.received('IDLE')
    expect((await inbox.fetchOne(2, { flags: true }))?.uid).toBe(2)
    expect((await event).value).toMatchObject({ type: 'flags', uid: 1 })
    await events.return?.()
  })
})

describe('row 77: a server that does not do ranges', () => {
  const ranged = (section: string) => opened({ handlers: { 'UID FETCH': [`* 1 FETCH (UID 1 ${section})`, '$tag OK'] } })

  it.each([
    ['BODY[] {10}\r\n0123456789', '234'],
    ['BODY[]<2> {3}\r\n234', '234'],
    ['BODY[]<2> {1}\r\n2', '2'],
    ['BODY[]<2> ""', ''],
    ['BODY[]<2> NIL', ''],
    ['BODY[] {2}\r\n01', ''],
  ])('%j is %j', async (section, expected) => {
    await using at = await ranged(section)
    const message = await at.inbox.fetchOne(1, { source: { start: 2, length: 3 } })
    expect(message?.source.toString()).toBe(expected)
    const range = { start: 2, length: 3 }
    const downloaded = await at.inbox
      .source(1, { range })
      .bytes()
      .catch((error: unknown) => error)
    if (downloaded instanceof Error) expect(downloaded).toBeInstanceOf(ImapError)
    else expect(String(downloaded)).toBe(expected)
  })

  it.each(['', 'BODY[]<7> {1}\r\n7', 'BODY[TEXT] {1}\r\nx'])('what was not asked for is none: %j', async (section) => {
    await using at = await ranged(section)
    const rows = await at.inbox.fetchAll(1, { source: { start: 2, length: 3 } }).catch((error: unknown) => error)
    if (rows instanceof Error) expect(rows).toMatchObject({ code: 'EUNPARSED' })
    else expect(rows).toEqual([])
    // Asked for once, and at most once more alone: the loop ends.
    expect(at.sent().length).toBeLessThanOrEqual(2)
  })
})

type Kind = (
  at: { client: ImapClient; box: Mailbox },
  options: { signal?: AbortSignal; timeout?: number },
) => Promise<unknown>

const kinds: Readonly<Record<string, Kind>> = {
  open: ({ client }, options) => client.open('Third', options),
  noop: ({ client }, options) => client.noop(options),
  list: ({ client }, options) => client.list(options),
  status: ({ client }, options) => client.status('a', ['messages'], options),
  create: ({ client }, options) => client.create('a', options),
  append: ({ client }, options) => client.append('a', 'b', options),
  appendAll: ({ client }, options) => client.appendAll('a', [{ message: 'b' }, { message: 'c' }], options),
  metadata: ({ client }, options) => client.metadata.get('a', ['/private/b'], options),
  fetch: ({ box }, options) => box.fetch('1:*', { flags: true }, options).next(),
  fetchOne: ({ box }, options) => box.fetchOne(1, { flags: true }, options),
  fetchAll: ({ box }, options) => box.fetchAll(1, { flags: true }, options),
  download: ({ box }, options) => box.download(1, '1', options).bytes(),
  source: ({ box }, options) => box.source(1, options).bytes(),
  search: ({ box }, options) => box.search({ all: true }, options),
  sort: ({ box }, options) => box.sort(['date'], { all: true }, options),
  thread: ({ box }, options) => box.thread('REFS', { all: true }, options),
  store: ({ box }, options) => box.store(1, { add: ['a'] }, options),
  copy: ({ box }, options) => box.copy(1, 'a', options),
  move: ({ box }, options) => box.move(1, 'a', options),
  expunge: ({ box }, options) => box.expunge(1, options),
  deleteForever: ({ box }, options) => box.deleteForever(1, options),
  resync: ({ box }, options) => box.resync({ uidValidity: 7, uids: undefined as never }, options),
  command: ({ box }, options) => box.command(noop, [], options),
}

/** What keeps the call waiting: the login of a new connection, SELECT, or the command itself. */
const stages = ['connection', 'SELECT', 'command'] as const

describe.each(stages)('row 78: the call waits for the %s, and is ended', (stage) => {
  it.each(Object.entries(kinds))('%s', async (name, kind) => {
    if (stage === 'command' && name === 'open') return
    if (stage === 'SELECT' && /^(noop|list|status|create|append|appendAll|metadata)$/.test(name)) return
    const faults = await uncaught(async () => {
      for (const how of ['signal', 'timeout', 'before'] as const) {
        let stuck = false
        const open: (() => void)[] = []
        const gate = () => (stuck ? new Promise<void>((resolve) => open.push(resolve)) : undefined)
        const gated =
          (own: (typeof stages)[number], answer: readonly string[]): Handler =>
          async ({ send }) => {
            if (stage === own) await gate()
            await send(...answer)
          }
        await using server = await mailServer({
          capabilities: ['METADATA', 'MOVE'],
          handlers: {
            LOGIN: gated('connection', ['$tag OK']),
            AUTHENTICATE: gated('connection', ['$tag OK']),
            SELECT: gated('SELECT', ['* 3 EXISTS', '* OK [UIDVALIDITY 7] x', '* OK [UIDNEXT 4] x', '$tag OK']),
            'UID FETCH': gated('command', ['$tag OK']),
            'UID STORE': gated('command', ['$tag OK']),
            NOOP: gated('command', ['$tag OK']),
            '*': gated('command', ['$tag OK']),
          },
        })
        const client = await connectTo(server, { maxConnections: 1 })
        const box = await client.open('Box')
        if (stage === 'SELECT') await client.open('Other')
        if (stage === 'connection') {
          server.connections[0]?.destroy()
          await lost(client)
        }
        stuck = true
        const stop = new AbortController()
        if (how === 'before') stop.abort(new Error('enough'))
        const call = kind({ client, box }, how === 'timeout' ? { timeout: 30 } : { signal: stop.signal })
        const outcome = call.then(
          () => 'resolved',
          (error: unknown) => (error as { code?: string }).code,
        )
        if (how === 'signal') {
          await sleep(10)
          stop.abort(new Error('enough'))
        }
        expect(await Promise.race([outcome, sleep(5000, 'never settled', { ref: false })]), how).toBe(
          how === 'timeout' ? 'ETIMEDOUT' : 'ABORT_ERR',
        )
        stuck = false
        for (const each of open) each()
        // The client is as good as before.
        await client.noop()
        await box.command(noop, [])
        await client.close()
      }
    })
    expect(faults).toEqual([])
  })
})

describe('row 78: the end', () => {
  it('close() twice is once, at once or later', async () => {
    await using server = await mailServer()
    const client = await connectTo(server)
    const inbox = await client.open('INBOX')
    await Promise.all([client.close(), client.close(), inbox.close(), inbox.close()])
    await client.close()
    expect(server.commands.filter(({ name }) => name === 'LOGOUT').length).toBeLessThanOrEqual(2)
    expect(server.connections).toHaveLength(1)
  })

  it.each(Object.entries(kinds))('%s after close() says so', async (_name, kind) => {
    await using server = await mailServer({ capabilities: ['METADATA', 'MOVE'] })
    const client = await connectTo(server)
    const box = await client.open('Box')
    await client.close()
    const before = server.commands.length
    await expect((async () => kind({ client, box }, {}))()).rejects.toMatchObject({ code: 'ECLOSED' })
    expect(server.commands).toHaveLength(before)
    expect(server.connections).toHaveLength(1)
  })
})
