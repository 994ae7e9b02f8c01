import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatImapUrl, type ImapUrl, parseImapUrl } from '../../src/wire/imap-url.ts'

describe('parseImapUrl', () => {
  it.each<[string, ImapUrl]>([
    // RFC 5092 §10
    ['imap://minbari.example.org/', { host: 'minbari.example.org' }],
    ['imap://michael@example.org/INBOX', { user: 'michael', host: 'example.org', mailbox: 'INBOX' }],
    [
      'imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024',
      {
        host: 'minbari.example.org',
        mailbox: 'gray-council',
        uidValidity: 385759045,
        uid: 20,
        partial: { offset: 0, length: 1024 },
      },
    ],
    [
      'imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97',
      { host: 'psicorp.example.org', mailbox: '~peter/日本語/台北' },
    ],
    [
      'imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2',
      { auth: 'GSSAPI', host: 'minbari.example.org', mailbox: 'gray-council', uid: 20, section: '1.2' },
    ],
    [
      'imap://;AUTH=*@minbari.example.org/gray%20council',
      { auth: '*', host: 'minbari.example.org', mailbox: 'gray council' },
    ],
    [
      'imap://joe@example.com/INBOX/;uid=20/;section=1.2;expire=2005-01-01T00:00:00Z;urlauth=submit+fred:internal:91354a473744909de610943775f92038',
      {
        user: 'joe',
        host: 'example.com',
        mailbox: 'INBOX',
        uid: 20,
        section: '1.2',
        expire: '2005-01-01T00:00:00Z',
        access: 'submit+fred',
        token: 'internal:91354a473744909de610943775f92038',
      },
    ],
    // RFC 2221 §4, RFC 2193 §4
    ['IMAP://MIKE@SERVER2/', { user: 'MIKE', host: 'SERVER2' }],
    ['IMAP://user;AUTH=*@SERVER2/REMOTE', { user: 'user', auth: '*', host: 'SERVER2', mailbox: 'REMOTE' }],
    ['imap://[::1]:1143/x', { host: '[::1]', port: 1143, mailbox: 'x' }],
  ])('reads %s', (text, url) => {
    expect(parseImapUrl(text)).toEqual(url)
  })

  it.each(['', 'http://x/', 'imap:', 'imap://', '/INBOX/;uid=1', 'imap://h/%zz', 'imap://h/x;NONSENSE=1'])(
    'takes %j for none',
    (text) => {
      expect(parseImapUrl(text)).toBeNull()
    },
  )
})

describe('formatImapUrl', () => {
  it('is read back as it was', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed())
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const url = fc.record({
      user: optional(name),
      host: fc.constantFrom('example.org', '[::1]', '127.0.0.1'),
      port: optional(fc.integer({ min: 1, max: 65535 })),
      mailbox: name.filter((text) => !text.endsWith('/')),
      uidValidity: optional(fc.integer({ min: 1, max: 4294967295 })),
      uid: fc.integer({ min: 1, max: 4294967295 }),
      section: optional(fc.constantFrom('1.2', 'HEADER', '3.MIME')),
      partial: optional(fc.record({ offset: fc.nat(), length: fc.integer({ min: 1 }) })),
      access: optional(fc.constantFrom('submit+fred', 'user+joe', 'authuser', 'anonymous')),
    })
    fc.assert(
      fc.property(url, (given) => {
        const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        expect(parseImapUrl(formatImapUrl(given))).toEqual(defined)
      }),
    )
  })

  it.each<ImapUrl>([
    { host: 'a b' },
    { host: '' },
    { host: 'h', uid: 1 },
    { host: 'h', mailbox: 'x', section: '1' },
    { host: 'h', mailbox: 'x', uid: 1, access: 'everybody' },
    { host: 'h', mailbox: '\ud800' },
  ])('refuses %j', (url) => {
    expect(() => formatImapUrl(url)).toThrow(expect.objectContaining({ code: 'EINVALID' }))
  })
})
