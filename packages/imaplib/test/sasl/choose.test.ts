import { describe, expect, it } from 'vitest'
import { type ChooseOptions, chooseMechanism, type SaslCredentials } from '../../src/sasl/choose.ts'
import type { ChannelBinding } from '../../src/sasl/channel-binding.ts'

const esasl = expect.objectContaining({ code: 'ESASL' })
const einval = expect.objectContaining({ code: 'EINVALID' })
const password: SaslCredentials = { user: 'u', password: 'p' }
const exporter: ChannelBinding = { type: 'tls-exporter', data: Buffer.alloc(32, 7) }
const endPoint: ChannelBinding = { type: 'tls-server-end-point', data: Buffer.alloc(32, 8) }
const everything = [
  'LOGIN',
  'PLAIN',
  'CRAM-MD5',
  'DIGEST-MD5',
  'NTLM',
  'XOAUTH2',
  'OAUTHBEARER',
  'EXTERNAL',
  'ANONYMOUS',
  'SCRAM-SHA-1',
  'SCRAM-SHA-256',
  'SCRAM-SHA-512',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-512-PLUS',
]
const withoutPlus = everything.filter((name) => !name.endsWith('-PLUS'))

const names = (advertised: Iterable<string>, credentials: SaslCredentials, options: Partial<ChooseOptions> = {}) =>
  chooseMechanism(advertised, credentials, { tls: true, ...options }).map(({ name }) => name)

async function clientFirst(advertised: string[], options: Partial<ChooseOptions>): Promise<string> {
  const [choice] = chooseMechanism(advertised, password, { tls: true, ...options })
  if (choice.kind !== 'sasl') throw new Error('no SASL mechanism')
  return Buffer.from((await choice.mechanism.begin().initial()) ?? []).toString()
}

describe('order', () => {
  it('under TLS', () => {
    expect(names(withoutPlus, password)).toEqual([
      'SCRAM-SHA-512',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'PLAIN',
      'LOGIN',
      'CRAM-MD5',
      'LOGIN-COMMAND',
    ])
  })

  it('without TLS nothing that shows the password', () => {
    expect(names(withoutPlus, password, { tls: false })).toEqual([
      'SCRAM-SHA-512',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'CRAM-MD5',
    ])
    for (const offer of [['PLAIN'], ['LOGIN'], [], ['NTLM', 'GSSAPI']]) {
      expect(() => names(offer, password, { tls: false })).toThrow(esasl)
    }
    expect(() => names(everything, { user: 'u', accessToken: 't' }, { tls: false })).toThrow(esasl)
    expect(() => names(everything, { external: true }, { tls: false })).toThrow(esasl)
    expect(names(['PLAIN'], password, { tls: false, dangerouslyAllowCleartextSecrets: true })).toEqual([
      'PLAIN',
      'LOGIN-COMMAND',
    ])
  })

  it('the other kinds of credentials', () => {
    expect(names(everything, { user: 'u', accessToken: 't' })).toEqual(['OAUTHBEARER', 'XOAUTH2'])
    expect(names(everything, { external: true })).toEqual(['EXTERNAL'])
    expect(names(everything, { anonymous: true, trace: 'x' })).toEqual(['ANONYMOUS'])
    expect(() => names(['PLAIN', 'XOAUTH'], { user: 'u', accessToken: 't' })).toThrow(esasl)
    expect(() => names(['PLAIN'], { external: true })).toThrow(esasl)
  })

  it('reads capabilities as well as names, in any case', () => {
    expect(names(['IMAP4rev1', 'AUTH=plain', 'SASL-IR', 'auth=Scram-Sha-256'], password)).toEqual([
      'SCRAM-SHA-256',
      'PLAIN',
      'LOGIN-COMMAND',
    ])
    expect(names(['IMAP4rev1', 'PLAIN'], password)).toEqual(['LOGIN-COMMAND'])
    expect(names(new Set(['plain']), password)).toEqual(['PLAIN', 'LOGIN-COMMAND'])
  })
})

