import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { rawServer, scriptedServer } from 'imap-test-servers'
import { AllowedVersions, IMAP4, settings } from 'imaplib'
import { bothServers, bothWays, commandsOf } from './both-ways.ts'

bothWays(
  'capabilities of the greeting are used as they are',
  { capabilities: ['IMAP4rev1', 'ENABLE'] },
  async (M, server) => {
    expect(M.capabilities).toEqual(['IMAP4REV1', 'ENABLE'])
    expect(server.lines).toEqual([])
    expect(M.state).toBe('NONAUTH')
    expect(M.PROTOCOL_VERSION).toBe('IMAP4REV1')
    expect(M.welcome?.toString()).toBe('* OK [CAPABILITY IMAP4rev1 ENABLE] ready')
    expect(await M.response('CAPABILITY')).toEqual(['CAPABILITY', [null]])
  },
)

bothWays(
  'without them CAPABILITY is sent',
  { greeting: '* OK hello', capabilities: ['IMAP4rev1', 'IDLE'] },
  async (M, server) => {
    expect(M.capabilities).toEqual(['IMAP4REV1', 'IDLE'])
    expect(server.lines.map((line) => line.replace(/^[A-P]{4}/, ''))).toEqual(['0 CAPABILITY'])
    expect(M.tagpre).toMatch(/^[B-P][A-P]{3}$/)
  },
)

bothWays('PREAUTH makes the state AUTH', { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] hello' }, async (M) => {
  expect(M.state).toBe('AUTH')
})

for (const [greeting, shown] of [
  ['+OK POP3 server ready', '+OK POP3 server ready'],
  ['* BYE too many', '* BYE too many'],
  ['+', '+'],
  ['* 5 EXISTS', '* 5 EXISTS'],
] as const)
  bothServers(`greeting ${greeting}`, { greeting }, async (connect) => {
    const failure = await connect().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(IMAP4.error)
    expect(failure).not.toBeInstanceOf(IMAP4.abort)
    expect(failure).toMatchObject({ message: `invalid greeting: ${shown}`, code: 'EGREETING' })
  })

bothServers('a greeting of another protocol', { greeting: 'SSH-2.0-OpenSSH_9.2' }, async (connect) => {
  await expect(connect()).rejects.toMatchObject({
    name: 'IMAP4.abort',
    message: "unexpected response: b'SSH-2.0-OpenSSH_9.2'",
  })
})

bothServers(
  'no capabilities at all',
  { greeting: '* OK', handlers: { CAPABILITY: '$tag OK none' } },
  async (connect) => {
    await expect(connect()).rejects.toMatchObject({
      message: 'no CAPABILITY response from server',
      name: 'IMAP4.error',
    })
  },
)

bothServers('a protocol version that is not allowed', { capabilities: ['IMAP4rev2'] }, async (connect) => {
  await expect(connect()).rejects.toThrow('server not IMAP4 compliant')
  AllowedVersions.unshift('IMAP4REV2')
  try {
    expect((await connect()).PROTOCOL_VERSION).toBe('IMAP4REV2')
  } finally {
    AllowedVersions.shift()
  }
})

for (const tls of [false, true])
  test(`the end of the connection inside the greeting is an abort (${tls ? 'TLS' : 'plain'})`, async () => {
    await using server = await rawServer((socket) => void socket.end('* OK'), { tls })
    const { IMAP4_SSL } = await import('imaplib')
    const connecting = tls
      ? IMAP4_SSL.connect(server.host, server.port, { ca: server.ca })
      : IMAP4.connect(server.host, server.port)
    await expect(connecting).rejects.toBeInstanceOf(IMAP4.abort)
  })

test('a connection that is closed at once', async () => {
  await using server = await rawServer((socket) => void socket.end())
  await expect(IMAP4.connect(server.host, server.port)).rejects.toMatchObject({
    message: 'socket error: EOF',
    code: 'EEOF',
  })
})

