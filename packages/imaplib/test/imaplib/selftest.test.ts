import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orSkipped, rawServer, scriptedServer, startDovecot } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selfTest } from '../../src/imaplib/selftest.ts'

const run = async (argv: string[], environment: NodeJS.ProcessEnv = {}, password = 'secret') => {
  const out: string[] = []
  const error: string[] = []
  const asked: string[] = []
  const status = await selfTest(argv, {
    environment,
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    askPassword: async (question) => {
      asked.push(question)
      return password
    },
  })
  return { status, out, error, asked }
}

describe('what goes wrong is told in one line', () => {
  test.each([
    [['--frobnicate'], /frobnicate.*EUSAGE/],
    [['-d', '9'], /--debug must be a whole number from 0 to 5/],
    [['a', '1', 'b'], /one argument too many: b/],
    [['--tls', '--starttls'], /not both/],
    [['-s', 'x', 'host'], /not both/],
    [['host', 'port'], /port must be a whole number/],
    [['--password-file', '/nonexistent/x', '--timeout', '0'], /--timeout/],
  ])('usage: %j', async (argv, message) => {
    const { status, error, out } = await run(argv)
    expect(status).toBe(2)
    expect(error).toHaveLength(1)
    expect(error[0]).toMatch(message)
    expect(out).toEqual([])
  })

  test('help', async () => {
    const { status, out } = await run(['--help'])
    expect(status).toBe(0)
    expect(out.join('\n')).toContain('--password-file')
  })

  const fails = async (argv: string[], status: number, message: RegExp, environment?: NodeJS.ProcessEnv) => {
    const result = await run(argv, environment)
    expect(result.error[0]).toMatch(message)
    expect(result.error.join('\n')).not.toMatch(/\n {4}at /)
    expect(result.status).toBe(status)
    expect(result.out.at(-1)).toBe('Tests failed.')
  }

  test('a host that does not exist', () => fails(['no-such-host.invalid'], 3, /ENOTFOUND|EAI_AGAIN/))

  test('a port that refuses', async () => {
    const server = await rawServer(() => {})
    const { port } = server
    await server.stop()
    await fails(['127.0.0.1', String(port)], 3, /ECONNREFUSED/)
  })

  test('a server that hangs', async () => {
    await using server = await scriptedServer({ greeting: null })
    await fails(['--timeout', '50', '127.0.0.1', String(server.port)], 3, /timed out.*ETIMEDOUT/)
  })

  test('a server that hangs in the TLS handshake', async () => {
    await using server = await scriptedServer({ greeting: null })
    await fails(['--tls', '--timeout', '50', '127.0.0.1', String(server.port)], 3, /ETIMEDOUT/)
  })

  test('a server that speaks HTTP', async () => {
    const http = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    await fails(['--timeout', '100', '127.0.0.1', String(port)], 3, /ETIMEDOUT/)
    http.closeAllConnections()
    http.close()
    await using eager = await rawServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await fails(['127.0.0.1', String(eager.port)], 3, /unexpected response: b'HTTP\/1.1 400 Bad Request' \(EPROTOCOL\)/)
  })

  test('a certificate that is not to be trusted', async () => {
    await using server = await scriptedServer({ tls: 'wrong-host' })
    await fails(['--tls', '127.0.0.1', String(server.port)], 3, /ETLS/)
  })

  test('a wrong password', async () => {
    await using server = await scriptedServer({ handlers: { LOGIN: '$tag NO [AUTHENTICATIONFAILED] wrong\x1b[31m' } })
    await fails(['127.0.0.1', String(server.port)], 4, /\[AUTHENTICATIONFAILED\] wrong\\x1b\[31m \(EAUTH\)$/)
  })

  test('a command that is refused', async () => {
    await using server = await scriptedServer({ handlers: { CREATE: '$tag NO no more mailboxes' } })
    await fails(['127.0.0.1', String(server.port)], 1, /create: no more mailboxes \(NO\)/, { IMAPLIB_PASSWORD: 'x' })
    expect(server.lines.some((line) => line.endsWith('LOGIN root "x"') || / LOGIN \S+ "x"$/.test(line))).toBe(true)
  })

  test('a command that hangs up', async () => {
    await using server = await rawServer((socket) => {
      socket.write('* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n')
      socket.once('data', () => socket.end())
    })
    await fails(['127.0.0.1', String(server.port)], 1, /command: CREATE => socket error: EOF \(EEOF\)/)
  })
})

describe('against Dovecot', () => {
  let server: Awaited<ReturnType<typeof startDovecot>> | undefined
  let folder = ''
  beforeAll(async () => {
    server = await orSkipped(startDovecot())
    folder = await mkdtemp(join(tmpdir(), 'imaplib-selftest-'))
  })
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('over a stream, STARTTLS and TLS, with the password from each of its places', async ({ skip }) => {
    if (server === undefined) return skip()
    const { host, port, tlsPort, caFile } = server
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, 'secret\nnot this\n')
    const user = server.user()
    const reached = ['-u', user, '--ca-file', caFile]
    const results = [
      await run(['-s', server.preauthShellCommand(user)]),
      await run([...reached, '--starttls', host, String(port)], { IMAPLIB_PASSWORD: 'secret' }),
      await run([...reached, '--tls', '--password-file', passwordFile, host, String(tlsPort)]),
      await run(['-u', user, '--insecure', '--tls', host, String(tlsPort)]),
    ]
    for (const { status, out, error } of results) {
      expect(error).toEqual([])
      expect(out.at(-1)).toBe('All tests OK.')
      expect(status).toBe(0)
      expect(out.join('\n')).not.toContain("'secret'")
    }
    expect(results.map(({ asked }) => asked.length)).toEqual([0, 0, 0, 1])
    expect(results[0]?.out).toContain("> search(null, 'SUBJECT', 'test')")
  })
})