describe('the LOGIN command', () => {
  it('is the last way, and carries user and password', () => {
    const [choice] = chooseMechanism(['IMAP4rev1'], password, { tls: true })
    expect(choice).toMatchObject({ kind: 'login-command', user: 'u' })
    if (choice.kind !== 'login-command') throw new Error('not the LOGIN command')
    expect(Buffer.from(choice.password.reveal()).toString()).toBe('p')
  })

  it('is forbidden by LOGINDISABLED', () => {
    expect(() => names(['IMAP4rev1', 'LOGINDISABLED'], password)).toThrow(esasl)
    expect(() => names(['LOGINDISABLED'], password)).toThrow(/offers: none\. .*\(LOGINDISABLED\)/)
    expect(() => names([], password, { loginDisabled: true })).toThrow(esasl)
    expect(names(['IMAP4rev1', 'logindisabled', 'AUTH=LOGIN'], password)).toEqual(['LOGIN'])
  })

  it('cannot act as somebody else, and is left out then', () => {
    expect(names(withoutPlus, { ...password, authzid: 'other' })).toEqual([
      'SCRAM-SHA-512',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'PLAIN',
    ])
    expect(() => names(['LOGIN', 'CRAM-MD5'], { ...password, authzid: 'other' })).toThrow(esasl)
  })
})

describe('channel binding', () => {
  it('bound or not at all, when both sides can', () => {
    expect(names(everything, password, { channelBinding: exporter })).toEqual([
      'SCRAM-SHA-512-PLUS',
      'SCRAM-SHA-256-PLUS',
      'SCRAM-SHA-1-PLUS',
    ])
    expect(names(['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512', 'PLAIN'], password, { channelBinding: exporter })).toEqual([
      'SCRAM-SHA-1-PLUS',
    ])
    const allow = ['SCRAM-SHA-256-PLUS', 'PLAIN'] as const
    expect(() => names(['SCRAM-SHA-1-PLUS', 'PLAIN'], password, { channelBinding: exporter, allow })).toThrow(esasl)
  })

  it('tries the bindings in the order given', async () => {
    const choices = chooseMechanism(['SCRAM-SHA-256-PLUS'], password, {
      tls: true,
      channelBinding: [exporter, endPoint],
    })
    const firsts = await Promise.all(
      choices.map(async (choice) =>
        choice.kind === 'sasl' ? Buffer.from((await choice.mechanism.begin().initial()) ?? []).toString() : '',
      ),
    )
    expect(firsts).toEqual([
      expect.stringMatching(/^p=tls-exporter,,/),
      expect.stringMatching(/^p=tls-server-end-point,,/),
    ])
  })

  it('the gs2 flag says what each side can (RFC 5802 §6)', async () => {
    expect(await clientFirst(['SCRAM-SHA-256'], {})).toMatch(/^n,,/)
    expect(await clientFirst(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], {})).toMatch(/^n,,/)
    // The list may have lost its -PLUS on the way: "y" lets the server notice.
    expect(await clientFirst(['SCRAM-SHA-256'], { channelBinding: exporter })).toMatch(/^y,,/)
    expect(await clientFirst(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], { channelBinding: exporter })).toMatch(
      /^p=tls-exporter,,/,
    )
    expect(await clientFirst(['SCRAM-SHA-256'], { channelBinding: [] })).toMatch(/^n,,/)
    // Somebody who puts an unknown -PLUS in the place of a known one gains nothing.
    expect(await clientFirst(['SCRAM-SHA-256', 'SCRAM-X-PLUS'], { channelBinding: exporter })).toMatch(/^y,,/)
  })

  it('the user may do without: by a list of allowed mechanisms that has no -PLUS', async () => {
    const options = { channelBinding: exporter, allow: ['SCRAM-SHA-256'] } as const
    expect(names(everything, password, options)).toEqual(['SCRAM-SHA-256'])
    expect(await clientFirst(everything, options)).toMatch(/^n,,/)
  })

  it('means nothing without TLS', async () => {
    expect(names(everything, password, { tls: false, channelBinding: exporter })[0]).toBe('SCRAM-SHA-512')
    expect(await clientFirst(everything, { tls: false, channelBinding: exporter })).toMatch(/^n,,/)
  })

  it('a floor of -PLUS requires it', () => {
    expect(() => names(withoutPlus, password, { channelBinding: exporter, floor: 'SCRAM-SHA-1-PLUS' })).toThrow(esasl)
    expect(() => names(everything, password, { floor: 'SCRAM-SHA-1-PLUS' })).toThrow(esasl)
  })
})

