import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Continuation, IMAP4, IMAP4Abort, Response_code, Untagged_response, Untagged_status } from 'imaplib'
import { type RawResponse, ResponseLines, responseCode } from '../../src/imaplib/response-lines.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { texts } from './both-ways.ts'

const raw = (text: string): RawResponse => {
  const bytes = Buffer.from(`${text}\r\n`, 'latin1')
  return { bytes, start: 0, end: bytes.length - 2, externals: null }
}

/** What Python's patterns make of a line; null where none of them fits. */
const byPattern = (line: string): unknown => {
  const tagged = /^(ABCD\d+) ([A-Z]+) (.*)/s.exec(line)
  if (tagged !== null) return ['tagged', tagged[1], tagged[2], tagged[3]]
  const untagged = Untagged_response.exec(line)
  if (untagged !== null) return ['untagged', untagged.groups?.['type'], untagged.groups?.['data'] ?? '']
  const status = Untagged_status.exec(line)?.groups
  if (status !== undefined) {
    const { data = '', type, data2 = '' } = status
    return ['untagged', type, data2 === '' ? data : `${data} ${data2}`]
  }
  const continuation = Continuation.exec(line)
  return continuation === null ? null : ['continuation', continuation.groups?.['data'] ?? null]
}

const byEngine = (line: string): unknown => {
  const lines = new ResponseLines()
  lines.tagPrefix = 'ABCD'
  try {
    lines.read(raw(line))
  } catch (error) {
    if (error instanceof IMAP4Abort) return null
    throw error
  }
  const data = lines.last?.toString('latin1') ?? null
  if (lines.kind === 'tagged') return ['tagged', lines.tag, lines.type, data]
  return lines.kind === 'untagged' ? ['untagged', lines.type, data] : ['continuation', data]
}

describe('a line is taken apart as by the patterns of Python', () => {
  const pieces = [
    '*',
    '+',
    ' ',
    '  ',
    'OK',
    'A',
    '-',
    'ok',
    '5',
    '12',
    'ABCD',
    'ABCD1',
    'FETCH',
    '[X y]',
    '(',
    '{3}',
    '\x00',
    '\xff',
    '"',
  ]
  test('made of its own pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const line = parts.join('')
        expect(byEngine(line)).toEqual(byPattern(line))
      }),
      { numRuns: 3000 },
    )
  })

  test('that is nearly right', () => {
    const starts = fc.constantFrom('* ', '* 5 ', '+ ', '+', 'ABCD7 ', '* OK', '* 7 FETCH', 'ABCD7 OK')
    fc.assert(
      fc.property(starts, fc.stringMatching(/^[A-Za-z0-9 \-[\]]*$/), (start, rest) => {
        expect(byEngine(start + rest)).toEqual(byPattern(start + rest))
      }),
      { numRuns: 2000 },
    )
  })

  test('response codes too', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\[?[A-Z0-9 \-[\]a]*$/), (text) => {
        const found = Response_code.exec(text)?.groups
        const expected = found === undefined ? null : { type: found['type'], data: Buffer.from(found['data'] ?? '') }
        expect(responseCode(Buffer.from(text))).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })
})

/** A server on a memory transport that says all this, then completes the first command. */
const speak = (theirs: Transport, said: Buffer): void => {
  let line = ''
  theirs.start({
    data: (chunk) => {
      line += chunk.toString()
      if (!line.endsWith('\r\n')) return
      theirs.write(Buffer.concat([said, Buffer.from(`${line.split(' ')[0]} OK done\r\n`)]))
      line = ''
    },
    drain: () => {},
    closed: () => {},
  })
  theirs.write(Buffer.from('* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n'))
}

const heard = async (Kind: typeof IMAP4, said: Buffer, segment: number): Promise<unknown> => {
  const [ours, theirs] = memoryPair({ segment })
  class InMemory extends Kind {
    override async open(): Promise<void> {
      this.attach(ours)
    }
  }
  speak(theirs, said)
  const M = await InMemory.connect()
  const result = await M.noop()
  ours.destroy()
  return texts([result, [...M.untagged_responses]])
}

class ByCall extends IMAP4 {
  override readline(): Promise<Uint8Array> {
    return super.readline()
  }
}

test('the same is heard, whether it is pushed or read by call, however it is cut', async () => {
  const literal = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text))
  const response = fc
    .tuple(
      fc.constantFrom('* 1 FETCH (X', '* LIST () "/"', '* OK text', '* SEARCH 1 2'),
      fc.array(literal, { maxLength: 3 }),
      fc.constantFrom(')', '', ' FLAGS ())'),
    )
    .map(([start, literals, end]) =>
      Buffer.concat([
        Buffer.from(start),
        ...literals.flatMap((bytes) => [Buffer.from(` {${bytes.length}}\r\n`), bytes]),
        Buffer.from(`${end}\r\n`),
      ]),
    )
  await fc.assert(
    fc.asyncProperty(
      fc.array(response, { maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      async (responses, segment) => {
        const said = Buffer.concat(responses)
        const whole = await heard(IMAP4, said, 100_000)
        expect(await heard(IMAP4, said, segment)).toEqual(whole)
        expect(await heard(ByCall, said, segment)).toEqual(whole)
      },
    ),
    { numRuns: 60 },
  )
})
