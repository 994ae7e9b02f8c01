import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

describe('METADATA, by the dialogues of RFC 5464', () => {
  it('GETMETADATA of the server and of mailboxes (§4.2)', async () => {
    await using scripted = await scriptedClient('METADATA', {
      GETMETADATA: ({ args }) =>
        args.startsWith('""')
          ? ['* METADATA "" (/shared/comment "Shared comment")', '$tag OK GETMETADATA complete']
          : [
              '* METADATA "INBOX" (/private/comment "My comment")',
              '* METADATA "INBOX" (/shared/comment "Its sunny outside!")',
              '$tag OK GETMETADATA complete',
            ],
    })
    const { metadata } = scripted.client
    expect(await metadata.get('', ['/shared/comment'])).toEqual({
      entries: new Map([['/shared/comment', 'Shared comment']]),
      longest: null,
    })
    const { entries } = await metadata.get('inbox', ['/shared/comment', '/private/comment'])
    expect(Object.fromEntries(entries)).toEqual({
      '/private/comment': 'My comment',
      '/shared/comment': 'Its sunny outside!',
    })
    expect(scripted.sent()).toEqual([
      'GETMETADATA "" (/shared/comment)',
      'GETMETADATA INBOX (/shared/comment /private/comment)',
    ])
  })

  it('MAXSIZE and DEPTH stand before the mailbox (§4.2.1, §4.2.2, erratum 2785)', async () => {
    await using scripted = await scriptedClient('METADATA', {
      GETMETADATA: ({ args }) =>
        args.includes('MAXSIZE')
          ? [
              '* METADATA "INBOX" (/private/comment "My own comment")',
              '$tag OK [METADATA LONGENTRIES 2199] GETMETADATA complete',
            ]
          : [
              '* METADATA "INBOX" (/private/filters/values/small "SMALLER 5000" /private/filters/values/boss "FROM \\"boss@example.com\\"")',
              '$tag OK GETMETADATA complete',
            ],
    })
    const { metadata } = scripted.client
    expect(await metadata.get('INBOX', ['/shared/comment', '/private/comment'], { maxSize: 1024 })).toEqual({
      entries: new Map([['/private/comment', 'My own comment']]),
      longest: 2199,
    })
    const below = await metadata.get('INBOX', ['/private/filters/values'], { depth: 1 })
    expect(below.entries.get('/private/filters/values/boss')).toBe('FROM "boss@example.com"')
    await metadata.get('INBOX', ['/private'], { depth: 'infinity', maxSize: 5 })
    expect(scripted.sent()).toEqual([
      'GETMETADATA (MAXSIZE 1024) INBOX (/shared/comment /private/comment)',
      'GETMETADATA (DEPTH 1) INBOX (/private/filters/values)',
      'GETMETADATA (MAXSIZE 5 DEPTH infinity) INBOX (/private)',
    ])
  })

  it('SETMETADATA with text, lines, octets and NIL (§4.3)', async () => {
    await using scripted = await scriptedClient('METADATA BINARY LITERAL+', {
      SETMETADATA: ({ args }) =>
        args.includes('TOOMANY') ? ['$tag NO [METADATA TOOMANY] SETMETADATA failed'] : ['$tag OK SETMETADATA complete'],
    })
    const { metadata } = scripted.client
    await metadata.set('INBOX', { '/private/comment': 'My new comment across\r\ntwo lines.\r\n' })
    await metadata.set('INBOX', { '/private/comment': null, '/shared/comment': 'This one is for you!' })
    await metadata.set('', { '/shared/icon': Buffer.from([0, 255]) })
    await expect(metadata.set('INBOX', { '/private/TOOMANY': 'x' })).rejects.toMatchObject({
      code: 'NO',
      responseCode: 'METADATA',
      codeArguments: 'TOOMANY',
    })
    expect(scripted.sent()).toEqual([
      'SETMETADATA INBOX (/private/comment {35+})',
      'SETMETADATA INBOX (/private/comment NIL /shared/comment "This one is for you!")',
      'SETMETADATA "" (/shared/icon ~{2+})',
      'SETMETADATA INBOX (/private/TOOMANY "x")',
    ])
    expect(scripted.server.commands.flatMap(({ literals }) => literals)).toEqual([
      Buffer.from('My new comment across\r\ntwo lines.\r\n'),
      Buffer.from([0, 255]),
    ])
  })

  it('octets that are no text come as octets', async () => {
    await using scripted = await scriptedClient('METADATA', {
      GETMETADATA: [Buffer.from('* METADATA INBOX (/private/icon ~{3}\r\n\x89P\x00)\r\n', 'latin1'), '$tag OK done'],
    })
    const { entries } = await scripted.client.metadata.get('INBOX', ['/private/icon'])
    expect(entries.get('/private/icon')).toEqual(Buffer.from([0x89, 0x50, 0]))
  })

  it('a response without values is news, not an answer (§4.4.2)', async () => {
    await using scripted = await scriptedClient('METADATA', {
      GETMETADATA: ['* METADATA "INBOX" /private/comment', '* METADATA "INBOX" (/private/comment "x")', '$tag OK done'],
    })
    const { entries } = await scripted.client.metadata.get('INBOX', ['/private/comment'])
    expect([...entries]).toEqual([['/private/comment', 'x']])
  })

  it('refuses names that are none', async () => {
    await using scripted = await scriptedClient('METADATA')
    const { metadata } = scripted.client
    for (const name of [
      '',
      'comment',
      '/comment',
      '/private',
      '/private//x',
      '/private/x/',
      '/shared/*',
      '/shared/ä',
      '/shared/%',
    ])
      await expect(metadata.set('INBOX', { [name]: 'x' }), name).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(metadata.get('INBOX', [])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(metadata.set('INBOX', {})).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(metadata.get('INBOX', ['/private/x'], { depth: 2 as never })).rejects.toMatchObject({
      code: 'EINVALID',
    })
    expect(scripted.sent()).toEqual([])
  })

  it('METADATA-SERVER is of the server alone (§1)', async () => {
    await using scripted = await scriptedClient('METADATA-SERVER', {
      GETMETADATA: ['* METADATA "" (/shared/admin "mailto:a@b")', '$tag OK done'],
    })
    const { metadata } = scripted.client
    expect((await metadata.get('', ['/shared/admin'])).entries.get('/shared/admin')).toBe('mailto:a@b')
    await expect(metadata.get('INBOX', ['/shared/comment'])).rejects.toMatchObject({
      code: 'ECAPABILITY',
      capabilities: ['METADATA'],
    })
  })
})

describe('IMAPSIEVE, by RFC 6785', () => {
  it('ties scripts to mailboxes by an annotation (§2.3)', async () => {
    await using scripted = await scriptedClient('METADATA IMAPSIEVE=sieve://mailbox.example.com', {
      GETMETADATA: ['* METADATA "INBOX" (/shared/imapsieve/script "sort")', '$tag OK done'],
      SETMETADATA: ['$tag OK done'],
    })
    const { sieve } = scripted.client
    expect(sieve.url()).toBe('sieve://mailbox.example.com')
    expect(await sieve.script('INBOX')).toBe('sort')
    await sieve.setScript('INBOX', 'other')
    await sieve.setScript('', null)
    await expect(sieve.setScript('', '')).rejects.toMatchObject({ code: 'EINVALID' })
    expect(scripted.sent()).toEqual([
      'GETMETADATA INBOX (/shared/imapsieve/script)',
      'SETMETADATA INBOX (/shared/imapsieve/script "other")',
      'SETMETADATA "" (/shared/imapsieve/script NIL)',
    ])
  })

  it('needs the capability, even where there are annotations', async () => {
    await using scripted = await scriptedClient('METADATA')
    expect(scripted.client.sieve.url()).toBeUndefined()
    await expect(scripted.client.sieve.script('INBOX')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await expect(scripted.client.sieve.setScript('INBOX', 'x')).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(scripted.sent()).toEqual([])
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('METADATA of Dovecot 2.3', () => {
  it('keeps annotations: text, lines, octets; sizes and depths', async () => {
    if (dovecot === undefined) return
    await using client = await liveClient(dovecot)
    const { metadata } = client
    await metadata.set('INBOX', {
      '/private/comment': 'äöü ☃',
      '/private/filters/a': 'one\r\ntwo',
      '/private/filters/a/b': 'below',
    })
    const names = ['/private/comment', '/private/filters', '/private/none']
    const { entries } = await metadata.get('INBOX', names, { depth: 'infinity' })
    expect(entries.get('/private/comment')).toBe('äöü ☃')
    expect(entries.get('/private/filters/a')).toBe('one\r\ntwo')
    expect(entries.get('/private/filters/a/b')).toBe('below')
    expect(entries.get('/private/none') ?? null).toBeNull()
    const small = await metadata.get('INBOX', ['/private/comment', '/private/filters/a/b'], { maxSize: 6 })
    expect([...small.entries.keys()]).toEqual(['/private/filters/a/b'])
    expect(small.longest).toBe(Buffer.byteLength('äöü ☃'))
    await metadata.set('INBOX', { '/private/comment': null })
    expect((await metadata.get('INBOX', ['/private/comment'])).entries.get('/private/comment') ?? null).toBeNull()
    exercised(dovecot, 'METADATA')
  })
})
