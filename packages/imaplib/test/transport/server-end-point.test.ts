import { createHash, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverEndPoint } from '../../src/transport/server-end-point.ts'
import { type CertificateOptions, CertificateMaker } from './certificates.ts'

let maker: CertificateMaker
beforeAll(async () => {
  maker = await CertificateMaker.create()
})
afterAll(() => maker.dispose())

const rsa = ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
const pss = ['-sigopt', 'rsa_padding_mode:pss']
const rows: [string, string | null, CertificateOptions][] = [
  ['ECDSA SHA-256', 'sha256', {}],
  ['ECDSA SHA-384', 'sha384', { signing: ['-md', 'sha384'] }],
  ['RSA SHA-1, raised to SHA-256', 'sha256', { algorithm: rsa, signing: ['-md', 'sha1'] }],
  ['RSA SHA-224', 'sha224', { algorithm: rsa, signing: ['-md', 'sha224'] }],
  ['RSA SHA-512', 'sha512', { algorithm: rsa, signing: ['-md', 'sha512'] }],
  ['RSASSA-PSS SHA-384', 'sha384', { algorithm: rsa, signing: ['-md', 'sha384', ...pss] }],
  ['RSASSA-PSS SHA-1', 'sha256', { algorithm: rsa, signing: ['-md', 'sha1', ...pss] }],
  ['Ed25519, not defined', null, { algorithm: ['ED25519'], signing: ['-md', 'null'] }],
]

describe('serverEndPoint (RFC 5929 §4.1)', () => {
  it.each(rows)('%s', async (_name, hash, options) => {
    const { raw } = new X509Certificate((await maker.make(options)).cert)
    const expected = hash === null ? null : createHash(hash).update(raw).digest()
    expect(serverEndPoint(raw)).toEqual(expected)
  })

  it('bytes that are no certificate give null', async () => {
    const { raw } = new X509Certificate((await maker.make({})).cert)
    for (let length = 0; length < raw.length - 80; length++) expect(serverEndPoint(raw.subarray(0, length))).toBe(null)
    expect(serverEndPoint(Buffer.alloc(40, 0x30))).toBe(null)
  })
})
