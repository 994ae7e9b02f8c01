import { describe, expect, it } from 'vitest'
import { SequenceSet } from 'imaplib'
import { selectInbox, talk } from './talk.ts'

const capabilities = 'MESSAGELIMIT=1000 UIDPLUS MOVE ESEARCH'

describe('MESSAGELIMIT (RFC 9738): the client goes on by itself', () => {
  it('FETCH, below the lowest UID that was done', async () => {
    await using session = await talk(
      capabilities,
      `${selectInbox()}
      C: a1 UID FETCH 22000:25000 (FLAGS)
      S: * 12 FETCH (FLAGS (\\Seen) UID 24998)
      S: * 11 FETCH (FLAGS () UID 23221)
      S: a1 OK [MESSAGELIMIT 1000 23221] FETCH completed with 1000 partial results
      C: a2 UID FETCH 22000:23220 (FLAGS)
      S: * 10 FETCH (FLAGS () UID 22000)
      S: a2 OK FETCH completed`,
    )
    const inbox = await session.client.open('INBOX')
    const uids: number[] = []
    for await (const { uid } of inbox.fetch('22000:25000', { flags: true })) uids.push(uid)
    expect(uids).toEqual([24998, 23221, 22000])
  })

  it('STORE, with the results of all parts', async () => {
    await using session = await talk(
      `${capabilities} CONDSTORE`,
      `${selectInbox(10, ' (CONDSTORE)')}
      C: a1 UID STORE 1:90000 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)
      S: a1 OK [MESSAGELIMIT 1000 40] partial
      C: a2 UID STORE 1:39 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)
      S: a2 OK [MODIFIED 7] done`,
    )
    const inbox = await session.client.open('INBOX')
    const result = await inbox.store('1:90000', { add: ['\\Seen'] }, { unchangedSince: 12n })
    expect(result.modified.toString()).toBe('7')
  })

  it('SEARCH: UIDs and counts of all parts', async () => {
    await using session = await talk(
      capabilities,
      `${selectInbox()}
      C: a1 UID SEARCH RETURN (MIN MAX ALL COUNT) UNSEEN
      S: * ESEARCH (TAG "a1") UID MIN 25000 MAX 27800 ALL 25000,27800 COUNT 2
      S: a1 OK [MESSAGELIMIT 1000 23221] SEARCH completed with 1000 partial results
      C: a2 UID SEARCH RETURN (MIN MAX ALL COUNT) UID 1:23220 UNSEEN
      S: * ESEARCH (TAG "a2") UID MIN 5 MAX 6 ALL 5:6 COUNT 2
      S: a2 OK [MESSAGELIMIT 1000 4] SEARCH completed with 1000 partial results
      C: a3 UID SEARCH RETURN (MIN MAX ALL COUNT) UID 1:3 UNSEEN
      S: * ESEARCH (TAG "a3") UID COUNT 0
      S: a3 OK SEARCH completed`,
    )
    const inbox = await session.client.open('INBOX')
    const found = await inbox.search({ unseen: true }, { return: ['all', 'count', 'min', 'max'] })
    expect(found.all.toString()).toBe('5:6,25000,27800')
    expect(found).toMatchObject({ count: 4, min: 5, max: 27800 })
  })

  it('COPY, which is refused as a whole, in groups', async () => {
    await using session = await talk(
      'MESSAGELIMIT=2 UIDPLUS MOVE',
      `${selectInbox()}
      C: a1 UID COPY 1:9 Archive
      S: a1 NO [MESSAGELIMIT 2] Too many messages to copy, try a smaller subset
      C: a2 UID SEARCH UID 1:9
      S: * SEARCH 1 3 5 7 9
      S: a2 OK done
      C: a3 UID COPY 1,3 Archive
      S: a3 OK [COPYUID 5 1,3 11:12] done
      C: a4 UID COPY 5,7 Archive
      S: a4 OK [COPYUID 5 5,7 13:14] done
      C: a5 UID COPY 9 Archive
      S: a5 OK [COPYUID 5 9 15] done`,
    )
    const inbox = await session.client.open('INBOX')
    const copied = await inbox.copy('1:9', 'Archive')
    expect(copied?.uids.get(9)).toBe(15)
    expect(copied?.uids.get(1)).toBe(11)
  })

  it('MOVE and EXPUNGE', async () => {
    await using session = await talk(
      capabilities,
      `${selectInbox()}
      C: a1 UID MOVE 1:50 Archive
      S: * OK [COPYUID 5 40:50 140:150] moved
      S: a1 OK [MESSAGELIMIT 11 40] partial
      C: a2 UID MOVE 1:39 Archive
      S: * OK [COPYUID 5 1:39 101:139] moved
      S: a2 OK done
      C: a3 UID SEARCH RETURN (ALL COUNT) UID 60:70 DELETED
      S: * ESEARCH (TAG "a3") UID ALL 60:70 COUNT 11
      S: a3 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    const moved = await inbox.move('1:50', 'Archive')
    expect(moved?.uids.get(1)).toBe(101)
    expect(moved?.uids.get(50)).toBe(150)
    expect((await inbox.search({ uid: '60:70', deleted: true })).equals(SequenceSet.parse('60:70'))).toBe(true)
  })

  it('a server that repeats itself is not asked for ever', async () => {
    await using session = await talk(
      capabilities,
      `${selectInbox()}
      C: a1 UID FETCH 1:5 (FLAGS)
      S: a1 OK [MESSAGELIMIT 1 9] odd`,
    )
    const inbox = await session.client.open('INBOX')
    for await (const row of inbox.fetch('1:5', { flags: true })) throw new Error(`no row was sent: ${row.uid}`)
  })
})

describe('INPROGRESS (RFC 9585)', () => {
  it('tells how far the command has come, and whose progress it is', async () => {
    await using session = await talk(
      'INPROGRESS',
      `${selectInbox()}
      C: a001 UID SEARCH TEXT "whatever"
      S: * OK [INPROGRESS ("other" 1 2)] Somebody else's
      S: * OK [INPROGRESS] Still processing this thing...
      S: * OK [INPROGRESS ("a001" 454 1000)] Processed 45% of the entries in the mailbox
      S: * OK [INPROGRESS ("a001" 999 1000)] Processed 99%
      S: * SEARCH 447 735
      S: a001 OK Search completed`,
    )
    const inbox = await session.client.open('INBOX')
    const seen: unknown[] = []
    const found = await inbox.search({ text: 'whatever' }, { onProgress: (progress) => seen.push(progress) })
    expect(found.toString()).toBe('447,735')
    expect(seen).toEqual([
      { done: null, goal: null },
      { done: 454, goal: 1000 },
      { done: 999, goal: 1000 },
    ])
  })
})
