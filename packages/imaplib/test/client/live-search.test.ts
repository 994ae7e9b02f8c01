import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { ImapClient, Mailbox } from 'imaplib'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { LiveResult } from '../../src/client/live-result.ts'
import { clientOf, seed } from './seed.ts'
import { selectInbox, talk } from './talk.ts'

type Live = ReturnType<Mailbox['live']>

/** The next events, up to `count`. */
const take = async (live: Live, count: number) => {
  const events: unknown[] = []
  while (events.length < count) {
    const { value, done } = await live.next()
    if (done === true) break
    events.push(value)
  }
  return events
}

describe('CONTEXT=SEARCH and CONTEXT=SORT (RFC 5267)', () => {
  it('takes the changes that the server tells, also those that come with the result', async () => {
    await using session = await talk(
      'ESEARCH CONTEXT=SEARCH IDLE',
      `${selectInbox()}
      C: C01 UID SEARCH RETURN (ALL UPDATE) DELETED
      S: * ESEARCH (TAG "C01") UID ALL 1:10,12,14:15
      S: * ESEARCH (TAG "C01") UID ADDTO (0 32768:32769)
      S: C01 OK Search completed
      C: C02 IDLE
      S: + idling
      S: * ESEARCH (TAG "C01") UID REMOVEFROM (0 15,3)
      S: * ESEARCH (TAG "other") UID REMOVEFROM (0 1)
      C: DONE
      S: C02 OK done
      C: C03 CANCELUPDATE "C01"
      S: C03 OK no further updates.`,
    )
    const inbox = await session.client.open('INBOX')
    await using live = inbox.live({ deleted: true })
    expect(await take(live, 3)).toEqual([
      { type: 'found', uids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15] },
      { type: 'added', at: 13, uids: [32768, 32769] },
      { type: 'removed', uids: [3, 15] },
    ])
    expect(live.uids).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 14, 32768, 32769])
  })

  it('keeps the order of a sort', async () => {
    await using session = await talk(
      'SORT ESORT CONTEXT=SORT IDLE',
      `${selectInbox()}
      C: B01 UID SORT RETURN (ALL UPDATE) (SUBJECT) US-ASCII SEEN
      S: * ESEARCH (TAG "B01") UID ALL 23765,23764,9
      S: B01 OK Search completed
      C: B02 IDLE
      S: + idling
      S: * ESEARCH (TAG "B01") UID ADDTO (1 23766 3 7)
      C: DONE
      S: B02 OK done
      C: B03 CANCELUPDATE "B01"
      S: B03 OK`,
    )
    const inbox = await session.client.open('INBOX')
    await using live = inbox.live({ seen: true }, { sort: ['subject'] })
    expect(await take(live, 3)).toEqual([
      { type: 'found', uids: [23765, 23764, 9] },
      { type: 'added', at: 0, uids: [23766] },
      { type: 'added', at: 2, uids: [7] },
    ])
    expect(live.uids).toEqual([23766, 23765, 7, 23764, 9])
  })

  it('searches by itself when the server says NOUPDATE (§4.3.1), and where it has no contexts', async () => {
    await using session = await talk(
      'ESEARCH CONTEXT=SEARCH IDLE',
      `${selectInbox()}
      C: D1 UID SEARCH RETURN (ALL UPDATE) SEEN
      S: * ESEARCH (TAG "D1") UID ALL 5
      S: D1 OK Search completed
      C: D2 IDLE
      S: + idling
      S: * NO [NOUPDATE "D1"] Too many contexts
      C: DONE
      S: D2 OK done
      C: D3 UID SEARCH RETURN (ALL COUNT) SEEN
      S: * ESEARCH (TAG "D3") UID ALL 5 COUNT 1
      S: D3 OK done
      C: D4 IDLE
      S: + idling
      S: * 11 EXISTS
      C: DONE
      S: D4 OK done
      C: D5 UID SEARCH RETURN (ALL COUNT) SEEN
      S: * ESEARCH (TAG "D5") UID ALL 5,11 COUNT 2
      S: D5 OK done
      C: D6 IDLE
      S: + idling
      S: * VANISHED 5
      C: DONE
      S: D6 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    await using live = inbox.live({ seen: true })
    expect(await take(live, 3)).toEqual([
      { type: 'found', uids: [5] },
      { type: 'added', at: 1, uids: [11] },
      { type: 'removed', uids: [5] },
    ])
  })
})

describe('the result', () => {
  it('follows from its events', () => {
    const list = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 10 })
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), (results) => {
        const result = new LiveResult(true)
        let seen: number[] = []
        for (const uids of results) {
          for (const event of result.become(uids)) {
            if (event.type === 'found') seen = [...event.uids]
            else if (event.type === 'added') seen.splice(event.at, 0, ...event.uids)
            else seen = seen.filter((uid) => !event.uids.includes(uid))
          }
          expect(seen).toEqual(uids)
        }
      }),
    )
  })
})

describe('against Dovecot', () => {
  let server: DovecotServer
  let bare: DovecotServer
  beforeAll(async () => {
    server = await startDovecot()
    bare = await startDovecot({ capability: 'IMAP4rev1 UIDPLUS IDLE LITERAL+' })
  })
  afterAll(async () => {
    await server.stop()
    await bare.stop()
  })

  it.each(['with contexts', 'without'] as const)('%s: the same in the end', { timeout: 60_000 }, async (which) => {
    const where = which === 'without' ? bare : server
    const user = where.user()
    await using watcher = await clientOf(where, { user })
    await using writer: ImapClient = await clientOf(where, { user })
    await seed(writer, [{ text: 'Subject: b\n\n' }, { text: 'Subject: a\n\n', flags: ['\\Flagged'] }])
    await using inbox = await watcher.open('INBOX')
    await using changed = await writer.open('INBOX')
    await using live = inbox.live({ flagged: true })
    expect(await take(live, 1)).toEqual([{ type: 'found', uids: [2] }])
    await seed(writer, [{ text: 'Subject: c\n\n', flags: ['\\Flagged'] }])
    expect(await take(live, 1)).toEqual([{ type: 'added', at: 1, uids: [3] }])
    await changed.store(1, { add: ['\\Flagged'] })
    expect(await take(live, 1)).toEqual([{ type: 'added', at: 0, uids: [1] }])
    await changed.store(2, { remove: ['\\Flagged'] })
    expect(await take(live, 1)).toEqual([{ type: 'removed', uids: [2] }])
    await changed.deleteForever(3)
    expect(await take(live, 1)).toEqual([{ type: 'removed', uids: [3] }])
    expect(live.uids).toEqual([1])
    // Other commands in the same mailbox go in between.
    expect((await inbox.search({ all: true })).toString()).toBe('1:2')
    await seed(writer, [{ text: 'Subject: d\n\n', flags: ['\\Flagged'] }])
    expect(await take(live, 1)).toEqual([{ type: 'added', at: 1, uids: [4] }])
  })

  it('in sort order, which Dovecot does not keep', { timeout: 60_000 }, async () => {
    const user = server.user()
    await using watcher = await clientOf(server, { user })
    await using writer = await clientOf(server, { user })
    await seed(writer, [{ text: 'Subject: b\n\n' }, { text: 'Subject: d\n\n' }])
    await using inbox = await watcher.open('INBOX')
    const stop = new AbortController()
    await using live = inbox.live({ all: true }, { sort: ['subject'], signal: stop.signal })
    expect(await take(live, 1)).toEqual([{ type: 'found', uids: [1, 2] }])
    await seed(writer, [{ text: 'Subject: c\n\n' }])
    expect(await take(live, 1)).toEqual([{ type: 'added', at: 1, uids: [3] }])
    stop.abort()
    expect(await take(live, 1)).toEqual([])
  })
})
