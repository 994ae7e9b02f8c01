import { describe, expect, it } from 'vitest'
import { type ProcessTransport, spawnTransport } from '../../src/transport/process.ts'
import { Recorder, turns } from './recorder.ts'

const node = (script: string) => [process.execPath, '-e', script]
const alive = (transport: ProcessTransport): boolean => {
  try {
    return process.kill(transport.pid ?? 0, 0)
  } catch {
    return false
  }
}

describe('spawnTransport', () => {
  it('talks to the input and output of a program', async () => {
    const transport = await spawnTransport(['cat'])
    const seen = new Recorder(transport)
    transport.write(Buffer.from('a NOOP\r\n'))
    await seen.untilSize(8)
    expect(seen.text).toBe('a NOOP\r\n')
    expect(transport.secure).toBe(true)
    expect(transport.description).toBe('process cat')
    transport.end()
    expect(await seen.untilClosed()).toBe(null)
    expect(await transport.exited).toEqual({ code: 0, signal: null })
    expect(alive(transport)).toBe(false)
  })

  it('a string goes to the shell, an array does not', async () => {
    const shell = new Recorder(await spawnTransport('echo one; echo two'))
    expect(await shell.untilClosed()).toBe(null)
    expect(shell.text).toBe('one\ntwo\n')
    const plain = new Recorder(await spawnTransport(['echo', 'one; echo two', '$HOME']))
    expect(await plain.untilClosed()).toBe(null)
    expect(plain.text).toBe('one; echo two $HOME\n')
  })

  it('passes on env and cwd', async () => {
    const seen = new Recorder(await spawnTransport('echo "$WORD"; pwd', { env: { WORD: 'here' }, cwd: '/' }))
    await seen.untilClosed()
    expect(seen.text).toBe('here\n/\n')
  })

  it('says why the process ended, with the end of its error output made visible', async () => {
    const script = `process.stdout.write('* OK'); process.stderr.write('x'.repeat(9000) + 'no\\u001b[2J such\\r\\nuser\\n', () => process.exit(3))`
    const seen = new Recorder(await spawnTransport(node(script)))
    const error = await seen.untilClosed()
    expect(error).toMatchObject({ code: 'ECHILD' })
    expect(error?.message).toMatch(/the process exited with status 3: x+no\\x1b\[2J such \| user$/)
    expect(error?.message.length).toBeLessThan(5000)
    expect(seen.text).toBe('* OK')
  })

  it('names the signal', async () => {
    const transport = await spawnTransport('kill -9 $$')
    expect((await new Recorder(transport).untilClosed())?.message).toContain('was ended by SIGKILL')
  })

  it('rejects with ECHILD when the program cannot be started', async () => {
    await expect(spawnTransport(['/no/such/program'])).rejects.toMatchObject({
      code: 'ECHILD',
      cause: { code: 'ENOENT' },
    })
    await expect(spawnTransport(['cat'], { cwd: '/no/such/directory' })).rejects.toMatchObject({ code: 'ECHILD' })
  })

  it('a command that the shell does not find closes with its words', async () => {
    const seen = new Recorder(await spawnTransport('no-such-program-anywhere'))
    expect((await seen.untilClosed())?.message).toMatch(/status 127: .*not found/)
  })

  it('refuses an empty command and NUL before it starts anything', async () => {
    for (const command of ['', '  ', [], ['a\0b'], 'a\0b']) {
      await expect(spawnTransport(command)).rejects.toMatchObject({ code: 'EINVALID' })
    }
    const reason = new Error('changed my mind')
    const aborted = spawnTransport(['cat'], { signal: AbortSignal.abort(reason) })
    await expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR', cause: reason })
  })

  it('destroy() kills a process that ignores SIGTERM', async () => {
    const script = `process.on('SIGTERM', () => {}); process.stdout.write('up'); setInterval(() => {}, 1000)`
    const transport = await spawnTransport(node(script), { killAfter: 20 })
    const seen = new Recorder(transport)
    await seen.untilSize(2)
    transport.destroy()
    expect(await seen.untilClosed()).toBe(null)
    expect(await transport.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(alive(transport)).toBe(false)
  })

  it('waitExit() closes the input, and stops a process that goes on', async () => {
    const polite = await spawnTransport(['cat'])
    polite.start(new Recorder())
    expect(await polite.waitExit()).toEqual({ code: 0, signal: null })
    const stubborn = await spawnTransport(node('setInterval(() => {}, 1000)'))
    const seen = new Recorder(stubborn)
    expect(await stubborn.waitExit(20)).toEqual({ code: null, signal: 'SIGTERM' })
    await seen.untilClosed()
  })

  it('EPIPE: writing to a process that reads no more is not an error of its own', async () => {
    const script = `process.stdin.destroy(); require('fs').closeSync(0); setTimeout(() => process.stdout.write('still here', () => process.exit(4)), 100)`
    const transport = await spawnTransport(node(script))
    const seen = new Recorder(transport)
    for (let i = 0; i < 50 && seen.closings.length === 0; i++) {
      transport.write(Buffer.alloc(100_000))
      await turns(20)
    }
    expect(await seen.untilClosed()).toMatchObject({ code: 'ECHILD', message: expect.stringContaining('status 4') })
    expect(seen.text).toBe('still here')
    expect(seen.violations).toEqual([])
  })

  it('back-pressure reaches the process in both directions', async () => {
    const transport = await spawnTransport(['cat'])
    const seen = new Recorder()
    transport.start(seen)
    transport.pause()
    let sent = 0
    // cat stops reading when its output is full: the pipes hold a bounded amount.
    while (transport.write(Buffer.alloc(50_000, 'z'))) sent += 50_000
    sent += 50_000
    await turns(100)
    const held = seen.size
    transport.resume()
    await seen.untilSize(sent)
    expect(held).toBeLessThanOrEqual(64 * 1024)
    expect(seen.drains).toBe(1)
    transport.destroy()
    await transport.exited
  })
})
