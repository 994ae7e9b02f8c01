import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { keywords } from '../../src/wire/flags.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

const message = (subject: string) => `Subject: ${subject}\r\n\r\n${subject}\r\n`

describe.skipIf(dovecot === undefined)('messages of Dovecot 2.3, and what goes over the wire for them', () => {
  it('MULTIAPPEND, UIDPLUS, MOVE, ESEARCH, SEARCHRES, CONDSTORE, QRESYNC', async () => {
    if (dovecot === undefined) return
    const lines: string[] = []
    const logger = { trace: (line: string) => lines.push(line) }
    await using client = await liveClient(dovecot, dovecot.user(), { logger })
    const sent = (word: string) => lines.filter((line) => line.startsWith('C: ') && line.includes(word)).length

    const places = await client.appendAll('INBOX', [
      { message: message('a') },
      { message: message('b') },
      { message: message('c') },
    ])
    expect(places.map((place) => place?.uid)).toEqual([1, 2, 3])
    expect(sent(' APPEND ')).toBe(1)

    await using inbox = await client.open('INBOX')
    expect((await inbox.search({ subject: 'b' })).toString()).toBe('2')
    expect(lines.some((line) => line.startsWith('S: * ESEARCH'))).toBe(true)
    const { count } = await inbox.search({ not: { subject: 'b' } }, { return: ['count', 'save'] })
    expect(count).toBe(2)
    expect((await inbox.search({ uid: '$' })).toString()).toBe('1,3')
    expect(lines.some((line) => /^C: \S+ UID SEARCH .*UID \$/.test(line))).toBe(true)

    const { uidValidity = 0, highestModSeq } = inbox
    const uids = await inbox.search({ all: true })
    await inbox.store(1, { add: ['\\Flagged'] })
    const moved = await inbox.move(2, 'Trash')
    expect(moved?.uids.get(2)).toBe(1)
    expect(sent(' UID MOVE ')).toBe(1)
    const changes = await inbox.resync({ uidValidity, uids, highestModSeq })
    expect(changes).toMatchObject({ by: 'QRESYNC', reset: false })
    expect(changes.vanished.toString()).toBe('2')
    expect(changes.changed.map(({ uid }) => uid)).toEqual([1])

    // The keywords of RFC 8457, $Important, and of RFC 9979, $hasattachment.
    await inbox.store(1, { add: [keywords.important, keywords.hasAttachment] })
    const row = await inbox.fetchOne(1, { flags: true })
    expect([row?.flags.has('$Important'), row?.flags.has('$HasAttachment')]).toEqual([true, true])

    await inbox.deleteForever(3)
    expect(sent(' UID EXPUNGE 3')).toBe(1)
    expect((await inbox.search({ all: true })).toString()).toBe('1')
    exercised(
      dovecot,
      'IMAP4rev1',
      '$Important',
      '$hasattachment',
      'MULTIAPPEND',
      'UIDPLUS',
      'MOVE',
      'ESEARCH',
      'SEARCHRES',
      'CONDSTORE',
      'QRESYNC',
    )
  })

  it('UNSELECT and IDLE, by a watch of the account on a server without NOTIFY', async () => {
    const capability = 'IMAP4rev1 LIST-EXTENDED LIST-STATUS IDLE UNSELECT NAMESPACE'
    await using server = await startDovecot({ capability })
    const lines: string[] = []
    await using client = await liveClient(server, server.user(), { logger: { trace: (line) => lines.push(line) } })
    await using events = client.watch({ mailboxes: ['INBOX'] })
    await events.next()
    const next = events.next()
    await expect.poll(() => lines.some((line) => line.startsWith('S: + ')), { timeout: 10_000 }).toBe(true)
    await client.append('INBOX', message('x'))
    expect((await next).value).toMatchObject({ type: 'arrived', mailbox: 'INBOX' })
    expect(lines.some((line) => /^C: \S+ UNSELECT$/.test(line))).toBe(true)
    exercised(server, 'UNSELECT', 'IDLE')
  })
})

describe('UTF8=ONLY, by RFC 9755 §6 (RFC 6855 §6)', () => {
  it('UTF8=ACCEPT is enabled without being asked for: the server refuses all else', async () => {
    await using scripted = await scriptedClient('UTF8=ONLY ENABLE', {
      ENABLE: ['* ENABLED UTF8=ACCEPT', '$tag OK done'],
      CREATE: ['$tag OK done'],
    })
    await scripted.client.create('Größe')
    expect(scripted.client.connections.isEnabled('UTF8=ACCEPT')).toBe(true)
    expect(scripted.sent()).toEqual(['ENABLE UTF8=ACCEPT', 'CREATE "Größe"'])
  })

  it('the capabilities of RFC 5738, UTF8=ALL, UTF8=APPEND and UTF8=USER, change nothing', async () => {
    await using scripted = await scriptedClient(
      'UTF8=ALL UTF8=APPEND UTF8=USER ENABLE',
      { CREATE: ['$tag OK done'] },
      { enable: { utf8: true } },
    )
    await scripted.client.create('Größe')
    expect(scripted.sent()).toEqual(['CREATE Gr&APYA3w-e'])
  })
})

describe('SAVELIMIT, by RFC 9738', () => {
  it('is told, and a result that is too long to be kept is an error with the limit', async () => {
    await using scripted = await scriptedClient('SAVELIMIT=1000 SEARCHRES ESEARCH', {
      'UID SEARCH': ['$tag NO [MESSAGELIMIT 1000] the result is too long to be saved'],
    })
    expect(scripted.client.capabilities.values('SAVELIMIT')).toEqual(['1000'])
    await using inbox = await scripted.client.open('INBOX')
    await expect(inbox.search({ all: true }, { return: ['save'] })).rejects.toMatchObject({
      responseCode: 'MESSAGELIMIT',
      codeArguments: '1000',
    })
  })
})
