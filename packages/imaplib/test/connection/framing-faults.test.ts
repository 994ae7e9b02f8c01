import { rawServer } from 'imap-test-servers'
import { describe, expect, it } from 'vitest'
import { noop } from '../../src/commands/noop.ts'
import { Session } from '../../src/commands/session.ts'
import { Connection } from '../../src/connection/connection.ts'
import type { ImapError } from '../../src/errors/imap-error.ts'
import type { Response } from '../../src/responses/registry.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import { connectTcp } from '../../src/transport/tcp.ts'
import type { Transport } from '../../src/transport/transport.ts'

/**
 * Part B of the fault matrix: framing and grammar. Each sample is sent whole, split at every byte, and cut off at every
 * byte by an end or a reset. `fatal`: the connection must be closed, with that code. Otherwise it lives, and what the
 * sample is taken for is in `seen`.
 */
interface Fault {
  readonly row: string
  readonly wire: string
  readonly fatal?: string
  /** `TYPE` of each response that comes of it; `unparsed` and `unknown` are such. */
  readonly seen?: readonly string[]
}

const faults: readonly Fault[] = [
  { row: '28: lone LF', wire: '* 1 EXISTS\n* 2 EXISTS\n', seen: ['EXISTS', 'EXISTS'] },
  { row: '28: CR CR LF', wire: '* 1 EXISTS\r\r\n', seen: ['EXISTS'] },
  { row: '28: LF CR', wire: '* 1 EXISTS\n\r* 2 EXISTS\r\n', fatal: 'EPROTOCOL' },
  { row: '28: lone CR', wire: '* OK a\rb\r\n', seen: ['OK'] },
  { row: '29: NUL in an atom', wire: '* 1 EX\0ISTS\r\n', fatal: 'EPROTOCOL' },
  { row: '29: NUL in a quoted string', wire: '* LIST () "/" "a\0b"\r\n', fatal: 'EPROTOCOL' },
  { row: '29: NUL in text', wire: '* OK a\0b\r\n', fatal: 'EPROTOCOL' },
  { row: '29: NUL in a tag', wire: 'A\x001 OK\r\n', fatal: 'EPROTOCOL' },
  { row: '29: NUL in a literal is kept', wire: '* 1 FETCH (BODY[] {3}\r\na\0b)\r\n', seen: ['FETCH'] },
  { row: '30: 8 bits in text', wire: '* OK caf\xe9\r\n', seen: ['OK'] },
  { row: '30: 8 bits in a mailbox', wire: '* LIST () "/" "caf\xe9"\r\n', seen: ['LIST'] },
  {
    row: '30: 8 bits in an envelope',
    wire: '* 1 FETCH (ENVELOPE (NIL "caf\xe9" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n',
    seen: ['FETCH'],
  },
  {
    row: '31: overlong UTF-8, surrogates, BOM',
    wire: '* LIST () "/" "\xc0\xaf\xed\xa0\x80\xef\xbb\xbf"\r\n',
    seen: ['LIST'],
  },
  { row: '32: {00005}', wire: '* LIST () "/" {00005}\r\nhello\r\n', seen: ['LIST'] },
  { row: '32: {0}', wire: '* LIST () "/" {0}\r\n\r\n', seen: ['LIST'] },
  { row: '32: ~{5}', wire: '* 1 FETCH (BINARY[1] ~{5}\r\nh\0llo)\r\n', seen: ['FETCH'] },
  { row: '32: {5+}', wire: '* LIST () "/" {5+}\r\nhello\r\n', seen: ['LIST'] },
  { row: '32: {}', wire: '* LIST () "/" {}\r\n', seen: ['LIST'] },
  { row: '32: {-1}', wire: '* LIST () "/" {-1}\r\n', fatal: 'EPROTOCOL' },
  { row: '32: {4294967295}', wire: '* LIST () "/" {4294967295}\r\n', fatal: 'ELIMIT' },
  { row: '32: {4294967296}', wire: '* LIST () "/" {4294967296}\r\n', fatal: 'ELIMIT' },
  { row: '32: {99999999999999999999}', wire: '* LIST () "/" {99999999999999999999}\r\n', fatal: 'EPROTOCOL' },
  { row: '32: {5} without CRLF', wire: '* LIST () "/" {5}hello\r\n', seen: ['LIST'] },
  // The line ends in what is a literal's header wherever it stands; the quotes then hold a line end, and so does the name.
  { row: '33: a literal inside quotes', wire: '* LIST () "/" "a{5}\r\nhello"\r\n', seen: ['LIST'] },
  { row: '33: an unterminated quote', wire: '* LIST () "/" "abc\r\n', seen: ['unparsed'] },
  { row: '33: a bad escape', wire: '* LIST () "/" "a\\xb"\r\n', seen: ['LIST'] },
  { row: '34: a literal for a STATUS name', wire: '* STATUS {3}\r\nbox (MESSAGES 1)\r\n', seen: ['STATUS'] },
  { row: '34: a literal for a number', wire: '* STATUS box (MESSAGES {1}\r\n1)\r\n', seen: ['unparsed'] },
  {
    row: '35: a literal that looks like responses',
    wire: '* 1 FETCH (BODY[] {26}\r\nZZ1 OK\r\n* BYE\r\n{9}\r\n+ go\r\n)\r\n',
    seen: ['FETCH'],
  },
  {
    row: '36: one over the limit, likewise',
    wire: '* 1 FETCH (BODY[] {999999999}\r\nZZ1 OK\r\n* BYE\r\n',
    fatal: 'ELIMIT',
  },
  { row: '37: a missing parenthesis', wire: '* 1 FETCH (UID 1\r\n', seen: ['FETCH'] },
  { row: '37: one too many', wire: '* 1 FETCH (UID 1))\r\n', seen: ['FETCH'] },
  {
    row: '37: double spaces, trailing space, tab',
    wire: '* 1  FETCH  (UID  1 FLAGS (\\Seen  x) )  \r\n',
    seen: ['FETCH'],
  },
  { row: '37: an unbalanced bracket in a code', wire: '* OK [UIDNEXT 5 text\r\n', seen: ['OK'] },
  { row: '37: an unknown code', wire: '* OK [XYZZY (a "b]" c)] text\r\n', seen: ['OK'] },
  { row: '38: an unknown response', wire: '* XFOO (a (b {3}\r\nabc) "c")\r\n', seen: ['unknown'] },
  { row: '38: an unknown FETCH item', wire: '* 1 FETCH (XFOO (a ("b" {3}\r\nabc)) UID 7)\r\n', seen: ['FETCH'] },
  { row: '38: an unknown STATUS item', wire: '* STATUS box (XFOO (1 2) MESSAGES 3)\r\n', seen: ['STATUS'] },
  { row: '39: 2^32', wire: '* 4294967296 EXISTS\r\n', seen: ['unparsed'] },
  { row: '39: a million digits', wire: `* ${'9'.repeat(100_000)} EXISTS\r\n`, seen: ['unparsed'] },
  { row: '39: 1e5', wire: '* 1e5 EXISTS\r\n', seen: ['unparsed'] },
  { row: '40: UID 0 and number 0', wire: '* 0 FETCH (UID 0)\r\n', seen: ['FETCH'] },
  {
    row: '41: sets',
    wire: '* VANISHED 1,,2\r\n* VANISHED :\r\n* VANISHED 1:2:3\r\n* VANISHED 5:1\r\n',
    seen: ['unparsed', 'unparsed', 'unparsed', 'VANISHED'],
  },
  {
    row: '42: deep nesting',
    wire: `* 1 FETCH (UID 5 BODYSTRUCTURE ${'('.repeat(3000)}${')'.repeat(3000)})\r\n`,
    seen: ['FETCH'],
  },
  { row: '43: an envelope of the wrong length', wire: '* 1 FETCH (UID 5 ENVELOPE (NIL))\r\n', seen: ['FETCH'] },
  { row: '44: a body that begins with a blank line', wire: '* 1 FETCH (BODY[] {4}\r\n\r\n\r\n)\r\n', seen: ['FETCH'] },
  {
    row: '45: names',
    wire: '* LIST () NIL &-&-\r\n* LIST () "\\\\" "&2D0-"\r\n* LIST () "//" ""\r\n',
    seen: ['LIST', 'LIST', 'LIST'],
  },
]

