import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { dial, dialTls } from './socket-client.ts'
import { scriptedServer } from '../src/scripted-server.ts'

describe('a scripted server', () => {
  it('does the everyday commands without being told', async () => {
    await using server = await scriptedServer()
    using client = await dial(server)
    expect(await client.readLine()).toBe('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS] ready')
    expect(await client.command('a CAPABILITY')).toEqual([
      '* CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS',
      'a OK CAPABILITY completed',
    ])
    expect(await client.command('b LOGIN joe secret')).toEqual(['b OK LOGIN completed'])
    expect(await client.command('c NOOP')).toEqual(['c OK NOOP completed'])
    const selected = await client.command('d SELECT INBOX')
    expect(selected).toContain('* 0 EXISTS')
    expect(selected.at(-1)).toBe('d OK [READ-WRITE] selected')
    expect((await client.command('e EXAMINE INBOX')).at(-1)).toBe('e OK [READ-ONLY] selected')
    expect(await client.command('f IDLE')).toEqual(['+ idling'])
    client.write('done\r\n')
    expect(await client.readLine()).toBe('f OK IDLE terminated')
    expect(await client.command('g XYZZY 1')).toEqual(['g BAD unknown command XYZZY'])
    expect(await client.command('h LOGOUT')).toEqual(['* BYE logging out', 'h OK LOGOUT completed'])
    expect(await client.readLine()).toBeUndefined()
    expect(server.lines.slice(0, 3)).toEqual(['a CAPABILITY', 'b LOGIN joe secret', 'c NOOP'])
    expect(server.lines).toContain('done')
  })

  it('takes AUTHENTICATE with an initial response, without one, and cancelled', async () => {
    await using server = await scriptedServer()
    using client = await dial(server)
    await client.readLine()
    expect(await client.command('a AUTHENTICATE PLAIN AGEAYg==')).toEqual(['a OK authenticated'])
    expect(await client.command('b AUTHENTICATE PLAIN')).toEqual(['+ '])
    client.write('AGEAYg==\r\n')
    expect(await client.readLine()).toBe('b OK authenticated')
    await client.command('c AUTHENTICATE PLAIN')
    client.write('*\r\n')
    expect(await client.readLine()).toBe('c BAD given up')
  })

  it('answers with what its script says: a line, pieces, a function, a generator', async () => {
    await using server = await scriptedServer({
      greeting: '* PREAUTH [CAPABILITY $capabilities] welcome',
      capabilities: ['IMAP4rev1', 'X-TEST'],
      handlers: {
        NOOP: '$tag OK mine',
        SEARCH: ['* SEARCH 1 2', Buffer.from('* SEARCH'), Buffer.from(' 3\r\n'), '$tag OK done'],
        'UID FETCH': ({ args }) => [`* 1 FETCH (${args})`, '$tag OK uid fetch'],
        UID: ({ name }) => `$tag OK ${name}`,
        FETCH: async function* ({ readExactly, sleep }) {
          yield '+ five, please'
          const five = await readExactly(5)
          await sleep(1)
          yield `$tag OK ${five.toString()}`
        },
        '*': ({ name }) => `$tag NO not ${name}`,
      },
    })
    using client = await dial(server)
    expect(await client.readLine()).toBe('* PREAUTH [CAPABILITY IMAP4rev1 X-TEST] welcome')
    expect(await client.command('a NOOP')).toEqual(['a OK mine'])
    expect(await client.command('b SEARCH ALL')).toEqual(['* SEARCH 1 2', '* SEARCH 3', 'b OK done'])
    expect(await client.command('c uid fetch 1 FLAGS')).toEqual(['* 1 FETCH (1 FLAGS)', 'c OK uid fetch'])
    expect(await client.command('d UID STORE 1 FLAGS ()')).toEqual(['d OK UID STORE'])
    expect(await client.command('e FETCH 1 X')).toEqual(['+ five, please'])
    client.write('12345')
    expect(await client.readLine()).toBe('e OK 12345')
    expect(await client.command('f CHECK')).toEqual(['f NO not CHECK'])
  })

  it('reads literals of both kinds, and keeps their bytes', async () => {
    await using server = await scriptedServer({ handlers: { APPEND: '$tag OK appended' } })
    using client = await dial(server)
    await client.readLine()
    expect(await client.command('a APPEND {5}')).toEqual(['+ go'])
    client.write('IN')
    client.write('BOX ~{3+}\r\n')
    client.write(Buffer.from([0, 1, 13, 13, 10]))
    expect(await client.readLine()).toBe('a OK appended')
    const append = await server.received('APPEND')
    expect(append.line).toBe('a APPEND {5} ~{3+}')
    expect(append.args).toBe('{5} ~{3+}')
    expect(append.literals).toEqual([Buffer.from('INBOX'), Buffer.from([0, 1, 13])])
    expect(server.lines).toEqual(['a APPEND {5}', ' ~{3+}', ''])
  })

  it('refuses a literal where told to', async () => {
    await using server = await scriptedServer({
      literal: ({ size }) => (size > 10 ? ['$tag NO [TOOBIG] no'] : undefined),
      handlers: { APPEND: '$tag OK appended' },
    })
    using client = await dial(server)
    await client.readLine()
    expect(await client.command('a APPEND x {11}')).toEqual(['a NO [TOOBIG] no'])
    expect(await client.command('b APPEND x {11+}')).toEqual(['b NO [TOOBIG] no'])
    client.write('12345678901\r\n')
    expect(await client.command('c NOOP')).toEqual(['c OK NOOP completed'])
    expect(server.commands.map((command) => command.name)).toEqual(['NOOP'])
  })

  it('upgrades to TLS, and speaks it from the start', async () => {
    await using server = await scriptedServer()
    using client = await dial(server)
    await client.readLine()
    expect(await client.command('a STARTTLS')).toEqual(['a OK begin TLS'])
    using secure = await client.upgrade(server.ca)
    expect(await secure.command('b CAPABILITY')).toContain('* CAPABILITY IMAP4rev1 AUTH=PLAIN')
    expect(server.connections[0]?.secure).toBe(true)

    await using tls = await scriptedServer({ tls: true })
    using other = await dialTls(tls)
    expect(await other.readLine()).toBe('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready')
    expect(await other.command('a NOOP')).toEqual(['a OK NOOP completed'])
  })

  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('shows a certificate that is %s', async (tls, code) => {
    await using server = await scriptedServer({ tls })
    await expect(dialTls(server)).rejects.toMatchObject({ code })
  })

  it('compresses', async () => {
    await using server = await scriptedServer({
      handlers: {
        COMPRESS: async ({ send, inflate }) => {
          await send('$tag OK deflate active')
          inflate()
        },
      },
    })
    using client = await dial(server)
    await client.readLine()
    expect(await client.command('a COMPRESS DEFLATE')).toEqual(['a OK deflate active'])
    client.socket.removeAllListeners('data')
    const inflater = client.socket.pipe(createInflateRaw())
    const deflater = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })
    deflater.pipe(client.socket)
    deflater.write('b NOOP\r\n')
    const answer = await new Promise<Buffer>((resolve) => inflater.once('data', resolve))
    expect(answer.toString()).toBe('b OK NOOP completed\r\n')
  })

  it('cuts what it sends', async () => {
    await using server = await scriptedServer({ splitEvery: 3, greeting: '* OK 123456' })
    using client = await dial(server)
    const chunks: number[] = []
    client.socket.on('data', (chunk: Buffer) => chunks.push(chunk.length))
    expect(await client.readLine()).toBe('* OK 123456')
    expect(chunks.length).toBeGreaterThan(0)
    expect(chunks.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(13)
  })

  it('resets, and survives a client that leaves in the middle of a command', async () => {
    await using server = await scriptedServer({ handlers: { NOOP: ({ reset }) => reset() } })
    using first = await dial(server)
    await first.readLine()
    await expect(first.command('a NOOP')).rejects.toMatchObject({ code: 'ECONNRESET' })

    const second = await dial(server)
    await second.readLine()
    second.write('a APPEND x {10}\r\n12')
    second.socket.destroy()
    await (await server.connected(2)).closed
  })

  it('tells at the end what a handler threw', async () => {
    const server = await scriptedServer({
      handlers: {
        NOOP: () => {
          throw new RangeError('as planned')
        },
      },
    })
    using client = await dial(server)
    await client.readLine()
    await expect(client.command('a NOOP')).rejects.toThrow()
    await expect(server.stop()).rejects.toThrow('as planned')
  })

  it('rejects a wait for what never came', async () => {
    const server = await scriptedServer()
    const wait = server.received('SELECT')
    const refused = expect(wait).rejects.toThrow('stopped')
    await server.stop()
    await refused
  })
})
