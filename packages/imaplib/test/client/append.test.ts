import { setImmediate as nextTurn } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { AppendOptions, MessageSource } from 'imaplib'
import { opened } from './opened.ts'

const ok = '$tag OK done'
const stored = '$tag OK [APPENDUID 7 42] done'

const sentBy = async (
  message: MessageSource,
  options: AppendOptions = {},
  capabilities: string[] = [],
): Promise<string[]> => {
  await using at = await opened({ capabilities, handlers: { APPEND: stored } })
  expect(await at.client.append('A', message, options)).toEqual({ uidValidity: 7, uid: 42 })
  return at.sent()
}

/** A stream that gives these pieces, and knows what became of it. */
const streamOf = (...pieces: (string | Error)[]) => {
  const stream = Readable.from(
    (function* () {
      for (const piece of pieces) {
        if (piece instanceof Error) throw piece
        yield Buffer.from(piece)
      }
    })(),
  )
  return stream
}

describe('append: what leaves', () => {
  it('text with CRLF, in UTF-8', async () => {
    expect(await sentBy('Subject: ü\n\na\r\nb\rc')).toEqual([
      'APPEND A {21}<Subject: ü\r\n\r\na\r\nb\r\nc>'.replace('{21}', '{22}'),
    ])
    expect(await sentBy('a\nb', { lineEnds: 'as-is' })).toEqual(['APPEND A {3}<a\nb>'])
  })

  it('bytes as they are, unless told otherwise', async () => {
    expect(await sentBy(Buffer.from('a\nb'))).toEqual(['APPEND A {3}<a\nb>'])
    expect(await sentBy(new Uint8Array(Buffer.from('\na\r\nb\r')), { lineEnds: 'crlf' })).toEqual([
      'APPEND A {8}<\r\na\r\nb\r\n>',
    ])
  })

  it('flags and date', async () => {
    const date = new Date('2026-01-02T03:04:05Z')
    expect(await sentBy('x', { flags: ['\\Seen', 'a'], date })).toEqual([
      'APPEND A (\\Seen a) " 2-Jan-2026 03:04:05 +0000" {1}<x>',
    ])
  })

  it('streams, Blobs, and literals without waiting', async () => {
    expect(await sentBy({ size: 6, stream: streamOf('abc', 'def') })).toEqual(['APPEND A {6}<abcdef>'])
    expect(await sentBy({ size: 6, stream: streamOf('abc', 'def') }, {}, ['LITERAL+'])).toEqual([
      'APPEND A {6+}<abcdef>',
    ])
    expect(await sentBy(new Blob(['abc']), {}, ['LITERAL-'])).toEqual(['APPEND A {3+}<abc>'])
    expect(await sentBy({ size: 2, stream: Readable.from(['ü']) })).toEqual(['APPEND A {2}<ü>'])
  })

  it('large buffers in pieces', async () => {
    const large = Buffer.alloc(3_000_000, 'x')
    await using at = await opened({ handlers: { APPEND: ok } })
    expect(await at.client.append('A', large)).toBeNull()
    const [command] = at.server.commands.filter(({ name }) => name === 'APPEND')
    expect(command?.literals[0]?.equals(large)).toBe(true)
  })

  it('NUL only as literal8', async () => {
    await using at = await opened({ capabilities: ['BINARY', 'LITERAL+'], handlers: { APPEND: ok } })
    await at.client.append('A', Buffer.from('a\0b'))
    await at.client.append('A', { size: 3, stream: streamOf('a\0b'), binary: true })
    expect(at.sent()).toEqual(['APPEND A ~{3+}<a\0b>', 'APPEND A ~{3+}<a\0b>'])
    await using plain = await opened({ handlers: { APPEND: ok } })
    await expect(plain.client.append('A', 'a\0b')).rejects.toMatchObject({ code: 'EINVALID' })
    expect(plain.sent()).toEqual([])
  })

  it('the data item of RFC 6855 when it is asked for', async () => {
    await using at = await opened({
      capabilities: ['UTF8=ACCEPT', 'ENABLE', 'LITERAL+'],
      handlers: { APPEND: ok },
      connect: { enable: { utf8: true } },
    })
    await at.client.append('Entwürfe', 'Subject: ü', { utf8DataItem: true })
    expect(at.sent()).toEqual(['APPEND "Entwürfe" UTF8 (~{11+}<Subject: ü>)'])
  })
})

