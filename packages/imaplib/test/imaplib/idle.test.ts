import type { Handler } from 'imap-test-servers'
import { scriptedServer } from 'imap-test-servers'
import { describe, expect, test } from 'vitest'
import { IMAP4 } from 'imaplib'
import { type Both, bothWays, lastOf, texts } from './both-ways.ts'

const capabilities = ['IMAP4rev1', 'IDLE']

/** A server that says this on IDLE; the rest when `go` is called; and more after DONE. */
const idling = (before: string[], after: string[] = []): Both => ({
  capabilities,
  upTo: 'authenticated',
  handlers: {
    IDLE: async ({ send, readLine }) => {
      await send(...before)
      expect(await readLine()).toBe('DONE')
      await send(...after, '$tag OK Idle completed')
    },
  },
})

const literal = '* 1 FETCH (BODY[HEADER.FIELDS (DATE)] {41}\r\nDate: Fri, 06 Dec 2024 06:00:00 +0000\r\n\r\n)'

describe('idle', () => {
  bothWays(
    'responses in their order, those before the + too; the rest is kept',
    idling(['* 0 EXISTS', '+ idling', '* 2 EXISTS', literal, '* 3 EXISTS', '* 1 RECENT'], ['* 9 RECENT']),
    async (M, server) => {
      {
        await using idler = await M.idle()
        expect(M.state).toBe('IDLING')
        expect(texts((await idler.next()).value)).toEqual(['EXISTS', ['0']])
        expect(texts((await idler.next()).value)).toEqual(['EXISTS', ['2']])
        expect(texts((await idler.next()).value)).toEqual([
          'FETCH',
          [['1 (BODY[HEADER.FIELDS (DATE)] {41}', 'Date: Fri, 06 Dec 2024 06:00:00 +0000\r\n\r\n'], ')'],
        ])
        for await (const response of idler) {
          expect(texts(response)).toEqual(['EXISTS', ['3']])
          break
        }
        expect(M.state).toBe('IDLING')
      }
      expect(M.state).toBe('AUTH')
      expect(lastOf(server)).toBe('DONE')
      expect(await M.response('EXISTS')).toEqual(['EXISTS', [null]])
      expect(texts(await M.response('RECENT'))).toEqual(['RECENT', ['1', '9']])
    },
  )

  bothWays(
    'statuses and their codes are two events',
    idling(['+ go', '* OK [ALERT] Still here', '* BYE soon']),
    async (M) => {
      const idler = await M.idle()
      expect(texts((await idler.next()).value)).toEqual(['OK', ['[ALERT] Still here']])
      expect(texts((await idler.next()).value)).toEqual(['ALERT', ['']])
      expect(texts((await idler.next()).value)).toEqual(['BYE', ['soon']])
      await idler.done()
      await idler.done()
    },
  )

  bothWays('other commands are illegal meanwhile', idling(['+ go']), async (M) => {
    const idler = await M.idle()
    await expect(M.noop()).rejects.toThrow('command NOOP illegal in state IDLING')
    await expect(M.idle()).rejects.toThrow('command IDLE illegal in state IDLING')
    await idler.done()
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    await expect(idler.next()).rejects.toThrow(IMAP4.error)
  })

  bothWays('the duration ends the iteration', idling(['+ go', '* 1 EXISTS']), async (M) => {
    await using idler = await M.idle(400)
    const seen = []
    for await (const response of idler) seen.push(texts(response))
    expect(seen).toEqual([['EXISTS', ['1']]])
  })

  bothWays(
    'burst ends at a gap, and leaves what comes later',
    idling(['+ go', '* 1 EXISTS', literal, '* 3 EXISTS'], ['* 9 RECENT']),
    async (M) => {
      {
        await using idler = await M.idle()
        const types = []
        for await (const [typ] of idler.burst(300)) types.push(typ)
        expect(types).toEqual(['EXISTS', 'FETCH', 'EXISTS'])
      }
      expect(texts(await M.response('RECENT'))).toEqual(['RECENT', ['9']])
    },
  )

  bothWays('burst with nothing to come before the deadline', idling(['+ go']), async (M) => {
    await using idler = await M.idle(20)
    for await (const _ of idler.burst()) expect.unreachable()
  })

  const delayed: Handler = async ({ send, sendRaw, readLine }) => {
    await send('+ idling')
    await sendRaw('* 1 EX')
    expect(await readLine()).toBe('DONE')
    await sendRaw('ISTS\r\n')
    await send('$tag OK done')
  }
  bothWays(
    'half a line at the deadline is not lost',
    { capabilities, upTo: 'authenticated', handlers: { IDLE: delayed } },
    async (M) => {
      {
        await using idler = await M.idle(30)
        expect((await idler.next()).done).toBe(true)
      }
      expect(texts(await M.response('EXISTS'))).toEqual(['EXISTS', ['1']])
    },
  )

  bothWays('done() ends a next() that waits', idling(['+ go']), async (M) => {
    const idler = await M.idle()
    const waiting = idler.next()
    await idler.done()
    expect((await waiting).done).toBe(true)
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
  })

  bothWays('logout while idling says DONE first', idling(['+ go']), async (M, server) => {
    const idler = await M.idle()
    const waiting = idler.next()
    expect(texts(await M.logout())).toEqual(['BYE', ['logging out']])
    expect((await waiting).done).toBe(true)
    expect(server.lines.slice(-2).map((line) => line.replace(/^\S+ /, ''))).toEqual(['DONE', 'LOGOUT'])
  })

  bothWays(
    'the connection timeout is lifted meanwhile',
    { ...idling(['+ go']), client: { timeout: 300 } },
    async (M) => {
      await using idler = await M.idle(700)
      expect((await idler.next()).done).toBe(true)
    },
  )

  bothWays('without the capability', { upTo: 'authenticated' }, async (M) => {
    await expect(M.idle()).rejects.toMatchObject({ name: 'IMAP4.error', message: 'Server does not support IMAP4 IDLE' })
  })

  bothWays('denied', { capabilities, upTo: 'authenticated', handlers: { IDLE: '$tag NO not now' } }, async (M) => {
    await expect(M.idle()).rejects.toMatchObject({ name: 'IMAP4.error', message: "idle denied: [b'not now']" })
    expect(M.state).toBe('AUTH')
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
  })

  bothWays(
    'denied with BAD',
    { capabilities, upTo: 'authenticated', handlers: { IDLE: '$tag BAD what' } },
    async (M) => {
      await expect(M.idle()).rejects.toMatchObject({ name: 'IMAP4.abort' })
    },
  )

  bothWays('before login', { capabilities }, async (M) => {
    await expect(M.idle()).rejects.toThrow('command IDLE illegal in state NONAUTH')
    await expect(M.idle(-1)).rejects.toThrow(RangeError)
  })

  test('the end of the connection while idling', async () => {
    await using server = await scriptedServer({
      capabilities,
      handlers: {
        IDLE: async ({ send, end }) => {
          await send('+ go', '* BYE gone')
          end()
        },
      },
    })
    const M = await IMAP4.connect(server.host, server.port)
    await M.login('u', 'p')
    const idler = await M.idle()
    expect(texts((await idler.next()).value)).toEqual(['BYE', ['gone']])
    await expect(idler.next()).rejects.toThrow('socket error: EOF')
    await expect(idler.done()).rejects.toThrow(IMAP4.abort)
    await M.shutdown()
  })
})