bothServers(
  'a line that ends in LF only',
  { greeting: '* OK', handlers: { CAPABILITY: ({ sendRaw }) => sendRaw('* CAPABILITY IMAP4rev1 AUTH\n') } },
  async (connect) => {
    const failure = await connect().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(IMAP4.abort)
    expect((failure as Error).message).toBe(
      "command: CAPABILITY => socket error: unterminated line: b'* CAPABILITY IMAP4rev1 AUTH\\n'",
    )
  },
)

bothServers('a line above the limit', { greeting: `* OK ${'x'.repeat(11)}` }, async (connect) => {
  const failure = await connect({ maxLineLength: 10 }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(IMAP4.error)
  expect(failure).not.toBeInstanceOf(IMAP4.abort)
  expect(failure).toMatchObject({ message: 'got more than 10 bytes', code: 'ELIMIT' })
})

bothServers('the limit of the module', { greeting: `* OK ${'x'.repeat(11)}` }, async (connect) => {
  settings._MAXLINE = 17
  await expect(connect()).rejects.toThrow('got more than 17 bytes')
  settings._MAXLINE = 1_000_000
})

bothServers('a line of just the limit', { greeting: `* OK ${'x'.repeat(11)}` }, async (connect) => {
  // CAPABILITY's own line is longer.
  await expect(connect({ maxLineLength: 18 })).rejects.toThrow('command: CAPABILITY => got more than 18 bytes')
})

for (const exponent of [15, 24, 28, 31, 40, 52, 63])
  test(`an announced literal of 2^${exponent} bytes that does not come`, async () => {
    await using server = await rawServer(
      (socket) => void socket.end(`* OK {${2n ** BigInt(exponent)}}\r\nIMAP4rev1\r\n`),
    )
    await expect(IMAP4.connect(server.host, server.port)).rejects.toBeInstanceOf(IMAP4.abort)
  })

test('nobody listens: the error is of Node', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as { port: number }
  await new Promise((resolve) => closed.close(resolve))
  const failure = await IMAP4.connect('127.0.0.1', port).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'ECONNREFUSED' })
  expect(failure).not.toBeInstanceOf(IMAP4.error)
})

test('the default host and port', () => {
  const M = new IMAP4()
  expect([M.host, M.port, M.state, M.sock, M.socket(), M.file]).toEqual(['', 143, 'NONAUTH', null, null, null])
})

test('the timeout holds for the greeting', async () => {
  await using server = await scriptedServer({ greeting: null })
  await expect(IMAP4.connect(server.host, server.port, { timeout: 30 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})

test('a timeout of 0, and other nonsense, is refused before a connection is made', () => {
  expect(() => new IMAP4('localhost', 143, { timeout: 0 })).toThrow(RangeError)
  expect(() => new IMAP4('localhost', 143, { timeout: -1 })).toThrow(RangeError)
  expect(() => new IMAP4('localhost', 143, { maxLineLength: 0 })).toThrow(RangeError)
})

test('a command that waits for longer than the timeout', async () => {
  await using server = await scriptedServer({ handlers: { NOOP: () => undefined } })
  const M = await IMAP4.connect(server.host, server.port, { timeout: 250 })
  expect(M.timeout).toBe(250)
  const failure = await M.noop().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'ETIMEDOUT' })
  expect(failure).not.toBeInstanceOf(IMAP4.abort)
  // As in Python, the connection is of no use any more.
  await expect(M.noop()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})

test('without connect(): the constructor does nothing, open() connects, the first command greets', async () => {
  await using server = await scriptedServer({ greeting: '* OK hello' })
  const M = new IMAP4(server.host, server.port)
  await expect(new IMAP4(server.host, server.port).noop()).rejects.toThrow('socket error: not connected')
  await M.open()
  expect(M.welcome).toBeNull()
  expect(await M.noop()).toEqual(['OK', [Buffer.from('NOOP completed')]])
  expect(commandsOf(server)).toEqual(['NOOP'])
  await M.shutdown()
  await M.shutdown()
})
