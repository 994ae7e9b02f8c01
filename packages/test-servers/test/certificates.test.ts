import { X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, createAuthority } from '../src/certificates.ts'
import { createGuardedFolder } from '../src/guarded-folder.ts'

describe('a certificate authority', () => {
  const folder = createGuardedFolder()
  let authority: Authority
  beforeAll(async () => {
    authority = await createAuthority(folder.path)
  })
  afterAll(() => folder.remove())

  it('issues a server certificate for every name of this machine, once', async () => {
    const { cert, keyFile } = await authority.server()
    const read = new X509Certificate(cert)
    expect(read.verify(new X509Certificate(authority.ca).publicKey)).toBe(true)
    for (const address of ['127.0.0.1', '127.0.0.2', '::1']) expect(read.checkIP(address)).toBe(address)
    expect(read.checkHost('localhost')).toBe('localhost')
    expect(statSync(keyFile).mode & 0o077).toBe(0)
    expect((await authority.server('good')).cert).toBe(cert)
  })

  it('issues the faulty ones, each with its one fault', async () => {
    const own = new X509Certificate(authority.ca).publicKey
    const expired = new X509Certificate((await authority.server('expired')).cert)
    expect(expired.verify(own)).toBe(true)
    expect(Date.parse(expired.validTo)).toBeLessThan(Date.now())
    expect(expired.checkHost('localhost')).toBe('localhost')
    const wrong = new X509Certificate((await authority.server('wrong-host')).cert)
    expect(wrong.verify(own)).toBe(true)
    expect(wrong.checkHost('localhost')).toBeUndefined()
    const selfSigned = new X509Certificate((await authority.server('self-signed')).cert)
    expect(selfSigned.verify(own)).toBe(false)
    expect(selfSigned.checkHost('localhost')).toBe('localhost')
  })

  it('issues a client certificate in the name of a user', async () => {
    const read = new X509Certificate((await authority.client('alice')).cert)
    expect(read.subject).toBe('CN=alice')
    await expect(authority.client('../x')).rejects.toThrow(RangeError)
  })
})
