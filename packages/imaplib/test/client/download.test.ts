import { pipeline } from 'node:stream/promises'
import { Writable } from 'node:stream'
import type { CommandContext } from 'imap-test-servers'
import { describe, expect, it } from 'vitest'
import { opened, type OpenedOptions } from './opened.ts'

const ok = '$tag OK done'
const structure =
  '(("text" "plain" ("charset" "utf-8" "format" "flowed" "delsp" "yes") NIL NIL "quoted-printable" 31 2)' +
  '("application" "octet-stream" NIL NIL NIL "base64" 8)("text" "plain" NIL NIL NIL "7bit" 0 0) "mixed")'

/** Answers questions for the structure, and for sections from a table. */
const parts =
  (sections: Readonly<Record<string, string | null>>, head = 'UID 5 ') =>
  ({ args }: { args: string }): string[] => {
    if (args.includes('BODYSTRUCTURE')) return [`* 3 FETCH (UID 5 BODYSTRUCTURE ${structure})`, ok]
    const wanted = /\(UID (.*)\)/.exec(args)?.[1] ?? ''
    const content = sections[wanted]
    if (content === undefined) return [ok]
    const name = wanted.replace('.PEEK', '').replace(/\.\d+>/, '>')
    const value = content === null ? 'NIL' : `{${Buffer.byteLength(content)}}\r\n${content}`
    return [`* 3 FETCH (${head}${name} ${value})`, ok]
  }

const at5 = (sections: Readonly<Record<string, string | null>>, options: OpenedOptions = {}) =>
  opened({ handlers: { 'UID FETCH': parts(sections) }, ...options })

