import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapClient, SequenceSet } from 'imaplib'

let full: DovecotServer
let plain: DovecotServer

beforeAll(async () => {
  full = await startDovecot()
  plain = await startDovecot({ capability: 'IMAP4rev1' })
})
afterAll(async () => {
  await full.stop()
  await plain.stop()
})

const connect = (server: DovecotServer): Promise<ImapClient> =>
  ImapClient.connect({
    host: server.host,
    port: server.tlsPort,
    tls: { ca: server.ca },
    auth: { user: server.user(), password: server.password },
  })

const message = (subject: string, body = 'hello') =>
  `From: Alice <alice@example.org>\nTo: bob@example.org\nSubject: ${subject}\nMessage-ID: <${subject}@example.org>\n\n${body}\n`

const attachment = randomBytes(3_000_000)
const mixed = [
  'Subject: mixed',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-8859-1; format=flowed; delsp=yes',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe=20',
  'aus K=F6ln',
  '--b',
  'Content-Type: application/octet-stream',
  'Content-Transfer-Encoding: base64',
  '',
  ...(attachment.toString('base64').match(/.{1,76}/g) ?? []),
  '--b--',
  '',
].join('\r\n')

describe.each([
  ['Dovecot with all its extensions', () => full],
  ['Dovecot that announces none', () => plain],
] as const)('%s', (_name, server) => {
  it('appends one and many, and tells where they are if it can', async () => {
    await using client = await connect(server())
    const places = [
      await client.append('INBOX', message('one'), {
        flags: ['\\Seen', 'custom'],
        date: new Date('2020-02-03T04:05:06Z'),
      }),
      await client.append('INBOX', { size: 12, stream: Readable.from([Buffer.from('Subject: x\r\n')]) }),
      ...(await client.appendAll(
        'INBOX',
        ['three', 'four'].map((subject) => ({ message: message(subject) })),
      )),
    ]
    expect(places.map((place) => place?.uid)).toEqual([1, 2, 3, 4])
    await using inbox = await client.open('INBOX')
    const rows = await inbox.fetchAll('1:*', { flags: true, internalDate: true, size: true })
    expect(rows.map((row) => row.uid)).toEqual([1, 2, 3, 4])
    expect(rows[0]?.flags.has('custom')).toBe(true)
    expect(rows[0]?.internalDate).toEqual(new Date('2020-02-03T04:05:06Z'))
    expect(rows[1]?.size).toBe(12)
    expect((await inbox.source(3).bytes()).toString()).toBe(message('three').replaceAll('\n', '\r\n'))
    await expect(client.append('Nowhere', 'x')).rejects.toMatchObject({ name: 'NotFound' })
  })

  it('finds what was asked for', async () => {
    await using client = await connect(server())
    const subjects = ['alpha', 'beta', 'gamma Grüße', 'delta', 'epsilon']
    await client.appendAll(
      'INBOX',
      subjects.map((subject, i) => ({
        message: message(subject, 'x'.repeat(i * 1000)),
        flags: i % 2 === 0 ? ['\\Seen'] : ['$Junk'],
        date: new Date(Date.UTC(2026, i, 15, 12)),
      })),
    )
    await using inbox = await client.open('INBOX')
    const find = async (criteria: Parameters<typeof inbox.search>[0]) => String(await inbox.search(criteria))
    expect(await find({ all: true })).toBe('1:5')
    expect(await find({ seen: true })).toBe('1,3,5')
    expect(await find({ not: { seen: true } })).toBe('2,4')
    expect(await find({ subject: 'Grüße' })).toBe('3')
    expect(await find({ header: { Subject: 'alpha', 'Message-ID': true } })).toBe('1')
    expect(await find({ since: '2026-03-01', before: '2026-05-01' })).toBe('3:4')
    expect(await find({ larger: 0, smaller: 1500 })).toBe('1:2')
    expect(await find({ or: [{ subject: 'alpha' }, { subject: 'beta' }, { keyword: '$Junk', uid: '4' }] })).toBe(
      '1:2,4',
    )
    expect(await find({ not: { or: [{ subject: 'alpha' }, { keyword: '$Junk' }] } })).toBe('3,5')
    expect(await find({ not: { subject: 'alpha', seen: true } })).toBe('2:5')
    expect(await find({ raw: 'OR SUBJECT "alpha" (SEEN SUBJECT "epsilon")' })).toBe('1,5')
    expect(await find({ subject: 'nothing like it' })).toBe('')
    expect(await find({ text: 'x\r\ny' })).toBe('')
    const result = await inbox.search({ seen: true }, { return: ['min', 'max', 'count', 'all'], partial: [-1, -2] })
    expect({ ...result, all: String(result.all), partial: String(result.partial) }).toEqual({
      min: 1,
      max: 5,
      count: 3,
      all: '1,3,5',
      partial: '3,5',
      modSeq: null,
    })
    const many = SequenceSet.ofNumbers(Array.from({ length: 5000 }, (_, i) => i * 2 + 1))
    expect(await find({ uid: many, all: true })).toBe('1,3,5')
  })

  it('changes flags', async () => {
    await using client = await connect(server())
    await client.appendAll(
      'INBOX',
      ['a', 'b', 'c'].map((subject) => ({ message: message(subject) })),
    )
    await using inbox = await client.open('INBOX')
    const added = await inbox.store('1:2', { add: ['\\Seen', 'custom'] }, { silent: false })
    expect([...added.flags].map(([uid, flags]) => [uid, flags.has('custom')])).toEqual([
      [1, true],
      [2, true],
    ])
    expect(added.unstorable).toEqual([])
    await inbox.store(1, { remove: ['\\Seen'] })
    await inbox.store(2, { set: [] })
    const rows = await inbox.fetchAll('1:*', { flags: true })
    expect(rows.map(({ flags }) => [...flags].filter((flag) => flag !== '\\Recent'))).toEqual([['custom'], [], []])
    if (server() === plain) return
    const before = (await inbox.fetchOne(3, { modseq: true }))?.modseq ?? 0n
    await inbox.store(3, { add: ['\\Flagged'] })
    const { modified } = await inbox.store('2:3', { add: ['other'] }, { unchangedSince: before })
    expect(modified.has(3)).toBe(true)
    expect((await inbox.fetchOne(3, { flags: true }))?.flags.has('other')).toBe(false)
  })

  it('copies, moves and expunges exactly what was named', async () => {
    await using client = await connect(server())
    await client.create('Kept')
    await client.appendAll(
      'INBOX',
      ['a', 'b', 'c', 'd', 'e'].map((subject) => ({ message: message(subject) })),
    )
    await using inbox = await client.open('INBOX')
    const copied = await inbox.copy('1:2', 'Kept')
    // Dovecot tells it, whatever it announces.
    expect([...(copied?.uids ?? [])]).toEqual([
      [1, 1],
      [2, 2],
    ])
    const byUid = server() === full
    await expect(inbox.copy(1, 'Nowhere')).rejects.toMatchObject({ name: 'NotFound' })
    if (!byUid) {
      await expect(inbox.move(2, 'Kept')).rejects.toMatchObject({ code: 'ECAPABILITY' })
      await inbox.store(5, { add: ['\\Deleted'] })
      await expect(inbox.move(2, 'Kept', { withoutUidPlus: 'if-only-these' })).rejects.toMatchObject({
        code: 'ECAPABILITY',
      })
      await inbox.store(5, { remove: ['\\Deleted'] })
    }
    const moved = await inbox.move('2:3', 'Kept', { withoutUidPlus: 'if-only-these' })
    expect(moved?.uids.get(3)).toBe(4)
    expect(String(await inbox.search({ all: true }))).toBe('1,4:5')
    await inbox.store('4:5', { add: ['\\Deleted'] })
    if (byUid) await inbox.expunge(5)
    else
      await expect(inbox.expunge(5, { withoutUidPlus: 'if-only-these' })).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await inbox.store(4, { remove: ['\\Deleted'] })
    await inbox.deleteForever([5, 1], { withoutUidPlus: 'if-only-these' })
    expect(String(await inbox.search({ all: true }))).toBe('4')
    await inbox.move('1:*', 'Kept', { withoutUidPlus: 'all-deleted' })
    expect((await inbox.search({ all: true })).isEmpty).toBe(true)
    expect(await client.status('Kept', ['messages'])).toMatchObject({ messages: 5 })
  })

  it('downloads parts, decoded', async () => {
    await using client = await connect(server())
    await client.append('INBOX', mixed)
    await using inbox = await client.open('INBOX')
    expect(await inbox.download(1, '1').text()).toBe('Grüße \r\naus Köln')
    expect(await inbox.download(1, '1').text({ flowed: true })).toBe('Grüßeaus Köln')
    const hash = createHash('sha256')
    for await (const chunk of inbox.download(1, '2')) {
      hash.update(chunk)
      // Another command while the part is half read.
      if (chunk.length > 0) await inbox.fetchOne(1, { flags: true })
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(attachment).digest('hex'))
    if (server() === full)
      expect((await inbox.download(1, '2', { binary: true }).bytes()).equals(attachment)).toBe(true)
    const range = { start: 9, length: 5 }
    expect((await inbox.source(1, { range }).bytes()).toString()).toBe('mixed')
    expect((await inbox.source(1).bytes()).toString()).toBe(mixed)
    await expect(inbox.download(1, '7').bytes()).rejects.toMatchObject({ code: 'EMISSING' })
    await expect(inbox.source(2).bytes()).rejects.toMatchObject({ code: 'EMISSING' })
    expect((await inbox.fetchOne(1, { flags: true }))?.flags.has('\\Seen')).toBe(false)
    for await (const chunk of inbox.source(1)) if (chunk.length > 0) break
    expect((await inbox.fetchOne(1, { flags: true }))?.uid).toBe(1)
  })

  it('appends and reads back a large message', async () => {
    const large = Buffer.concat([
      Buffer.from(message('large').replaceAll('\n', '\r\n')),
      Buffer.alloc(8_000_000, 'line\r\n'),
    ])
    await using client = await connect(server())
    await client.append('INBOX', large)
    await client.append('INBOX', new Blob([large]))
    await using inbox = await client.open('INBOX')
    for (const uid of [1, 2]) expect((await inbox.source(uid).bytes()).equals(large)).toBe(true)
  })
})

it('what was opened read-only is not changed, nor said to be', async () => {
  await using client = await connect(full)
  await client.append('INBOX', message('a'))
  await using inbox = await client.open('INBOX', { readOnly: true })
  const refused = { code: 'ESTATE' }
  await expect(inbox.store(1, { add: ['\\Seen'] })).rejects.toMatchObject(refused)
  await expect(inbox.move(1, 'INBOX')).rejects.toMatchObject(refused)
  await expect(inbox.expunge(1)).rejects.toMatchObject(refused)
  await expect(inbox.deleteForever(1)).rejects.toMatchObject(refused)
  expect((await inbox.copy(1, 'INBOX'))?.uids.get(1)).toBe(2)
})
