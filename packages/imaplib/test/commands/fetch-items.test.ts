import { describe, expect, it } from 'vitest'
import type { FetchQuery } from 'imaplib'
import { selectInbox, talk } from '../client/talk.ts'

/** What is asked of message 7, the words on the wire, and what comes of the answer. */
const ask = async (capabilities: string, query: FetchQuery, items: string, answer: string) => {
  await using session = await talk(
    capabilities,
    `${selectInbox()}
    C: a1 UID FETCH 7 (${items})
    S: * 5 FETCH (${answer} UID 7)
    S: a1 OK done`,
  )
  const inbox = await session.client.open('INBOX')
  return (await inbox.fetchOne(7, query)) as unknown as Record<string, unknown> | undefined
}

describe('what extensions let ask of a message', () => {
  it('EMAILID and THREADID (RFC 8474 §5.3)', async () => {
    const message = await ask(
      'OBJECTID',
      { emailId: true, threadId: true },
      'EMAILID THREADID',
      'EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9)',
    )
    expect(message).toMatchObject({ emailId: 'M6d99ac3275bb4e', threadId: 'T64b478a75b7ea9' })
  })

  it('THREADID NIL (RFC 8474 §5.2)', async () => {
    expect(await ask('OBJECTID', { threadId: true }, 'THREADID', 'THREADID NIL')).toMatchObject({ threadId: null })
  })

  it('SAVEDATE (RFC 8514 §4.2)', async () => {
    const message = await ask('SAVEDATE', { saveDate: true }, 'SAVEDATE', 'SAVEDATE "15-Jan-2017 17:55:06 +0000"')
    expect(message?.['saveDate']).toEqual(new Date('2017-01-15T17:55:06Z'))
    expect(await ask('SAVEDATE', { saveDate: true }, 'SAVEDATE', 'SAVEDATE NIL')).toMatchObject({ saveDate: null })
  })

  it('PREVIEW, at once and lazily (RFC 8970 §3.2, §5)', async () => {
    const text = 'Preview text!'
    expect(await ask('PREVIEW', { preview: true }, 'PREVIEW', `PREVIEW "${text}"`)).toMatchObject({ preview: text })
    const lazy = await ask('PREVIEW', { preview: 'lazy' }, 'PREVIEW (LAZY)', 'PREVIEW NIL')
    expect(lazy).toMatchObject({ preview: null })
  })

  it('X-GM-MSGID, X-GM-THRID and X-GM-LABELS, with labels in Unicode', async () => {
    const message = await ask(
      'X-GM-EXT-1',
      { gmailMessageId: true, gmailThreadId: true, gmailLabels: true },
      'X-GM-MSGID X-GM-THRID X-GM-LABELS',
      'X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888 X-GM-LABELS (\\Inbox "Entw&APw-rfe" foo)',
    )
    expect(message).toMatchObject({
      gmailMessageId: 1278455344230334865n,
      gmailThreadId: 1266894439832287888n,
      gmailLabels: ['\\Inbox', 'Entwürfe', 'foo'],
    })
  })

  it('ANNOTATION (RFC 5257 §4.3)', async () => {
    const message = await ask(
      'ANNOTATE-EXPERIMENT-1',
      { annotation: { entries: ['/comment', '/altsubject'], attributes: ['value.priv', 'value.shared'] } },
      'ANNOTATION (("/comment" "/altsubject") ("value.priv" "value.shared"))',
      'ANNOTATION (/comment (value.priv "My comment" value.shared NIL) /altsubject (value.priv NIL value.shared NIL))',
    )
    const found = message?.['annotation'] as ReadonlyMap<string, ReadonlyMap<string, string | null>>
    expect(found.get('/comment')?.get('value.priv')).toBe('My comment')
    expect(found.get('/altsubject')?.get('value.shared')).toBeNull()
  })

  it('BINARY.SIZE of several parts, one of them of unknown size (RFC 3516 §4.3)', async () => {
    const message = await ask(
      'BINARY',
      { binarySize: ['1', '2.1'] },
      'BINARY.SIZE[1] BINARY.SIZE[2.1]',
      'BINARY.SIZE[1] 3028 BINARY.SIZE[2.1] 0',
    )
    expect(message?.['binarySize']).toEqual(
      new Map([
        ['1', 3028],
        ['2.1', 0],
      ]),
    )
  })

  it.each<[string, FetchQuery]>([
    ['OBJECTID', { emailId: true }],
    ['SAVEDATE', { saveDate: true }],
    ['PREVIEW', { preview: true }],
    ['X-GM-EXT-1', { gmailLabels: true }],
    ['ANNOTATE-EXPERIMENT-1', { annotation: { entries: ['/comment'] } }],
    ['BINARY', { binarySize: ['1'] }],
  ])('without %s nothing is sent', async (capability, query) => {
    await using session = await talk('ID', selectInbox())
    const inbox = await session.client.open('INBOX')
    const refused = inbox.fetchOne(7, query)
    await expect(refused).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(refused).rejects.toHaveProperty('capabilities', expect.arrayContaining([capability]))
  })

  it.each(['comment', '/a//b', '/a/', '/a\r\nb', '/ä'])('%j names no annotation', async (entry) => {
    await using session = await talk('ANNOTATE-EXPERIMENT-1', selectInbox())
    const inbox = await session.client.open('INBOX')
    const refused = inbox.fetchOne(7, { annotation: { entries: [entry] } })
    await expect(refused).rejects.toMatchObject({ code: 'EINVALID' })
  })
})
