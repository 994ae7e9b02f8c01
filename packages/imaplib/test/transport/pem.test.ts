import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPem } from '../../src/transport/pem.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'imaplib-pem-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('readPem', () => {
  it('gives the file as it is', async () => {
    const path = join(directory, 'good.pem')
    const text = 'subject: me\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    await writeFile(path, text)
    expect(String(await readPem(path))).toBe(text)
  })

  it('names the path when it cannot be read', async () => {
    const path = join(directory, 'missing.pem')
    await expect(readPem(path)).rejects.toMatchObject({
      code: 'EINVALID',
      message: `cannot read the PEM file ${path}: ENOENT`,
      cause: { code: 'ENOENT' },
    })
    await expect(readPem(directory)).rejects.toMatchObject({ code: 'EINVALID', cause: { code: 'EISDIR' } })
  })

  it('names the path when it is not PEM, or cut off', async () => {
    const path = join(directory, 'bad.pem')
    await writeFile(path, Buffer.from([0x30, 0x82, 0x01]))
    await expect(readPem(path)).rejects.toThrow(`${path} is not a PEM file`)
    await writeFile(path, '-----BEGIN PRIVATE KEY-----\nAAAA\n')
    await expect(readPem(path)).rejects.toThrow('has no -----END PRIVATE KEY----- line')
  })
})