describe('download', () => {
  it('decodes what the structure tells of, in one round trip', async () => {
    await using at = await at5({ 'BODY.PEEK[1]': 'gr=C3=BC=C3=9Fe,=20\r\nAlice\r\n', 'BODY.PEEK[2]': 'AAEC/w==' })
    expect(at.sent()).toEqual([])
    expect(await at.inbox.download(5, '1').text()).toBe('grüße, \r\nAlice\r\n')
    expect(at.sent()).toEqual(['UID FETCH 5 (BODYSTRUCTURE)', 'UID FETCH 5 (UID BODY.PEEK[1])'])
    expect(await at.inbox.download(5, '1').text({ flowed: true })).toBe('grüße,Alice\r\n')
    expect(await at.inbox.download(5, '2').bytes()).toEqual(Buffer.from([0, 1, 2, 255]))
    expect(await at.inbox.download(5, '2', { decode: false }).bytes()).toEqual(Buffer.from('AAEC/w=='))
  })

  it('needs no structure for a part that comes from one', async () => {
    await using at = await at5({ 'BODY.PEEK[2]': 'AAEC/w==' })
    const message = await at.inbox.fetchOne(5, { bodyStructure: true })
    const part = message?.bodyStructure.parts[1]
    expect(part).toBeDefined()
    if (part !== undefined) expect((await at.inbox.download(5, part).bytes()).length).toBe(4)
    expect(at.sent().slice(1)).toEqual(['UID FETCH 5 (UID BODY.PEEK[2])'])
  })

  it('tells of a part without reading it', async () => {
    await using at = await at5({})
    expect((await at.inbox.download(5, '2').part())?.mediaType).toBe('application/octet-stream')
    expect(at.sent()).toEqual(['UID FETCH 5 (BODYSTRUCTURE)'])
    expect(await at.inbox.source(5).part()).toBeNull()
  })

  it('gives whole messages and named sections as they are', async () => {
    await using at = await at5({ 'BODY.PEEK[]': 'a=3D\r\n', 'BODY.PEEK[2.MIME]': 'X: y\r\n\r\n' })
    expect((await at.inbox.source(5).bytes()).toString()).toBe('a=3D\r\n')
    expect(await at.inbox.download(5, '2.mime').text()).toBe('X: y\r\n\r\n')
    expect(at.sent()).toEqual(['UID FETCH 5 (UID BODY.PEEK[])', 'UID FETCH 5 (UID BODY.PEEK[2.MIME])'])
  })

  it('lets the server decode', async () => {
    await using at = await at5({ 'BINARY.PEEK[2]': 'abc=' }, { capabilities: ['BINARY'] })
    expect((await at.inbox.download(5, '2', { binary: true }).bytes()).toString()).toBe('abc=')
    await using plain = await at5({})
    await expect(plain.inbox.download(5, '2', { binary: true }).bytes()).rejects.toMatchObject({ code: 'ECAPABILITY' })
  })

  it('takes a range, also from a server that ignores it', async () => {
    const range = { start: 2, length: 3 }
    await using at = await at5({ 'BODY.PEEK[2]<2.3>': 'cde' })
    expect((await at.inbox.download(5, '2', { range }).bytes()).toString()).toBe('cde')
    expect(at.sent()).toEqual(['UID FETCH 5 (UID BODY.PEEK[2]<2.3>)'])
    for (const content of ['abcdefg', `abcdefg${'x'.repeat(10_000)}`]) {
      const whole = [`* 3 FETCH (UID 5 BODY[2] {${content.length}}\r\n${content})`, ok]
      await using deaf = await opened({ handlers: { 'UID FETCH': whole } })
      expect((await deaf.inbox.download(5, '2', { range }).bytes()).toString()).toBe('cde')
    }
    await using odd = await opened({ handlers: { 'UID FETCH': ['* 3 FETCH (UID 5 BODY[2]<7> "xyz")', ok] } })
    await expect(odd.inbox.download(5, '2', { range }).bytes()).rejects.toMatchObject({ code: 'EUNPARSED' })
  })

  it('is read once, as a stream of Node or piece by piece', async () => {
    const long = 'x'.repeat(300_000)
    await using at = await at5({ 'BODY.PEEK[]': long })
    let size = 0
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        size += chunk.length
        setImmediate(done)
      },
    })
    const download = at.inbox.source(5)
    await pipeline(download.stream(), sink)
    expect(size).toBe(300_000)
    await expect(download.bytes()).rejects.toMatchObject({ code: 'ESTATE' })
  })

  it('tells a missing message, a missing part, and a part left empty apart from an empty one', async () => {
    await using at = await at5({ 'BODY.PEEK[2]': '', 'BODY.PEEK[3]': '', 'BODY.PEEK[9]': '', 'BODY.PEEK[TEXT]': null })
    await expect(at.inbox.download(5, '9').bytes()).rejects.toMatchObject({ code: 'EMISSING' })
    await expect(at.inbox.download(5, 'TEXT').bytes()).rejects.toMatchObject({ code: 'EMISSING' })
    await expect(at.inbox.source(6).bytes()).rejects.toMatchObject({ code: 'EMISSING' })
    await expect(at.inbox.download(5, '2').bytes()).rejects.toMatchObject({ code: 'EUNPARSED' })
    expect((await at.inbox.download(5, '3').bytes()).length).toBe(0)
  })

  it('can insist on the size', async () => {
    await using at = await at5({ 'BODY.PEEK[2]': 'AAEC' })
    expect((await at.inbox.download(5, '2').bytes()).length).toBe(3)
    await expect(at.inbox.download(5, '2', { exactSize: true }).bytes()).rejects.toMatchObject({ code: 'EUNPARSED' })
  })

  it('gathers no more than it may', async () => {
    await using at = await at5({ 'BODY.PEEK[]': 'x'.repeat(10_000) })
    await expect(at.inbox.source(5).bytes({ limit: 9999 })).rejects.toMatchObject({ code: 'ELIMIT' })
    await expect(at.inbox.source(5).text({ limit: 9999 })).rejects.toMatchObject({ code: 'ELIMIT' })
    expect((await at.inbox.source(5).bytes({ limit: 10_000 })).length).toBe(10_000)
  })

  it.each(['NO [UNKNOWN-CTE] cannot', 'BAD what'])('%s', async (refusal) => {
    await using at = await opened({ handlers: { 'UID FETCH': `$tag ${refusal}` } })
    await expect(at.inbox.source(5).bytes()).rejects.toMatchObject({ code: refusal.split(' ')[0] })
  })

  it('ends with the error when the connection breaks in the middle', async () => {
    const handlers = {
      'UID FETCH': async ({ sendRaw, end }: CommandContext) => {
        await sendRaw(`* 3 FETCH (UID 5 BODY[] {100000}\r\n${'x'.repeat(50_000)}`)
        end()
      },
    }
    await using at = await opened({ handlers })
    let size = 0
    const reading = (async () => {
      for await (const chunk of at.inbox.source(5)) size += chunk.length
    })()
    await expect(reading).rejects.toMatchObject({ code: 'EEOF' })
    expect(size).toBe(50_000)
  })

  it.each<[unknown, unknown]>([
    [0, '1'],
    [-1, '1'],
    [1.5, '1'],
    ['5', '1'],
    [undefined, '1'],
    [5, ''],
    [5, undefined],
    [5, 'x'],
    [5, '1]'],
    [5, '1\r\nA1 LOGOUT'],
    [5, '1 {3}'],
    [5, '0'],
    [5, 'HEADER.FIELDS (X)'],
  ])('refuses %o %o', async (uid, part) => {
    await using at = await opened()
    expect(() => at.inbox.download(uid as number, part as string)).toThrow(
      expect.objectContaining({ code: 'EINVALID' }),
    )
    expect(() => at.inbox.source(5, { range: { length: 0 } })).toThrow(expect.objectContaining({ code: 'EINVALID' }))
    expect(at.sent()).toEqual([])
  })
})