interface Outcome {
  readonly seen: string[]
  readonly code: string | null
  readonly closings: number
  readonly pending: string
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

const converse = (
  transport: Transport,
  seen: string[],
): { session: Session; ended: { code: string | null; times: number } } => {
  const ended: { code: string | null; times: number } = { code: null, times: 0 }
  const session = new Session((self) => new Connection(transport, self))
  session.listen({
    unclaimed: (response: Response) => void seen.push(response.type),
    closed: (error) => {
      ended.code = error?.code ?? null
      ended.times += 1
    },
  })
  return { session, ended }
}

/** Sends the greeting, then the sample, then what `finish` says; tells what came of it. */
const play = async (wire: string, segment: number | undefined, finish: 'live' | 'end' | 'reset'): Promise<Outcome> => {
  const seen: string[] = []
  const [client, server] = memoryPair(segment === undefined ? {} : { segment })
  server.start({ data: () => undefined, drain: () => undefined, closed: () => undefined })
  const { session, ended } = converse(client, seen)
  server.write(Buffer.from('* PREAUTH [CAPABILITY IMAP4rev1] in\r\n'))
  await session.connection.greeting
  session.markAuthenticated()
  let pending = 'waiting'
  session.run(noop, []).then(
    () => (pending = 'OK'),
    (error: ImapError) => (pending = error.code),
  )
  await turns(2)
  server.write(Buffer.from(wire, 'latin1'))
  await turns(segment === undefined ? 4 : Math.ceil(wire.length / segment) + 8)
  if (finish === 'end') server.end()
  if (finish === 'reset') server.destroy(new Error('reset'))
  await turns(4)
  const outcome = { seen: [...seen], code: ended.code, closings: ended.times, pending }
  if (ended.times === 0) session.connection.destroy()
  await turns(2)
  return { ...outcome, closings: ended.times }
}

describe.each(faults)('$row', ({ wire, fatal, seen }) => {
  it('whole, and split at every byte: the same', async () => {
    for (const segment of wire.length > 5000 ? [undefined, 997] : [undefined, 1, 2, 3]) {
      const outcome = await play(wire, segment, 'live')
      expect(outcome.closings).toBe(1)
      if (fatal === undefined) expect([outcome.code, outcome.seen]).toEqual([null, seen])
      else expect([outcome.code, outcome.pending]).toEqual([fatal, fatal])
    }
  })

  it('cut off at every byte by an end or a reset: every promise settles once, nothing crashes', async () => {
    const step = Math.max(1, Math.floor(wire.length / 40))
    for (let cut = 0; cut < wire.length; cut += step)
      for (const finish of ['end', 'reset'] as const) {
        const outcome = await play(wire.slice(0, cut), undefined, finish)
        expect(outcome.closings).toBe(1)
        expect(outcome.pending).toMatch(/^E(EOF|PROTOCOL|LIMIT)$/)
        // What is cut off is never taken for what it would have become.
        if (fatal === undefined && cut < wire.length - 1)
          expect(outcome.seen.length).toBeLessThanOrEqual(seen?.length ?? 0)
      }
  })
})

describe('over a real socket', () => {
  it.each(faults.filter(({ fatal }) => fatal !== undefined))('$row ends with $fatal', async ({ wire, fatal }) => {
    await using server = await rawServer((socket) => {
      socket.write('* PREAUTH [CAPABILITY IMAP4rev1] in\r\n')
      socket.once('data', () => socket.write(Buffer.from(wire, 'latin1')))
    })
    const seen: string[] = []
    const { session, ended } = converse(await connectTcp({ host: server.host, port: server.port }), seen)
    await session.connection.greeting
    session.markAuthenticated()
    await expect(session.run(noop, [])).rejects.toMatchObject({ code: fatal })
    expect(ended).toEqual({ code: fatal, times: 1 })
    // Nothing of the broken response, whatever stood before it.
    expect(seen.filter((type) => type !== 'EXISTS')).toEqual([])
  })
})
