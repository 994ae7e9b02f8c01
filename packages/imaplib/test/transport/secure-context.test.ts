import type { SecureContextOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secureContextFor } from '../../src/transport/secure-context.ts'
import { ScriptRunner } from './child-script.ts'

let scripts: ScriptRunner
beforeAll(async () => {
  scripts = await ScriptRunner.create()
})
afterAll(() => scripts.dispose())

describe('secureContextFor', () => {
  it('equal options share a context, others do not', () => {
    const context = secureContextFor({ minVersion: 'TLSv1.2' })
    expect(secureContextFor({ minVersion: 'TLSv1.2' })).toBe(context)
    expect(secureContextFor({ minVersion: 'TLSv1.2', ca: undefined })).toBe(context)
    const others: SecureContextOptions[] = [
      { minVersion: 'TLSv1.3' },
      { minVersion: 'TLSv1.2', ca: [] },
      { ciphers: 'DEFAULT' },
      {},
    ]
    for (const other of others) expect(secureContextFor(other)).not.toBe(context)
  })

  it('a context that nobody uses is not kept', async () => {
    const script = `
      import { secureContextFor } from './transport/secure-context.js'
      import { setFlagsFromString } from 'node:v8'
      import { runInNewContext } from 'node:vm'
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc')
      const refs = []
      for (let i = 0; i < 40; i++) refs.push(new WeakRef(secureContextFor({ ciphers: 'DEFAULT', sessionTimeout: i })))
      await new Promise((resolve) => setTimeout(resolve, 10))
      gc()
      console.log(refs.filter((ref) => ref.deref() !== undefined).length)
    `
    const { stdout } = await scripts.run(script)
    expect(Number(stdout)).toBeLessThan(5)
  })
})