describe('rows of others', () => {
  it.each([100, 10_000])('are told apart, with %i octets', async (size) => {
    const other = `* 1 FETCH (UID 4 BODY[] {${size}}\r\n${'o'.repeat(size)})`
    const own = `* 3 FETCH (UID 5 FLAGS (\\Seen) BODY[] {${size}}\r\n${'x'.repeat(size)})`
    await using at = await opened({ handlers: { 'UID FETCH': [other, '* 3 FETCH (UID 5 FLAGS ())', own, own, ok] } })
    expect((await at.inbox.source(5).bytes()).toString()).toBe('x'.repeat(size))
  })

  it.each([100, 10_000])('with the UID behind %i octets', async (size) => {
    const row = (uid: number) => `* 3 FETCH (BODY[] {${size}}\r\n${'x'.repeat(size)} UID ${uid})`
    await using at = await opened({ handlers: { 'UID FETCH': [row(5), ok] } })
    expect((await at.inbox.source(5).bytes()).length).toBe(size)
    await using wrong = await opened({ handlers: { 'UID FETCH': [row(6), ok] } })
    await expect(wrong.inbox.source(5).bytes()).rejects.toMatchObject({
      code: size === 100 ? 'EMISSING' : 'EUNPARSED',
    })
  })

  it.each([100, 10_000])('without sequence numbers, with %i octets', async (size) => {
    const row = (uid: number) => `* ${uid} UIDFETCH (BODY[] {${size}}\r\n${'x'.repeat(size)})`
    await using at = await opened({ handlers: { 'UID FETCH': [row(6), row(5), ok] } })
    expect((await at.inbox.source(5).bytes()).length).toBe(size)
  })

  it('a fetch and a download of the same message both get its octets', async () => {
    const size = 10_000
    const handlers = {
      'UID FETCH': [`* 3 FETCH (UID 5 BODY[] {${size}}\r\n${'x'.repeat(size)})`, ok],
    }
    await using at = await opened({ handlers })
    const [fetched, downloaded] = await Promise.all([
      at.inbox.fetchAll('5', { source: true }),
      at.inbox.source(5).bytes(),
    ])
    expect([fetched[0]?.source.length, downloaded.length]).toEqual([size, size])
  })
})

/** Sends a literal of so many octets, as fast as they are taken, and counts those that were. */
const endless = (size: number) => {
  const sent = { octets: 0 }
  const handler = async ({ sendRaw, args, send }: CommandContext) => {
    if (!args.includes('BODY.PEEK[]')) {
      await send('* 3 FETCH (UID 5 FLAGS ())', ok)
      return
    }
    await sendRaw(`* 3 FETCH (UID 5 BODY[] {${size}}\r\n`)
    const piece = Buffer.alloc(64 * 1024, 'x')
    while (sent.octets < size) {
      const part = piece.subarray(0, Math.min(piece.length, size - sent.octets))
      await sendRaw(part)
      sent.octets += part.length
    }
    await send(')', ok)
  }
  return { sent, handler }
}

describe('a long download', () => {
  const size = 32 * 1024 * 1024

  it('makes the server wait for its reader, and lets other commands by', async () => {
    const { sent, handler } = endless(size)
    await using at = await opened({ handlers: { 'UID FETCH': handler } })
    const reader = at.inbox.source(5)[Symbol.asyncIterator]()
    let received = (await reader.next()).value?.length ?? 0
    // The kernel's buffers and ours fill up; then nothing moves.
    for (let before = -1; before !== sent.octets; ) {
      before = sent.octets
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(sent.octets).toBeLessThan(size)
    const flags = await at.inbox.fetchOne(5, { flags: true })
    expect(flags?.uid).toBe(5)
    expect(sent.octets).toBe(size)
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) received += next.value.length
    expect(received).toBe(size)
  })

  it('gives up rather than hold more than it may while another command waits', async () => {
    const { handler } = endless(size)
    await using at = await opened({
      handlers: { 'UID FETCH': handler },
      connect: { maxBacklog: 4 * 1024 * 1024, maxConnections: 1 },
    })
    const reader = at.inbox.source(5)[Symbol.asyncIterator]()
    await reader.next()
    const flags = at.inbox.fetchOne(5, { flags: true })
    const rest = (async () => {
      for (let next = await reader.next(); next.done !== true; next = await reader.next()) await flags
    })()
    await expect(rest).rejects.toMatchObject({ code: 'EBACKLOG' })
    expect((await flags)?.uid).toBe(5)
  })

  it('that is left lets the connection go on when little is left, and drops it when much is', async () => {
    for (const [octets, connections] of [
      [2 * 1024 * 1024, 1],
      [size, 2],
    ] as const) {
      const { handler } = endless(octets)
      await using at = await opened({ handlers: { 'UID FETCH': handler }, connect: { reconnect: { delay: 1 } } })
      for await (const chunk of at.inbox.source(5)) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      if (connections === 2) await at.server.connections[0]?.closed
      expect((await at.inbox.fetchOne(5, { flags: true }))?.uid).toBe(5)
      expect(at.server.connections).toHaveLength(connections)
    }
  })

  it('ends at once when it is aborted', async () => {
    const { handler } = endless(size)
    const stop = new AbortController()
    await using at = await opened({ handlers: { 'UID FETCH': handler } })
    const reading = (async () => {
      for await (const chunk of at.inbox.source(5, { signal: stop.signal })) if (chunk.length > 0) stop.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'ABORT_ERR' })
    await expect(at.inbox.source(5, { signal: stop.signal }).bytes()).rejects.toMatchObject({ code: 'ABORT_ERR' })
  })
})
