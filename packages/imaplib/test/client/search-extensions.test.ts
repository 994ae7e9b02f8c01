import { describe, expect, it } from 'vitest'
import type { SearchCriteria } from 'imaplib'
import { selectInbox, talk } from './talk.ts'

/** The words that criteria become. */
const words = async (capabilities: string, criteria: SearchCriteria, expected: string) => {
  await using session = await talk(
    capabilities,
    `${selectInbox()}
    C: a1 UID SEARCH ${expected}
    S: * SEARCH 5 7
    S: a1 OK done`,
  )
  const inbox = await session.client.open('INBOX')
  expect((await inbox.search(criteria)).toString()).toBe('5,7')
}

describe('search keys of extensions', () => {
  it.each<[string, string, SearchCriteria]>([
    ['WITHIN', 'UNSEEN YOUNGER 259200', { unseen: true, younger: 259200 }],
    ['WITHIN', 'OLDER 60', { older: 60 }],
    ['SAVEDATE', 'SAVEDBEFORE 15-Jan-2017 SAVEDATESUPPORTED', { savedBefore: '2017-01-15', saveDateSupported: true }],
    ['SAVEDATE', 'SAVEDON 15-Jan-2017 SAVEDSINCE 1-Jan-2017', { savedOn: '2017-01-15', savedSince: '2017-01-01' }],
    ['OBJECTID', 'EMAILID M6d99ac3275bb4e', { emailId: 'M6d99ac3275bb4e' }],
    ['OBJECTID', 'THREADID T64b478a75b7ea9', { threadId: 'T64b478a75b7ea9' }],
    ['SEARCH=FUZZY', 'FUZZY SUBJECT "IMAP break"', { fuzzy: { subject: 'IMAP break' } }],
    ['SEARCH=FUZZY', 'FUZZY (SUBJECT "a" FROM "b")', { fuzzy: { subject: 'a', from: 'b' } }],
    ['FILTERS', 'FILTER on-the-road SINCE 1-Feb-1994', { filter: 'on-the-road', since: '1994-02-01' }],
    [
      'ANNOTATE-EXPERIMENT-1',
      'ANNOTATION "/comment" "value" "IMAP4"',
      { annotation: { entry: '/comment', value: 'IMAP4' } },
    ],
    [
      'ANNOTATE-EXPERIMENT-1',
      'ANNOTATION "/vendor/*" "value.priv" NIL',
      { annotation: { entry: '/vendor/*', attribute: 'value.priv', value: null } },
    ],
    ['X-GM-EXT-1', 'X-GM-RAW "has:attachment in:unread"', { gmailRaw: 'has:attachment in:unread' }],
    ['X-GM-EXT-1', 'X-GM-LABELS "\\\\Starred" X-GM-LABELS "Entw&APw-rfe"', { gmailLabels: ['\\Starred', 'Entwürfe'] }],
    ['X-GM-EXT-1', 'X-GM-THRID 1266894439832287888', { gmailThreadId: 1266894439832287888n }],
    ['X-GM-EXT-1', 'X-GM-MSGID 1278455344230334865', { gmailMessageId: 1278455344230334865n }],
  ])('%s: %s', async (capabilities, expected, criteria) => {
    await words(capabilities, criteria, expected)
  })

  it.each<[string, SearchCriteria]>([
    ['WITHIN', { older: 60 }],
    ['SAVEDATE', { savedOn: '2017-01-15' }],
    ['OBJECTID', { emailId: 'M1' }],
    ['SEARCH=FUZZY', { fuzzy: { subject: 'a' } }],
    ['FILTERS', { filter: 'a' }],
    ['ANNOTATE-EXPERIMENT-1', { annotation: { entry: '/comment', value: 'x' } }],
    ['X-GM-EXT-1', { gmailRaw: 'x' }],
  ])('without %s nothing is sent', async (capability, criteria) => {
    await using session = await talk('ID', selectInbox())
    const inbox = await session.client.open('INBOX')
    await expect(inbox.search(criteria)).rejects.toMatchObject({ code: 'ECAPABILITY', capabilities: [capability] })
  })

  it.each<SearchCriteria>([
    { filter: 'a/b' },
    { filter: '' },
    { annotation: { entry: 'comment', value: 'x' } },
    { annotation: { entry: '/comment', value: '' } },
    { gmailThreadId: -1n },
    { gmailLabels: [] },
  ])('bad values cannot be sent (%#)', async (criteria) => {
    await using session = await talk('FILTERS ANNOTATE-EXPERIMENT-1 X-GM-EXT-1', selectInbox())
    const inbox = await session.client.open('INBOX')
    await expect(inbox.search(criteria)).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('a filter that the server does not know (RFC 5466 §3.1)', async () => {
    await using session = await talk(
      'FILTERS',
      `${selectInbox()}
      C: t1 UID SEARCH FILTER on-the-road SUBJECT "a"
      S: t1 NO [UNDEFINED-FILTER on-the-road] there is none`,
    )
    const inbox = await session.client.open('INBOX')
    const refused = inbox.search({ filter: 'on-the-road', subject: 'a' })
    await expect(refused).rejects.toMatchObject({ code: 'NO', responseCode: 'UNDEFINED-FILTER' })
  })

  it('RELEVANCY (RFC 6203 §4): the best first', async () => {
    await using session = await talk(
      'SEARCH=FUZZY ESEARCH',
      `${selectInbox()}
      C: B1 UID SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT "Helo"
      S: * ESEARCH (TAG "B1") UID ALL 1,5,10 RELEVANCY (4 99 42)
      S: B1 OK Search completed
      C: B2 UID SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT "none"
      S: * ESEARCH (TAG "B2") UID
      S: B2 OK Search completed`,
    )
    const inbox = await session.client.open('INBOX')
    expect(await inbox.rank({ fuzzy: { text: 'Helo' } })).toEqual([
      { uid: 5, relevancy: 99 },
      { uid: 10, relevancy: 42 },
      { uid: 1, relevancy: 4 },
    ])
    expect(await inbox.rank({ fuzzy: { text: 'none' } })).toEqual([])
  })
})

describe('pages of what is found', () => {
  it('by PARTIAL (RFC 9394 §3.1), from either end', async () => {
    await using session = await talk(
      'ESEARCH PARTIAL',
      `${selectInbox()}
      C: A01 UID SEARCH RETURN (COUNT MAX PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk
      S: * ESEARCH (TAG "A01") UID COUNT 23764 MAX 99702 PARTIAL (-1:-100 99696,99701:99702)
      S: A01 OK Completed
      C: A03 UID SEARCH RETURN (COUNT MAX PARTIAL -1:-3) ALL
      S: * ESEARCH (TAG "A03") UID COUNT 4 MAX 9 PARTIAL (-1:-3 1:3)
      S: A03 OK Completed
      C: A04 UID SEARCH RETURN (ALL COUNT) ALL
      S: * ESEARCH (TAG "A04") UID ALL 1:3,9 COUNT 4
      S: A04 OK Completed
      C: A02 UID SEARCH RETURN (COUNT PARTIAL 23500:24000) ALL
      S: * ESEARCH (TAG "A02") UID COUNT 3 PARTIAL (23500:24000 NIL)
      S: A02 OK Completed`,
    )
    const inbox = await session.client.open('INBOX')
    const last = await inbox.page([-1, -100], { criteria: { undeleted: true, unkeyword: '$Junk' } })
    expect(last).toEqual({ uids: [99696, 99701, 99702], total: 23764 })
    // Cyrus 3.12 counts from the wrong end.
    expect(await inbox.page([-2, -3])).toEqual({ uids: [2, 3], total: 4 })
    expect(await inbox.page([23500, 24000])).toEqual({ uids: [], total: 3 })
  })

  it('by CONTEXT=SORT (RFC 5267 §4.4), in sort order', async () => {
    await using session = await talk(
      'SORT ESORT CONTEXT=SORT',
      `${selectInbox()}
      C: S03 UID SORT RETURN (COUNT PARTIAL 1:3) (REVERSE DATE) US-ASCII ALL
      S: * ESEARCH (TAG "S03") UID COUNT 9 PARTIAL (1:3 7,3:2)
      S: S03 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    expect(await inbox.page([1, 3], { sort: ['-date'] })).toEqual({ uids: [7, 3, 2], total: 9 })
  })

  it('by the whole result where the server knows no windows', async () => {
    await using session = await talk(
      'SORT',
      `${selectInbox()}
      C: a1 UID SEARCH SEEN
      S: * SEARCH 2 4 6 8 10
      S: a1 OK done
      C: a2 UID SEARCH SEEN
      S: * SEARCH 2 4 6 8 10
      S: a2 OK done
      C: a3 UID SORT (SIZE) US-ASCII SEEN
      S: * SORT 10 2 8 4 6
      S: a3 OK done
      C: a4 UID SORT (SIZE) US-ASCII SEEN
      S: * SORT 10 2 8 4 6
      S: a4 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    const criteria = { seen: true } as const
    expect(await inbox.page([2, 3], { criteria })).toEqual({ uids: [4, 6], total: 5 })
    expect(await inbox.page([-1, -2], { criteria })).toEqual({ uids: [8, 10], total: 5 })
    expect(await inbox.page([-4, -9], { criteria, sort: ['size'] })).toEqual({ uids: [10, 2], total: 5 })
    expect(await inbox.page([6, 9], { criteria, sort: ['size'] })).toEqual({ uids: [], total: 5 })
    await expect(inbox.page([1, -1])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(inbox.page([0, 5])).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('FETCH PARTIAL (RFC 9394 §3.3)', async () => {
    await using session = await talk(
      'PARTIAL',
      `${selectInbox()}
      C: A01 UID FETCH 25900:26600 (FLAGS) (PARTIAL -1:-30)
      S: * 12888 FETCH (FLAGS (\\Flagged \\Answered) UID 25996)
      S: * 12890 FETCH (FLAGS () UID 25997)
      S: A01 OK FETCH completed`,
    )
    const inbox = await session.client.open('INBOX')
    const rows = await inbox.fetchAll('25900:26600', { flags: true }, { partial: [-1, -30] })
    expect(rows.map(({ uid }) => uid)).toEqual([25996, 25997])
  })
})

describe('ESORT (RFC 5267 §3)', () => {
  it('gives the order of the server', async () => {
    await using session = await talk(
      'SORT ESORT SORT=DISPLAY',
      `${selectInbox()}
      C: E01 UID SORT RETURN (ALL) (REVERSE DATE) US-ASCII UNDELETED UNKEYWORD $Junk
      S: * ESEARCH (TAG "E01") UID ALL 23765,23764,23763,23761,9:7
      S: E01 OK Sort completed
      C: E02 UID SORT RETURN (ALL) (DISPLAYFROM) US-ASCII SUBJECT "x"
      S: * ESEARCH (TAG "E02") UID
      S: E02 OK Sort completed`,
    )
    const inbox = await session.client.open('INBOX')
    const uids = await inbox.sort(['-date'], { undeleted: true, unkeyword: '$Junk' })
    expect(uids).toEqual([23765, 23764, 23763, 23761, 9, 8, 7])
    expect(await inbox.sort(['displayFrom'], { subject: 'x' })).toEqual([])
  })
})

describe('batches (RFC 10022)', () => {
  it('of the server', async () => {
    await using session = await talk(
      'UIDBATCHES',
      `${selectInbox()}
      C: A143 UIDBATCHES 2000
      S: * UIDBATCHES (TAG "A143") 215295:99696,99695:20351,20350:7830,7829:1
      S: A143 OK UIDBATCHES Completed
      C: A302 UIDBATCHES 1000 10:20
      S: * UIDBATCHES (TAG "A302")
      S: A302 OK UIDBATCHES Completed`,
    )
    const inbox = await session.client.open('INBOX')
    const batches = await inbox.batches(2000)
    expect(batches.map(String)).toEqual(['99696:215295', '20351:99695', '7830:20350', '1:7829'])
    expect(await inbox.batches(1000, { range: [10, 20] })).toEqual([])
    await expect(inbox.batches(0)).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('made here', async () => {
    await using session = await talk(
      'ID',
      `${selectInbox()}
      C: a1 UID SEARCH UID 1:*
      S: * SEARCH 3 5 8 13 21 34 55
      S: a1 OK done
      C: a2 UID SEARCH UID 1:*
      S: * SEARCH 3 5 8 13 21 34 55
      S: a2 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    expect((await inbox.batches(3)).map(String)).toEqual(['14:55', '4:13', '1:3'])
    expect((await inbox.batches(3, { range: [2, 3] })).map(String)).toEqual(['4:13', '1:3'])
  })
})

describe('what can be stored besides flags', () => {
  it('annotations (RFC 5257 §4.4)', async () => {
    await using session = await talk(
      'ANNOTATE-EXPERIMENT-1',
      `${selectInbox()}
      C: a1 UID STORE 1 ANNOTATION (/comment (value.priv "My new comment") /altsubject (value.priv NIL value.shared "x"))
      S: a1 OK Store complete
      C: b1 UID STORE 1 ANNOTATION (/comment (value.priv "too long"))
      S: b1 NO [ANNOTATE TOOBIG] no`,
    )
    const inbox = await session.client.open('INBOX')
    await inbox.annotate(1, {
      '/comment': { private: 'My new comment' },
      '/altsubject': { private: null, shared: 'x' },
    })
    const refused = inbox.annotate(1, { '/comment': { private: 'too long' } })
    await expect(refused).rejects.toMatchObject({ responseCode: 'ANNOTATE' })
    await expect(inbox.annotate(1, {})).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(inbox.annotate(1, { '/comment': {} })).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(inbox.annotate([], { '/comment': { private: 'x' } })).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('Gmail labels', async () => {
    await using session = await talk(
      'X-GM-EXT-1',
      `${selectInbox()}
      C: a1 UID STORE 1 +X-GM-LABELS.SILENT (foo \\Starred Entw&APw-rfe "two words")
      S: a1 OK STORE (Success)
      C: a2 UID STORE 1:2 -X-GM-LABELS.SILENT (foo)
      S: a2 OK STORE (Success)
      C: a3 UID STORE 3 X-GM-LABELS.SILENT ()
      S: a3 OK STORE (Success)`,
    )
    const inbox = await session.client.open('INBOX')
    await inbox.labels.add(1, ['foo', '\\Starred', 'Entwürfe', 'two words'])
    await inbox.labels.remove([1, 2], ['foo'])
    await inbox.labels.set(3, [])
    await expect(inbox.labels.add(1, [])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(inbox.labels.add(1, ['\\a b'])).rejects.toMatchObject({ code: 'EINVALID' })
  })
})
