import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rawServer, scriptedServer } from 'imap-test-servers'
import { describe, expect, test } from 'vitest'
import { IMAP4, IMAP4_SSL } from 'imaplib'
import { texts } from './both-ways.ts'

const capabilities = ['IMAP4rev1', 'STARTTLS']

describe('IMAP4_SSL', () => {
  for (const certificate of ['expired', 'wrong-host', 'self-signed'] as const)
    test(`refuses a certificate: ${certificate}`, async () => {
      await using server = await scriptedServer({ tls: certificate })
      const failure = await IMAP4_SSL.connect(server.host, server.port, { ca: server.ca }).catch(
        (error: unknown) => error,
      )
      expect(failure).toMatchObject({ code: 'ETLS' })
      expect(failure).not.toBeInstanceOf(IMAP4.error)
    })

  test('verifies by default, and can be told not to', async () => {
    await using server = await scriptedServer({ tls: true })
    await expect(IMAP4_SSL.connect(server.host, server.port)).rejects.toMatchObject({ code: 'ETLS' })
    const M = await IMAP4_SSL.connect(server.host, server.port, { rejectUnauthorized: false })
    expect(M.ssl()?.tls.protocol).toBe('TLSv1.3')
    expect(M.sslobj?.tls.authorized).toBe(false)
    expect(M.port).toBe(server.port)
    await M.logout()
  })

  test('STARTTLS upon TLS is an abort', async () => {
    await using server = await scriptedServer({ tls: true, capabilities })
    const M = await IMAP4_SSL.connect(server.host, server.port, { ca: server.ca })
    await expect(M.starttls()).rejects.toMatchObject({
      name: 'IMAP4.abort',
      message: 'TLS session already established',
    })
    await M.shutdown()
  })

  test('the default port', () => {
    expect(new IMAP4_SSL('h').port).toBe(993)
  })

  test('keyfile and certfile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'imaplib-keys-'))
    try {
      await using server = await scriptedServer({ tls: true })
      const notPem = join(folder, 'not.pem')
      await writeFile(notPem, 'hello')
      const missing = join(folder, 'missing.pem')
      await expect(IMAP4_SSL.connect(server.host, server.port, { certfile: missing })).rejects.toMatchObject({
        code: 'EINVALID',
        message: expect.stringContaining('missing.pem'),
      })
      await expect(IMAP4_SSL.connect(server.host, server.port, { keyfile: notPem })).rejects.toMatchObject({
        code: 'EINVALID',
        message: expect.stringContaining('not.pem is not a PEM file'),
      })
      const { createAuthority } = await import('imap-test-servers')
      const { certFile, keyFile } = await (await createAuthority(join(folder, 'ca'))).client('alice')
      const M = await IMAP4_SSL.connect(server.host, server.port, {
        ca: server.ca,
        certfile: certFile,
        keyfile: keyFile,
      })
      expect([M.certfile, M.keyfile]).toEqual([certFile, keyFile])
      expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
      await M.logout()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('starttls', () => {
  test('goes on under TLS, and forgets what was said before', async () => {
    await using server = await scriptedServer({
      greeting: ['* OK hello', '* 9 EXISTS'],
      capabilities: (connection) => (connection.secure ? ['IMAP4rev1', 'AUTH=PLAIN'] : capabilities),
    })
    const M = await IMAP4.connect('localhost', server.port)
    expect(M.untagged_responses.has('EXISTS')).toBe(true)
    expect(await M.starttls({ ca: server.ca })).toEqual(['OK', [null]])
    expect(M.capabilities).toEqual(['IMAP4REV1', 'AUTH=PLAIN'])
    expect(M.untagged_responses.has('EXISTS')).toBe(false)
    expect(server.connections[0]?.secure).toBe(true)
    await expect(M.starttls({ ca: server.ca })).rejects.toThrow('TLS session already established')
    expect(texts(await M.login('u', 'p'))).toEqual(['OK', ['LOGIN completed']])
    await M.logout()
  })

  test('is not offered', async () => {
    await using server = await scriptedServer({ capabilities: ['IMAP4rev1'] })
    const M = await IMAP4.connect(server.host, server.port)
    await expect(M.starttls()).rejects.toMatchObject({ name: 'IMAP4.abort', message: 'TLS not supported by server' })
    await M.shutdown()
  })

  test('is refused', async () => {
    await using server = await scriptedServer({ capabilities, handlers: { STARTTLS: '$tag NO not now' } })
    const M = await IMAP4.connect(server.host, server.port)
    await expect(M.starttls()).rejects.toMatchObject({ name: 'IMAP4.error', message: "Couldn't establish TLS session" })
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    await M.shutdown()
  })

  test('after login is illegal', async () => {
    await using server = await scriptedServer({ capabilities })
    const M = await IMAP4.connect(server.host, server.port)
    await M.login('u', 'p')
    await expect(M.starttls()).rejects.toThrow('command STARTTLS illegal in state AUTH')
    await M.shutdown()
  })

  test('a certificate that is not to be trusted ends it', async () => {
    await using server = await scriptedServer({ capabilities, certificate: 'wrong-host' })
    const M = await IMAP4.connect('localhost', server.port)
    await expect(M.starttls({ ca: server.ca })).rejects.toMatchObject({ code: 'ETLS' })
    await expect(M.noop()).rejects.toBeInstanceOf(IMAP4.abort)
    await M.shutdown()
  })

  for (const hooked of ['pushed', 'read by call', 'slow to send'])
    test(`bytes in the clear behind the answer are fatal (${hooked})`, async () => {
      await using server = await rawServer((socket) => {
        socket.write('* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n')
        socket.on('data', (chunk: Buffer) => {
          const tag = chunk.toString('latin1').split(' ')[0]
          if (chunk.includes('STARTTLS')) socket.write(`${tag} OK go\r\n* CAPABILITY IMAP4rev1 EVIL\r\n`)
        })
      })
      class Hooked extends IMAP4 {
        override readline(): Promise<Uint8Array> {
          return super.readline()
        }
      }
      class Slow extends IMAP4 {
        override async send(data: Uint8Array): Promise<void> {
          await super.send(data)
          await new Promise((resolve) => setTimeout(resolve, 60))
        }
      }
      const Kind = hooked === 'pushed' ? IMAP4 : hooked === 'slow to send' ? Slow : Hooked
      const M = await Kind.connect(server.host, server.port)
      await expect(M.starttls()).rejects.toMatchObject({ code: 'ESTARTTLSINJECTION' })
      expect(M.capabilities).not.toContain('EVIL')
      await expect(M.noop()).rejects.toThrow()
      await M.shutdown()
    })
})

test('a subclass that is slow to send can switch to TLS and to deflate', async () => {
  await using server = await scriptedServer({
    capabilities,
    handlers: {
      COMPRESS: async ({ send, inflate }) => {
        await send('$tag OK active')
        inflate()
      },
    },
  })
  class Slow extends IMAP4 {
    override async send(data: Uint8Array): Promise<void> {
      await super.send(data)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }
  const M = await Slow.connect('localhost', server.port)
  await M.starttls({ ca: server.ca })
  await M.login('u', 'p')
  expect(texts(await M.compress())).toEqual(['OK', ['active']])
  expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
  expect((await M.logout())[0]).toBe('BYE')
})

describe('compress', () => {
  for (const hooked of [false, true])
    test(`deflates both directions (${hooked ? 'read by call' : 'pushed'})`, async () => {
      await using server = await scriptedServer({
        handlers: {
          COMPRESS: async ({ send, inflate }) => {
            await send('$tag OK active')
            inflate()
          },
        },
      })
      class Hooked extends IMAP4 {
        override readline(): Promise<Uint8Array> {
          return super.readline()
        }
      }
      const M = await (hooked ? Hooked : IMAP4).connect(server.host, server.port)
      await M.login('u', 'p')
      expect(texts(await M.compress())).toEqual(['OK', ['active']])
      for (let i = 0; i < 3; i += 1) expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
      expect((await M.logout())[0]).toBe('BYE')
    })

  test('is refused', async () => {
    await using server = await scriptedServer({ handlers: { COMPRESS: '$tag NO no' } })
    const M = await IMAP4.connect(server.host, server.port)
    await M.login('u', 'p')
    expect(texts(await M.compress())).toEqual(['NO', ['no']])
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    await M.shutdown()
  })
})
