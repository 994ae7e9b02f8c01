import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { IMAP4, IMAP4_stream } from 'imaplib'
import { texts } from './both-ways.ts'

const script = fileURLToPath(new URL('stream-server.mjs', import.meta.url))
const argv = (...mode: string[]) => [process.execPath, script, ...mode]
const shell = (...mode: string[]) =>
  argv(...mode)
    .map((word) => `'${word}'`)
    .join(' ')

describe('IMAP4_stream', () => {
  for (const command of [shell(), argv()])
    test(`talks to a child process (${typeof command === 'string' ? 'a shell command' : 'program and arguments'})`, async () => {
      const M = await IMAP4_stream.connect(command)
      expect(M).toBeInstanceOf(IMAP4)
      expect([M.state, M.host, M.port, M.command]).toEqual(['AUTH', null, null, command])
      expect(M.process?.pid).toBeGreaterThan(0)
      expect(texts(await M.list())).toEqual(['OK', [['() "/" {3}', 'a b'], '']])
      expect(texts(await M.logout())).toEqual(['BYE', ['bye']])
      expect(await M.process?.exited).toEqual({ code: 0, signal: null })
    })

  test('shutdown without logout waits for the process too', async () => {
    const M = await IMAP4_stream.connect(argv())
    await M.shutdown()
    expect(await M.process?.exited).toEqual({ code: 0, signal: null })
  })

  test('has no socket: no duration, no burst', async () => {
    await using M = await IMAP4_stream.connect(argv())
    await expect(M.idle(1000)).rejects.toThrow('duration requires a socket connection')
    const idler = await M.idle()
    expect(texts((await idler.next()).value)).toEqual(['EXISTS', ['1']])
    await expect(idler.burst().next()).rejects.toThrow('burst() requires a socket connection')
    await expect(M.starttls()).rejects.toBeInstanceOf(IMAP4.abort)
    // This server answers DONE with nonsense.
    await expect(idler.done()).rejects.toBeInstanceOf(IMAP4.abort)
  })

  test('a program that cannot be started, or ends at once', async () => {
    await expect(IMAP4_stream.connect(['/nonexistent/imapd'])).rejects.toMatchObject({ code: 'ECHILD' })
    await expect(IMAP4_stream.connect(argv('silent-exit'))).rejects.toMatchObject({ name: 'IMAP4.abort', code: 'EEOF' })
    await expect(IMAP4_stream.connect(argv('fail'))).rejects.toMatchObject({
      name: 'IMAP4.abort',
      code: 'ECHILD',
      message: expect.stringMatching(/exited with status 7.*no such mailbox store/),
    })
  })

  test('a program that dies while a command waits', async () => {
    const M = await IMAP4_stream.connect(argv('die'))
    await expect(M.noop()).rejects.toMatchObject({ name: 'IMAP4.abort', message: expect.stringContaining('SIGKILL') })
    await M.shutdown()
  })
})
