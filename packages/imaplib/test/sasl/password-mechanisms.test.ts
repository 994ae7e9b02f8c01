import { describe, expect, it } from 'vitest'
import { anonymous } from '../../src/sasl/anonymous.ts'
import { cramMd5 } from '../../src/sasl/cram-md5.ts'
import { external } from '../../src/sasl/external.ts'
import { login } from '../../src/sasl/login.ts'
import { plain } from '../../src/sasl/plain.ts'
import { Secret } from '../../src/wire/secret.ts'

const esasl = expect.objectContaining({ code: 'ESASL' })
const einval = expect.objectContaining({ code: 'EINVALID' })
const text = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('utf8')
const challenge = (value: string) => Buffer.from(value, 'utf8')

/** Row 96 of the fault matrix: what people put into passwords, and what they should not. */
const oddPasswords = [
  '"quoted"',
  'back\\slash',
  'cr\rhere',
  'lf\nhere',
  'Grüße \u{1f600}',
  'x'.repeat(8192),
  '{3}',
  ' ',
]

describe('PLAIN (RFC 4616)', () => {
  it('the examples of §4', () => {
    expect(text(plain('tim', 'tanstaaftanstaaf').begin().initial())).toBe('\0tim\0tanstaaftanstaaf')
    expect(text(plain('Kurt', 'xipj3plmq', { authzid: 'Ursel' }).begin().initial())).toBe('Ursel\0Kurt\0xipj3plmq')
  })

  it('takes strings, octets and secrets as they are', () => {
    for (const password of oddPasswords) {
      for (const form of [password, Buffer.from(password), new Secret(password), new Secret(Buffer.from(password))]) {
        expect(text(plain('u', form).begin().initial())).toBe(`\0u\0${password}`)
      }
    }
    expect(
      plain('u', Buffer.from([0xff, 0xfe]))
        .begin()
        .initial(),
    ).toEqual(Buffer.from('\0u\0\xff\xfe', 'latin1'))
  })

  it('refuses what the grammar has no room for', () => {
    expect(() => plain('', 'p')).toThrow(einval)
    expect(() => plain('u', '')).toThrow(einval)
    expect(() => plain('u\0v', 'p')).toThrow(einval)
    expect(() => plain('u', 'p\0q')).toThrow(einval)
    expect(() => plain('u', 'p', { authzid: 'a\0' })).toThrow(einval)
    expect(() => plain('u\ud800', 'p')).toThrow(einval)
    expect(() => plain('u', 'p\udfff')).toThrow(einval)
  })

  it('says one thing only', async () => {
    const exchange = plain('u', 'p').begin()
    expect(() => exchange.succeeded()).toThrow(esasl)
    await exchange.initial()
    exchange.succeeded()
    expect(() => exchange.respond(challenge(''))).toThrow(esasl)
  })

  it('may be used again, and hands out bytes of its own', () => {
    const mechanism = plain('u', 'p')
    const first = mechanism.begin().initial() as Uint8Array
    first.fill(0)
    expect(text(mechanism.begin().initial())).toBe('\0u\0p')
  })
})

describe('LOGIN', () => {
  it('answers two prompts, whatever their words, and no third', () => {
    const exchange = login('tim', 'secret "\\\r\n').begin()
    expect(exchange.initial()).toBeNull()
    expect(() => exchange.succeeded()).toThrow(esasl)
    expect(text(exchange.respond(challenge('Username:')))).toBe('tim')
    expect(() => exchange.succeeded()).toThrow(esasl)
    expect(text(exchange.respond(challenge('')))).toBe('secret "\\\r\n')
    exchange.succeeded()
    expect(() => exchange.respond(challenge('Token:'))).toThrow(esasl)
  })

  it('refuses an empty user and NUL', () => {
    expect(() => login('', 'p')).toThrow(einval)
    expect(() => login('u', 'p\0')).toThrow(einval)
    expect(() => login('u\0', 'p')).toThrow(einval)
  })

  it('takes odd passwords, the empty one among them', async () => {
    for (const password of [...oddPasswords, '']) {
      const exchange = login('u', password).begin()
      await exchange.respond(challenge('User Name\0'))
      expect(text(exchange.respond(challenge('Password\0')))).toBe(password)
    }
  })
})

describe('CRAM-MD5 (RFC 2195)', () => {
  it('the example of §2', () => {
    const exchange = cramMd5('tim', 'tanstaaftanstaaf').begin()
    expect(exchange.initial()).toBeNull()
    expect(() => exchange.succeeded()).toThrow(esasl)
    expect(text(exchange.respond(challenge('<1896.697170952@postoffice.reston.mci.net>')))).toBe(
      'tim b913a602c7eda7a495b4e6e7334d3890',
    )
    exchange.succeeded()
    expect(() => exchange.respond(challenge('<2@b>'))).toThrow(esasl)
  })

  it('hashes every octet of challenge and key', () => {
    // HMAC-MD5 of RFC 2202 §2, cases 3 and 6: octets above 0x7F, and a key longer than a block.
    const third = cramMd5('u', Buffer.alloc(16, 0xaa)).begin().respond(Buffer.alloc(50, 0xdd))
    expect(text(third)).toBe('u 56be34521d144c88dbb8c733f0e8b3f6')
    const sixth = cramMd5('u', Buffer.alloc(80, 0xaa))
      .begin()
      .respond(challenge('Test Using Larger Than Block-Size Key - Hash Key First'))
    expect(text(sixth)).toBe('u 6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd')
    const withNul = cramMd5('u', 'k').begin().respond(challenge('<a\0b>'))
    const cutAtNul = cramMd5('u', 'k').begin().respond(challenge('<a'))
    expect(text(withNul)).not.toBe(text(cutAtNul))
  })

  it('refuses an empty challenge and an empty user', () => {
    const exchange = cramMd5('u', 'p').begin()
    expect(() => exchange.respond(challenge(''))).toThrow(esasl)
    expect(() => exchange.succeeded()).toThrow(esasl)
    expect(() => cramMd5('', 'p')).toThrow(einval)
  })
})

describe('EXTERNAL (RFC 4422 appendix A)', () => {
  it('sends the identity, or the empty response', () => {
    expect(text(external('fred@example.com').begin().initial())).toBe('fred@example.com')
    expect(external().begin().initial()).toHaveLength(0)
    expect(() => external('a\0')).toThrow(einval)
    expect(() => external().begin().respond(challenge(''))).toThrow(esasl)
  })
})

describe('ANONYMOUS (RFC 4505)', () => {
  it('sends the trace', () => {
    expect(text(anonymous('sirhc').begin().initial())).toBe('sirhc')
    expect(anonymous().begin().initial()).toHaveLength(0)
    expect(text(anonymous('\u{1d11e}'.repeat(255)).begin().initial())).toHaveLength(510)
  })

  it.each(['a\0', 'a\r\n', '\u0085', '\ufdd0', 'x'.repeat(256), 'a\u0627', '\ud800'])('refuses %j', (trace) => {
    expect(() => anonymous(trace)).toThrow(einval)
  })
})
