import { afterEach, describe, expect, it, vi } from 'vitest'
import { orSkipped, ServerUnavailable } from '../src/server-unavailable.ts'

describe('a server that is not available', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  it('is skipped loudly on a developer’s machine', async () => {
    vi.stubEnv('CI', '')
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(await orSkipped(Promise.reject(new ServerUnavailable('no root')))).toBeUndefined()
    expect(stderr.mock.calls.join('')).toContain('SKIPPED, a server is not available: no root')
  })

  it('is a failure under CI', async () => {
    vi.stubEnv('CI', 'true')
    await expect(orSkipped(Promise.reject(new ServerUnavailable('no root')))).rejects.toThrow('no root')
  })

  it('hides no other error', async () => {
    vi.stubEnv('CI', '')
    await expect(orSkipped(Promise.reject(new TypeError('a fault')))).rejects.toThrow(TypeError)
    expect(await orSkipped(Promise.resolve(7))).toBe(7)
  })
})
