import { setTimeout as sleep } from 'node:timers/promises'
import type { Socket } from 'node:net'
import { rawServer } from 'imap-test-servers'
import { describe, expect, it } from 'vitest'
import { ImapClient } from '../../src/client/imap-client.ts'
import type { SearchCriteria } from '../../src/commands/search-keys/index.ts'
import { CommandRefused } from '../../src/errors/failures.ts'
import { connectTo, mailServer } from './mail-server.ts'
import { opened } from './opened.ts'

const searched = async (criteria: SearchCriteria, capabilities: string[] = []) => {
  await using at = await opened({ capabilities, handlers: { 'UID SEARCH': ['* SEARCH 1', '$tag OK'] } })
  await at.inbox.search(criteria)
  return at.sent()[0]?.replace('UID SEARCH ', '')
}

/** Numbers 11 to 20: see `pain-points.test.ts`. */
describe('the thirty pain points', () => {
  it('11. IF#35: a mailbox that somebody holds is still to be had, and waiting for it has an end', async () => {
    await using server = await mailServer({ handlers: { 'UID SEARCH': ['* SEARCH 1 2 3', '$tag OK'] } })
    await using client = await connectTo(server, { maxConnections: 1 })
    // A handle that is never closed, a watch that never ends and a fetch that nobody reads on.
    const inbox = await client.open('INBOX')
    const watching = inbox.watch()
    const event = watching.next()
    await server.received('IDLE')
    const unread = inbox.fetch('1:*', { flags: true })
    await unread.next()
    await using other = await client.open('Other')
    expect((await other.fetchOne(1, { flags: true }))?.uid).toBe(1)
    await watching.return?.()
    await event
    await unread.return?.()
  })

  it('11. IF#48: waiting for a connection that somebody keeps ends by time and by signal', async () => {
    await using server = await mailServer({ handlers: { 'UID STORE': () => undefined } })
    await using client = await connectTo(server, { maxConnections: 1 })
    const inbox = await client.open('INBOX')
    const held = inbox.store(1, { add: ['\\Seen'] }).catch((error: unknown) => error)
    await server.received('UID STORE')
    await expect(client.open('Other', { timeout: 20 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await expect(client.open('Other', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await client.close()
    await held
  })

  it('12. IF#32: a large message is sent as the server takes it, and never lies whole in memory', async () => {
    const size = 64 * 1024 * 1024
    let read = 0
    let socket: Socket | undefined
    await using server = await rawServer((accepted) => {
      socket = accepted
      accepted.write('* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n')
      accepted.on('data', (chunk: Buffer) => {
        const tag = /^(\S+) APPEND .*\}\r\n$/.exec(chunk.toString('latin1'))?.[1]
        if (read === 0 && tag === undefined) return
        if (read === 0) {
          accepted.pause()
          accepted.write('+ go\r\n')
          read = 1
          accepted.once('close', () => undefined)
          appendTag = tag ?? ''
          return
        }
        read += chunk.length
        if (read === size + 3) accepted.write(`${appendTag} OK stored\r\n`)
      })
    })
    let appendTag = ''
    let made = 0
    const chunk = Buffer.alloc(64 * 1024, 'x')
    async function* octets() {
      for (; made < size; made += chunk.length) yield chunk
    }
    await using client = await ImapClient.connect({
      host: server.host,
      port: server.port,
      security: 'insecure-plaintext',
      auth: { user: 'me', password: 'secret' },
      reconnect: false,
    })
    const sending = client.append('Archive', { size, stream: octets() })
    // Until the server reads on, no more is made than lies in the buffers between.
    for (let last = -1; made === 0 || last !== made; await sleep(50)) last = made
    expect(made).toBeLessThan(size / 4)
    socket?.resume()
    await sending
    expect([made, read - 3]).toEqual([size, size])
    socket?.end()
  })

  it('13. email-mcp#71: an empty ESEARCH is asked again, and a range is never expanded', async () => {
    await using strato = await opened({
      capabilities: ['ESEARCH'],
      handlers: {
        'UID SEARCH': ({ args, tag }) =>
          args.includes('RETURN') ? [`* ESEARCH (TAG "${tag}") UID`, '$tag OK'] : ['* SEARCH 4 5 6', '$tag OK'],
      },
    })
    expect(String(await strato.inbox.search({ all: true }))).toBe('4:6')
    expect(String(await strato.inbox.search({ seen: true }))).toBe('4:6')
    // It is marked: the second search is not asked twice.
    expect(strato.sent().filter((line) => line.includes('RETURN'))).toHaveLength(1)

    await using stale = await opened({
      capabilities: ['ESEARCH'],
      exists: 2,
      handlers: { 'UID SEARCH': ({ tag }) => [`* ESEARCH (TAG "${tag}") UID COUNT 2 ALL 1:4294967295`, '$tag OK'] },
    })
    const uids = await stale.inbox.search({ all: true })
    expect([uids.rangeCount, String(uids)]).toEqual([1, '1:4294967295'])
  })

  it('14. IF#426: unsolicited FETCH rows do not end up in the answer, nor does an answer in parts fall apart', async () => {
    await using at = await opened({
      handlers: {
        'UID FETCH': [
          '* 1 FETCH (FLAGS (\\Seen))',
          '* 3 FETCH (UID 30 FLAGS (\\Answered))',
          '* 2 FETCH (UID 20 BODY[]<0> {4}\r\nabcd)',
          '* 2 FETCH (UID 20 FLAGS (\\Seen))',
          '* 2 FETCH (FLAGS (\\Deleted))',
          '$tag OK',
        ],
      },
    })
    const rows = await at.inbox.fetchAll('20', { source: { length: 4 } })
    expect(rows.map(({ uid, source }) => [uid, source.toString()])).toEqual([[20, 'abcd']])
  })

  it('15. IF#406: nothing is expunged after a failed COPY, nor anything that was not named', async () => {
    await using failing = await opened({
      capabilities: ['UIDPLUS'],
      handlers: { 'UID SEARCH': ['* SEARCH 1 2', '$tag OK'], 'UID COPY': '$tag NO [OVERQUOTA] full' },
    })
    await expect(failing.inbox.move('1:2', 'Trash')).rejects.toMatchObject({ name: 'OverLimit' })
    expect(failing.sent().filter((line) => /STORE|EXPUNGE/.test(line))).toEqual([])

    await using bare = await opened()
    await expect(bare.inbox.move('1:2', 'Trash')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(bare.inbox.deleteForever('1:2')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(bare.sent()).toEqual([])

    await using halfway = await opened({
      capabilities: ['UIDPLUS'],
      handlers: {
        'UID SEARCH': ['* SEARCH 1 2', '$tag OK'],
        'UID COPY': '$tag OK [COPYUID 9 1:2 71:72] ok',
        'UID STORE': '$tag NO not yours',
      },
    })
    const partly = await halfway.inbox.move('1:2', 'Trash').catch((error: unknown) => error)
    expect(partly).toMatchObject({ name: 'PartlyDone', code: 'NO' })
    expect(String((partly as { copied: unknown }).copied)).toBe('1:2')
  })

  it('16. IF#385: what a search means is what it says', async () => {
    expect(await searched({ not: { header: { A: '1', B: '2' } } })).toBe('NOT (HEADER "A" "1" HEADER "B" "2")')
    expect(await searched({ or: [{ not: { header: { A: '1', B: '2' } } }, { seen: true }] })).toBe(
      'OR NOT (HEADER "A" "1" HEADER "B" "2") SEEN',
    )
    expect(await searched({ larger: 0 })).toBe('LARGER 0')
    await expect(searched({ from: ['a', 'b'] as unknown as string })).rejects.toMatchObject({ code: 'EINVALID' })
    // With or without WITHIN, a day is a day.
    for (const capabilities of [[], ['WITHIN']])
      expect(await searched({ before: new Date('2026-03-01T12:00:00Z') }, capabilities)).toBe('BEFORE 1-Mar-2026')
  })

  it('17. no command is longer than servers take, whatever the set', async () => {
    await using server = await mailServer({
      handlers: { 'UID STORE': '$tag OK', 'UID SEARCH': ['* SEARCH', '$tag OK'], 'UID COPY': '$tag OK' },
    })
    await using client = await connectTo(server)
    await using inbox = await client.open('INBOX')
    const scattered = Array.from({ length: 50_000 }, (_, index) => index * 2 + 1)
    const consecutive = Array.from({ length: 50_000 }, (_, index) => index + 1)
    await inbox.store(scattered, { add: ['\\Seen'] })
    await inbox.copy(scattered, 'Other')
    await inbox.search({ uid: scattered })
    for await (const _ of inbox.fetch(scattered, { flags: true })) continue
    const before = server.lines.length
    await inbox.store(consecutive, { add: ['\\Seen'] })
    expect(server.lines.slice(before).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'UID STORE 1:50000 +FLAGS.SILENT (\\Seen)',
    ])
    expect(Math.max(...server.lines.map((line) => line.length))).toBeLessThan(8192)
  })

  it('18. IF#415: flags that cannot be kept are sent all the same, and told', async () => {
    await using at = await opened({ permanentFlags: '\\Seen', handlers: { 'UID STORE': '$tag OK' } })
    const { unstorable } = await at.inbox.store(1, { add: ['\\Seen', '$Label1'] })
    expect(at.sent()).toEqual(['UID STORE 1 +FLAGS.SILENT (\\Seen $Label1)'])
    expect(unstorable).toEqual(['$Label1'])
  })

  it('19. IF#224: a token that was refused is fetched anew, once', async () => {
    const tried: string[] = []
    await using server = await mailServer({
      capabilities: ['AUTH=XOAUTH2', 'SASL-IR'],
      handlers: {
        AUTHENTICATE: ({ args }) => {
          const token = Buffer.from(args.split(' ')[1] ?? '', 'base64').toString()
          tried.push(/Bearer (\w+)/.exec(token)?.[1] ?? '')
          return token.includes('fresh') ? '$tag OK' : '$tag NO [AUTHENTICATIONFAILED] expired'
        },
      },
    })
    const tokens = ['stale', 'fresh']
    await using client = await connectTo(server, {
      auth: { user: 'me', accessToken: async () => tokens.shift() ?? 'none', floor: 'XOAUTH2' },
    })
    await client.noop()
    expect(tried).toEqual(['stale', 'fresh'])
  })

  it('20. IF#314: "authenticated but not connected" may be tried again, and says so', async () => {
    for (const answer of [
      '$tag BAD User is authenticated but not connected.',
      '$tag NO User is authenticated but not connected.',
    ]) {
      await using server = await mailServer({ handlers: { SELECT: answer } })
      await using client = await connectTo(server)
      const error = await client.open('INBOX').catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(CommandRefused)
      expect(error).toMatchObject({ retryable: true, serverText: 'User is authenticated but not connected.' })
    }
  })
})