describe('floor and allow', () => {
  it('nothing below the floor', () => {
    expect(names(withoutPlus, password, { floor: 'SCRAM-SHA-256' })).toEqual(['SCRAM-SHA-512', 'SCRAM-SHA-256'])
    expect(names(withoutPlus, password, { floor: 'CRAM-MD5' }).at(-1)).toBe('CRAM-MD5')
    expect(names(withoutPlus, password, { floor: 'PLAIN' })).not.toContain('LOGIN')
    expect(names(everything, { user: 'u', accessToken: 't' }, { floor: 'OAUTHBEARER' })).toEqual(['OAUTHBEARER'])
  })

  it('the error names what the server offers, and repeats no odd text', () => {
    const offer = ['IMAP4rev1', 'AUTH=PLAIN', 'AUTH=SCRAM-SHA-1', 'AUTH=\u001b[2J', 'LOGINDISABLED']
    expect(() => names(offer, password, { floor: 'SCRAM-SHA-256' })).toThrow(
      /offers: PLAIN SCRAM-SHA-1\. .*\(floor SCRAM-SHA-256, LOGINDISABLED\)/,
    )
  })

  it('a floor of another kind is a mistake', () => {
    expect(() => names(everything, { user: 'u', accessToken: 't' }, { floor: 'SCRAM-SHA-256' })).toThrow(einval)
    expect(() => names(everything, password, { floor: 'XOAUTH2' })).toThrow(einval)
    expect(() => names(everything, { external: true }, { floor: 'PLAIN' })).toThrow(einval)
  })

  it('only what is allowed', () => {
    expect(names(everything, password, { allow: ['PLAIN', 'XOAUTH2'] })).toEqual(['PLAIN'])
    expect(() => names(everything, password, { allow: [] })).toThrow(esasl)
  })
})

describe('credentials that do not fit a mechanism', () => {
  it('are tried with the next one', () => {
    // SASLprep refuses an emoji, PLAIN does not look; PLAIN has no room for an empty password, LOGIN has.
    expect(names(['SCRAM-SHA-256', 'PLAIN'], { user: 'u', password: '\u{1f600}' })).toEqual(['PLAIN', 'LOGIN-COMMAND'])
    expect(names(['PLAIN'], { user: 'u', password: '' })).toEqual(['LOGIN-COMMAND'])
  })

  it('are an error when none is left, and not a way around the floor', () => {
    expect(() =>
      names(['SCRAM-SHA-256', 'PLAIN'], { user: 'u', password: '\u{1f600}' }, { floor: 'SCRAM-SHA-1' }),
    ).toThrow(einval)
    expect(() => names(withoutPlus, { user: '', password: 'p' })).toThrow(einval)
    expect(() => names(['AUTH=PLAIN'], { user: 'u', password: 'a\0b' })).toThrow(einval)
  })

  it('hands the options of SCRAM on', () => {
    const [choice] = chooseMechanism(
      ['SCRAM-SHA-256'],
      { user: 'u', password: '\u{1f600}' },
      {
        tls: true,
        scram: { prepare: 'none' },
      },
    )
    expect(choice.name).toBe('SCRAM-SHA-256')
  })
})
