import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImapClient } from 'imaplib'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { exercised } from '../exercised.ts'
import { clientOf, seed } from './seed.ts'

const multipart = `From: a@b.example
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=mark

--mark
Content-Type: text/plain

Si vis pacem, para bellum.
--mark
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

AAECAwQ=
--mark--
`

describe('extensions for messages, on Dovecot 2.3', () => {
  let server: DovecotServer
  let client: ImapClient

  beforeAll(async () => {
    server = await startDovecot()
    client = await clientOf(server)
    await seed(client, [
      { text: multipart, flags: ['\\Seen'] },
      { text: 'Subject: b\nDate: Mon, 02 Feb 2026 10:00:00 +0000\n\none\n' },
      { text: 'Subject: Re: b\nDate: Tue, 03 Feb 2026 10:00:00 +0000\n\nlonger than the one before\n' },
    ])
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  it('PREVIEW, SAVEDATE, BINARY and BINARY.SIZE', async () => {
    await using inbox = await client.open('INBOX')
    const message = await inbox.fetchOne(1, { preview: true, saveDate: true, binarySize: ['1', '2'], binary: ['2'] })
    expect(message?.preview).toBe('Si vis pacem, para bellum.')
    expect(message?.saveDate).toBeInstanceOf(Date)
    expect(message?.binarySize.get('2')).toBe(5)
    expect(message?.binary.get('2')).toEqual(Buffer.from([0, 1, 2, 3, 4]))
    expect((await inbox.fetchOne(1, { snippet: true }))?.snippet).toBe('Si vis pacem, para bellum.')
    const lazy = await inbox.fetchOne(2, { preview: 'lazy' })
    expect(lazy?.preview ?? 'one').toBe('one')
    const today = new Date(Date.now() - 86_400_000)
    expect((await inbox.search({ savedSince: today, saveDateSupported: true })).toString()).toBe('1:3')
    exercised(server, 'PREVIEW', 'SAVEDATE', 'BINARY')
  })

  it('WITHIN and MODSEQ', async () => {
    await using inbox = await client.open('INBOX')
    expect((await inbox.search({ younger: 100_000 })).toString()).toBe('1:3')
    expect((await inbox.search({ older: 100_000 })).isEmpty).toBe(true)
    expect((await inbox.search({ modSeq: 1n })).toString()).toBe('1:3')
    exercised(server, 'WITHIN', 'CONDSTORE')
  })

  it('CATENATE: a message out of parts of another', async () => {
    await using inbox = await client.open('INBOX')
    const part = (section: string) => ({ part: { mailbox: 'INBOX', uidValidity: inbox.uidValidity, uid: 1, section } })
    const made = await client.catenate('INBOX', [{ text: 'Subject: made\r\n\r\n' }, part('1')], { flags: ['\\Draft'] })
    const message = await inbox.fetchOne(made?.uid ?? 0, { source: true, flags: true })
    expect(message?.source.toString()).toBe('Subject: made\r\n\r\nSi vis pacem, para bellum.')
    expect(message?.flags.has('\\Draft')).toBe(true)
    const bad = client.catenate('INBOX', [{ part: { mailbox: 'INBOX', uid: 4711 } }])
    await expect(bad).rejects.toMatchObject({ responseCode: 'BADURL' })
    await inbox.deleteForever(made?.uid ?? 0)
    exercised(server, 'CATENATE')
  })

  it('SORT, SORT=DISPLAY, ESORT and pages', async () => {
    await using inbox = await client.open('INBOX')
    expect(await inbox.sort(['-size'])).toEqual([1, 3, 2])
    expect(await inbox.sort(['displayFrom', '-date'])).toEqual([3, 2, 1])
    expect(await inbox.page([1, 2])).toEqual({ uids: [1, 2], total: 3 })
    expect(await inbox.page([-1, -2])).toEqual({ uids: [2, 3], total: 3 })
    expect(await inbox.page([2, 9], { sort: ['-size'], criteria: { uid: '1:3' } })).toEqual({ uids: [3, 2], total: 3 })
    expect(await inbox.page([7, 9])).toEqual({ uids: [], total: 3 })
    exercised(server, 'SORT', 'SORT=DISPLAY', 'ESORT', 'CONTEXT=SEARCH')
  })

  it('THREAD by each algorithm', async () => {
    await using inbox = await client.open('INBOX')
    const alone = (message: number) => ({ message, replies: [] })
    expect(await inbox.thread('REFERENCES', { uid: '2:3' })).toEqual([{ message: 2, replies: [alone(3)] }])
    expect(await inbox.thread('ORDEREDSUBJECT', { uid: '2:3' })).toEqual([{ message: 2, replies: [alone(3)] }])
    expect(await inbox.thread('REFS', { uid: '2:3' })).toEqual([alone(2), alone(3)])
    exercised(server, 'THREAD=REFERENCES', 'THREAD=REFS', 'THREAD=ORDEREDSUBJECT')
  })

  it('replaces in two steps, and makes batches here', async () => {
    await client.create('Drafts2')
    await seed(client, [{ text: 'Subject: draft\n\nfirst\n' }], 'Drafts2')
    await using drafts = await client.open('Drafts2')
    await expect(drafts.replace(1, 'Subject: draft\n\nsecond\n')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    const place = await drafts.replace(1, 'Subject: draft\n\nsecond\n', { withoutReplace: 'append-then-expunge' })
    expect(place?.uid).toBe(2)
    expect((await drafts.search({ all: true })).toString()).toBe('2')
    await using inbox = await client.open('INBOX')
    expect((await inbox.batches(2)).map(String)).toEqual(['2:3', '1'])
  })
})