describe('append: what is refused', () => {
  it.each<[unknown, AppendOptions]>([
    ['', {}],
    [Buffer.alloc(0), {}],
    [undefined, {}],
    [{ size: -1, stream: streamOf() }, {}],
    [{ size: 1.5, stream: streamOf() }, {}],
    [{ size: 5 }, {}],
    [{ size: 5, stream: 'abcde' }, {}],
    ['a\ud800', {}],
    ['a', { flags: ['a b'] }],
    ['a', { flags: ['x\r\nA1 LOGOUT'] }],
    ['a', { flags: [undefined as unknown as string] }],
    ['a', { date: new Date(Number.NaN) }],
    ['a', { date: 'yesterday' }],
    ['a', { lineEnds: 'lf' as 'crlf' }],
    [new Blob(['a']), { lineEnds: 'crlf' }],
  ])('%o %o', async (message, options) => {
    await using at = await opened({ handlers: { APPEND: ok } })
    const call = at.client.append('A', message as MessageSource, options)
    await expect(call).rejects.toMatchObject({ code: 'EINVALID' })
    expect(at.sent()).toEqual([])
  })

  it('a message beyond the limit of the server, or of the mailbox', async () => {
    await using at = await opened({ capabilities: ['APPENDLIMIT=10'], handlers: { APPEND: ok } })
    await expect(at.client.append('A', 'x'.repeat(11))).rejects.toMatchObject({
      code: 'EINVALID',
      responseCode: 'TOOBIG',
    })
    expect(at.sent()).toEqual([])
    const limited = { STATUS: ['* STATUS A (APPENDLIMIT 1048576)', ok], APPEND: ok }
    await using other = await opened({ capabilities: ['APPENDLIMIT'], handlers: limited })
    await other.client.append('A', Buffer.alloc(1_048_576, 'x'))
    const stream = streamOf('x')
    await expect(other.client.append('A', { size: 1_048_577, stream })).rejects.toMatchObject({
      responseCode: 'TOOBIG',
    })
    expect(stream.destroyed).toBe(true)
  })

  it.each([
    ['NO [TRYCREATE] no such mailbox', 'NotFound'],
    ['NO [OVERQUOTA] full', 'OverLimit'],
    ['BAD what', 'CommandRefused'],
  ])('%s', async (refusal, name) => {
    await using at = await opened({ handlers: { APPEND: `$tag ${refusal}` } })
    await expect(at.client.append('A', 'x')).rejects.toMatchObject({
      name,
      serverText: refusal.replace(/^.*?[\]D] /, ''),
    })
  })

  it('before a stream was begun leaves the stream ended, and the connection alive', async () => {
    await using at = await opened({
      literal: ({ line }) => (line.includes('APPEND') ? ['$tag NO [TOOBIG] no'] : undefined),
    })
    const stream = streamOf('abc')
    await expect(at.client.append('A', { size: 3, stream })).rejects.toMatchObject({ name: 'OverLimit' })
    expect(stream.destroyed).toBe(true)
    await at.client.noop()
    expect(at.server.connections).toHaveLength(1)
  })
})

describe('append: a stream that goes wrong', () => {
  it.each([
    ['too short', ['abc']],
    ['too long', ['abc', 'defg']],
    ['broken', ['abc', new Error('disk on fire')]],
    ['with a NUL', ['abc', 'd\0f']],
  ])('%s closes the connection, and nothing is padded', async (_how, pieces) => {
    await using at = await opened({ handlers: { APPEND: stored } })
    const call = at.client.append('A', { size: 6, stream: streamOf(...pieces) })
    await expect(call).rejects.toMatchObject({ code: 'EUNKNOWNOUTCOME' })
    await at.server.connections[0]?.closed
    expect(at.server.commands.some(({ name }) => name === 'APPEND')).toBe(false)
  })

  it('and one that is aborted', async () => {
    const stop = new AbortController()
    await using at = await opened({ handlers: { APPEND: stored } })
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from('abc')
        while (!at.server.lines.some((line) => line.includes('APPEND'))) await nextTurn()
        stop.abort()
        await new Promise(() => undefined)
      })(),
    )
    await expect(at.client.append('A', { size: 6, stream }, { signal: stop.signal })).rejects.toMatchObject({
      code: 'ABORT_ERR',
    })
    await at.server.connections[0]?.closed
    expect(at.server.commands.some(({ name }) => name === 'APPEND')).toBe(false)
    expect(stream.destroyed).toBe(true)
  })
})

describe('appendAll', () => {
  it('is one command where the server can', async () => {
    await using at = await opened({
      capabilities: ['MULTIAPPEND', 'LITERAL+'],
      handlers: { APPEND: '$tag OK [APPENDUID 7 42:43,50] done' },
    })
    const messages = [
      { message: 'a', flags: ['\\Seen'] },
      { message: { size: 2, stream: streamOf('b', 'b') } },
      { message: 'c' },
    ]
    expect(await at.client.appendAll('A', messages)).toEqual([42, 43, 50].map((uid) => ({ uidValidity: 7, uid })))
    expect(at.sent()).toEqual(['APPEND A (\\Seen) {1+}<a> {2+}<bb> {1+}<c>'])
  })

  it('and several without', async () => {
    let uid = 0
    await using at = await opened({ handlers: { APPEND: () => `$tag OK [APPENDUID 7 ${(uid += 1)}] done` } })
    const places = await at.client.appendAll(
      'A',
      (async function* () {
        for (let i = 0; i < 120; i += 1) yield { message: `message ${i}` }
      })(),
    )
    expect(places.map((place) => place?.uid)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    expect(at.sent()[119]).toBe('APPEND A {11}<message 119>')
  })

  it('tells what was stored when not all was', async () => {
    const refuse = ({ literals }: { literals: readonly Buffer[] }) =>
      literals[0]?.toString() === 'b' ? '$tag NO [OVERQUOTA] full' : stored
    await using at = await opened({ handlers: { APPEND: refuse } })
    const failure = await at.client
      .appendAll(
        'A',
        ['a', 'b', 'c'].map((message) => ({ message })),
      )
      .catch((e: unknown) => e)
    const place = { uidValidity: 7, uid: 42 }
    expect(failure).toMatchObject({ name: 'PartlyAppended', code: 'NO', appended: [place, undefined, place] })
    await using none = await opened({ handlers: { APPEND: '$tag NO no' } })
    await expect(none.client.appendAll('A', [{ message: 'a' }])).rejects.toMatchObject({ name: 'CommandRefused' })
  })

  it('of nothing sends nothing', async () => {
    await using at = await opened()
    expect(await at.client.appendAll('A', [])).toEqual([])
    expect(at.sent()).toEqual([])
  })
})
