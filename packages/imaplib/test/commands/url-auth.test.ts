import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { formatImapUrl } from '../../src/wire/imap-url.ts'
import { command } from '../../src/commands/command.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

const rump = 'imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred'
const whole = `${rump}:internal:91354a473744909de610943775f92038`

describe('URLAUTH, by the dialogues of RFC 4467', () => {
  it('GENURLAUTH, URLFETCH and RESETKEY (§7)', async () => {
    await using scripted = await scriptedClient('URLAUTH', {
      GENURLAUTH: [`* GENURLAUTH "${whole}"`, '$tag OK GENURLAUTH completed'],
      URLFETCH: [`* URLFETCH "${whole}" {28}`, 'Si vis pacem, para bellum.', '', '$tag OK URLFETCH completed'],
      RESETKEY: ['$tag OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done'],
    })
    const { urls } = scripted.client
    expect(await urls.authorise([{ url: rump }])).toEqual([whole])
    const [found] = await urls.fetch([whole])
    expect(found).toEqual({ url: whole, data: Buffer.from('Si vis pacem, para bellum.\r\n'), bodyPartStructure: null })
    await urls.revoke()
    await urls.revoke('INBOX', ['INTERNAL'])
    expect(scripted.sent()).toEqual([
      `GENURLAUTH ${rump} INTERNAL`,
      `URLFETCH ${whole}`,
      'RESETKEY',
      'RESETKEY INBOX INTERNAL',
    ])
  })

  it('with URLAUTH=BINARY tells a part without its encoding, and what it is (RFC 5524 §4)', async () => {
    await using scripted = await scriptedClient('URLAUTH URLAUTH=BINARY', {
      URLFETCH: [
        `* URLFETCH "${whole}" (BODYPARTSTRUCTURE ("IMAGE" "PNG" () NIL NIL "BINARY" 4)) (BINARY ~{4}`,
        Buffer.from([0x89, 0x50, 0, 0x0d]),
        ')',
        '$tag OK URLFETCH completed.',
      ],
    })
    const [found] = await scripted.client.urls.fetch([whole], { binary: true, structure: true })
    expect(found?.data).toEqual(Buffer.from([0x89, 0x50, 0, 0x0d]))
    expect(found?.bodyPartStructure).toBe('("IMAGE" "PNG" () NIL NIL "BINARY" 4)')
    expect(scripted.sent()).toEqual([`URLFETCH (${whole} BODYPARTSTRUCTURE BINARY)`])
  })

  it('refuses what cannot be asked, before anything is sent', async () => {
    await using scripted = await scriptedClient('URLAUTH')
    const { urls } = scripted.client
    await expect(urls.authorise([{ url: whole }])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(urls.authorise([])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(urls.fetch([])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(urls.revoke(null, ['INTERNAL'])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(urls.fetch([whole], { binary: true })).rejects.toMatchObject({ capabilities: ['URLAUTH=BINARY'] })
    await using without = await scriptedClient('')
    await expect(without.client.urls.revoke()).rejects.toMatchObject({ capabilities: ['URLAUTH'] })
    expect([...scripted.sent(), ...without.sent()]).toEqual([])
  })
})

describe('JMAPACCESS, by the dialogue of RFC 9698 §3', () => {
  it('tells the URL of the session resource', async () => {
    await using scripted = await scriptedClient('JMAPACCESS', {
      GETJMAPACCESS: ['* JMAPACCESS "https://example.com/.s/[jmap]"', '$tag OK done'],
    })
    expect(await scripted.client.jmap.sessionUrl()).toBe('https://example.com/.s/[jmap]')
    await using without = await scriptedClient('')
    await expect(without.client.jmap.sessionUrl()).rejects.toMatchObject({ capabilities: ['JMAPACCESS'] })
    expect(without.sent()).toEqual([])
  })
})

/** APPEND of a message, for these tests alone. */
const append = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  write: (out, [mailbox, message]: [string, string]) => void out.mailbox(mailbox).literal(Buffer.from(message)),
  result: () => undefined,
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('URLAUTH of Dovecot 2.3', () => {
  it('makes URLs good, fetches them, and makes them void', async () => {
    if (dovecot === undefined) return
    const user = dovecot.user()
    await using client = await liveClient(dovecot, user)
    await client.command(append, ['INBOX', 'Subject: secret\r\n\r\nSi vis pacem, para bellum.\r\n'])
    const url = { user, host: 'localhost', port: dovecot.port, mailbox: 'INBOX', uid: 1, access: `user+${user}` }
    const [good = '', part = ''] = await client.urls.authorise([
      { url: formatImapUrl({ ...url, section: 'TEXT' }) },
      { url: { ...url, section: 'TEXT', partial: { offset: 3, length: 3 } } },
    ])
    expect(good).toMatch(/:internal:[0-9a-f]+$/i)
    const [whole] = await client.urls.fetch([good])
    expect(whole?.data).toEqual(Buffer.from('Si vis pacem, para bellum.\r\n'))
    const [stretch] = await client.urls.fetch([part])
    expect(stretch?.data).toEqual(Buffer.from('vis'))
    const [forged] = await client.urls.fetch([`${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`])
    expect(forged?.data).toBeNull()
    const [binary] = await client.urls.fetch([good], { binary: true, structure: true })
    expect(binary?.data).toEqual(Buffer.from('Si vis pacem, para bellum.\r\n'))
    await client.urls.revoke('INBOX', ['INTERNAL'])
    const [gone] = await client.urls.fetch([good])
    expect(gone?.data).toBeNull()
    exercised(dovecot, 'URLAUTH', 'URLAUTH=BINARY', 'URL-PARTIAL')
  })
})
