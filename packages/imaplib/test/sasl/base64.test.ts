import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeChallenge, encodeResponse, MAX_CHALLENGE_LENGTH } from '../../src/sasl/base64.ts'

const esasl = expect.objectContaining({ code: 'ESASL' })

describe('challenges', () => {
  it('decodes base64, and nothing is the empty challenge', () => {
    expect(decodeChallenge(Buffer.from('VXNlcm5hbWU6')).toString()).toBe('Username:')
    expect(decodeChallenge(Buffer.alloc(0))).toHaveLength(0)
  })

  it.each([
    'VXNlcm5hbWU',
    'VXNl cm5hbWU6',
    'VXNlcm5hbWU6\r\n',
    '====',
    'A===',
    'QQ=',
    'QR==',
    'QQ==QQ==',
    '-_-_',
    'QUJD\0QUJ',
    'Ã¼Ã¼',
  ])('refuses %j', (text) => {
    expect(() => decodeChallenge(Buffer.from(text))).toThrow(esasl)
  })

  it('has a limit, to the octet', () => {
    const encoded = (length: number) => Buffer.from(Buffer.alloc(length, 1).toString('base64'))
    expect(decodeChallenge(encoded(MAX_CHALLENGE_LENGTH))).toHaveLength(MAX_CHALLENGE_LENGTH)
    expect(() => decodeChallenge(encoded(MAX_CHALLENGE_LENGTH + 1))).toThrow(esasl)
    expect(() => decodeChallenge(Buffer.alloc(1 << 20, 'A'))).toThrow(esasl)
    expect(() => decodeChallenge(encoded(11), 10)).toThrow(esasl)
    expect(decodeChallenge(encoded(10), 10)).toHaveLength(10)
  })

  it('takes back exactly what it encodes, from any view', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5), (bytes, skip) => {
        const padded = new Uint8Array(bytes.length + skip)
        padded.set(bytes, skip)
        const view = padded.subarray(skip)
        expect(decodeChallenge(encodeResponse(view))).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('responses', () => {
  it('writes the empty response as "=" only with the command (RFC 4959 §3)', () => {
    expect(encodeResponse(Buffer.alloc(0)).toString()).toBe('')
    expect(encodeResponse(Buffer.alloc(0), true).toString()).toBe('=')
    expect(encodeResponse(Buffer.from('a'), true).toString()).toBe('YQ==')
  })
})
