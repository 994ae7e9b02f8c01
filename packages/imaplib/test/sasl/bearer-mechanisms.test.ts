import { describe, expect, it } from 'vitest'
import type { AccessTokenContext } from '../../src/sasl/access-token.ts'
import { oauthbearer } from '../../src/sasl/oauthbearer.ts'
import { xoauth2 } from '../../src/sasl/xoauth2.ts'
import { Secret } from '../../src/wire/secret.ts'

const esasl = expect.objectContaining({ code: 'ESASL' })
const einval = expect.objectContaining({ code: 'EINVALID' })
const base64 = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('base64')
const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('utf8')

const rfcToken = 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=='
const rfcError = Buffer.from(
  'eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNvbmZpZ3VyYXRpb24iOiJodHRwczovL2V4' +
    'YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0=',
  'base64',
)

describe('OAUTHBEARER (RFC 7628)', () => {
  it('the successful exchange of §4.1', async () => {
    const exchange = oauthbearer('user@example.com', rfcToken, { host: 'server.example.com', port: 143 }).begin()
    expect(() => exchange.succeeded()).toThrow(esasl)
    expect(base64(await exchange.initial())).toBe(
      'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52' +
        'YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB',
    )
    exchange.succeeded()
    expect(exchange.refusal).toBeUndefined()
  })

  it('the failed exchange: the error is read and answered with ^A', async () => {
    const exchange = oauthbearer('user@example.com', rfcToken, { host: 'server.example.com', port: 143 }).begin()
    await exchange.initial()
    expect(base64(await exchange.respond(rfcError))).toBe('AQ==')
    expect(exchange.refusal).toEqual({
      mechanism: 'OAUTHBEARER',
      code: 'invalid_token',
      details: new Map([
        ['status', 'invalid_token'],
        ['scope', 'example_scope'],
        ['openid-configuration', 'https://example.com/.well-known/openid-configuration'],
      ]),
    })
    expect(() => exchange.respond(rfcError)).toThrow(esasl)
    expect(() => exchange.succeeded()).toThrow(esasl)
  })

  it('leaves out what it is not given, and escapes the user', async () => {
    expect(text(await oauthbearer('', 't').begin().initial())).toBe('n,,\x01auth=Bearer t\x01\x01')
    expect(text(await oauthbearer('a,b=c', 't').begin().initial())).toBe('n,a=a=2Cb=3Dc,\x01auth=Bearer t\x01\x01')
  })

  it.each<[string, () => unknown]>([
    ['^A in the user', () => oauthbearer('u\x01auth=Bearer x', 't')],
    ['NUL in the user', () => oauthbearer('u\0', 't')],
    ['^A in the token', () => oauthbearer('u', 't\x01')],
    ['a line end in the token', () => oauthbearer('u', 't\r\n')],
    ['a space in the token', () => oauthbearer('u', 'Bearer t')],
    ['an empty token', () => oauthbearer('u', '')],
    ['a token that is not ASCII', () => oauthbearer('u', 'tökén')],
    ['^A in the host', () => oauthbearer('u', 't', { host: 'h\x01port=1' })],
    ['port 0', () => oauthbearer('u', 't', { port: 0 })],
    ['port 65536', () => oauthbearer('u', 't', { port: 65_536 })],
  ])('refuses %s', (_case, make) => {
    expect(make).toThrow(einval)
  })
})

describe('XOAUTH2', () => {
  const token = 'ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg'

  it("Google's example", async () => {
    const exchange = xoauth2('someuser@example.com', token).begin()
    expect(base64(await exchange.initial())).toBe(
      'dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0' +
        'Q2cBAQ==',
    )
    exchange.succeeded()
  })

  it('the error is read and answered with nothing', async () => {
    const exchange = xoauth2('u', token).begin()
    await exchange.initial()
    const error = { status: '401', schemes: 'bearer mac', scope: 'https://mail.google.com/' }
    expect(await exchange.respond(Buffer.from(JSON.stringify(error)))).toHaveLength(0)
    expect(exchange.refusal?.code).toBe('401')
    expect(exchange.refusal?.details.get('schemes')).toBe('bearer mac')
    expect(() => exchange.succeeded()).toThrow(esasl)
  })

  it.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['no JSON', '{"status":', {}],
    ['an array', '["401"]', {}],
    ['null', 'null', {}],
    ['too long', JSON.stringify({ status: '401', pad: 'x'.repeat(9000) }), {}],
    ['deep nesting', '['.repeat(4000), {}],
    ['a number, and values of other kinds', '{"status":400,"a":{},"b":null,"c":[1],"d":true}', { status: '400' }],
    ['odd keys', '{"__proto__":"p","constructor":"c"}', { __proto__: 'p', constructor: 'c' }],
    ['long texts', JSON.stringify({ status: 's'.repeat(600) }), { status: 's'.repeat(512) }],
    ['the token sent back', JSON.stringify({ status: `bad ${token}!` }), { status: 'bad [secret]!' }],
  ])('is still a refusal when the error is %s', async (name, challenge, details) => {
    const exchange = xoauth2('u', token).begin()
    await exchange.initial()
    expect(await exchange.respond(Buffer.from(challenge))).toHaveLength(0)
    if (name === 'odd keys') {
      expect([...(exchange.refusal?.details ?? [])]).toEqual([
        ['__proto__', 'p'],
        ['constructor', 'c'],
      ])
    } else {
      expect(exchange.refusal?.details).toEqual(new Map(Object.entries(details)))
    }
    expect(exchange.refusal?.code).toBe(details['status'] ?? '')
    expect(() => exchange.succeeded()).toThrow(esasl)
  })

  it('does not answer before the token was asked for', () => {
    expect(() => xoauth2('u', token).begin().respond(Buffer.from('{}'))).toThrow(esasl)
  })

  it('refuses an empty user and control characters', () => {
    expect(() => xoauth2('', token)).toThrow(einval)
    expect(() => xoauth2('u\x01', token)).toThrow(einval)
    expect(() => xoauth2('u', 't\x01')).toThrow(einval)
  })
})

describe('getting the token', () => {
  it('asks once for each exchange, and tells of the refusal before', async () => {
    const asked: AccessTokenContext[] = []
    const mechanism = xoauth2(
      'u',
      async (context) => {
        asked.push(context)
        return `token${asked.length}`
      },
      { host: 'mail.example', port: 993 },
    )
    const first = mechanism.begin()
    expect(text(await first.initial())).toContain('token1')
    await first.respond(Buffer.from('{"status":"401"}'))
    first.failed?.('AUTHENTICATIONFAILED')

    const second = mechanism.begin()
    expect(text(await second.initial())).toContain('token2')
    // Outlook says NO without a word of JSON.
    second.failed?.('AUTHENTICATIONFAILED')

    const third = mechanism.begin()
    await third.initial()
    third.succeeded()
    await mechanism.begin().initial()

    expect(asked.map(({ refusal }) => refusal?.code)).toEqual([undefined, '401', 'AUTHENTICATIONFAILED', undefined])
    expect(asked[0]).toMatchObject({ mechanism: 'XOAUTH2', user: 'u', host: 'mail.example', port: 993 })
  })

  it('takes a Secret, ready or promised', async () => {
    expect(text(await xoauth2('u', new Secret('abc')).begin().initial())).toContain('Bearer abc\x01')
    const promised = xoauth2('u', () => Promise.resolve(new Secret('def')))
    expect(text(await promised.begin().initial())).toContain('Bearer def\x01')
  })

  it('a failure cancels the exchange, with the cause kept and its text not repeated', async () => {
    const cause = new Error('refresh_token=hush')
    const exchange = oauthbearer('u', () => Promise.reject(cause)).begin()
    const error = await Promise.resolve(exchange.initial()).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'ESASL', cause })
    expect(String(error)).not.toContain('hush')
    expect(() => exchange.succeeded()).toThrow(esasl)
  })

  it('a token that cannot be sent is refused', async () => {
    await expect(
      xoauth2('u', () => Promise.resolve('a\x01b'))
        .begin()
        .initial(),
    ).rejects.toMatchObject({ code: 'EINVALID' })
  })
})
