import { describe, expect, it } from 'vitest'
import { ParseContext, parseUntagged } from '../../src/responses/index.ts'
import { parseStatusLine } from '../../src/connection/status-line.ts'
import { Framer } from '../../src/wire/framer.ts'
import { growth } from './growth.ts'

const FACTOR = 10
/** Between 10, which is linear, and 100, which is quadratic. */
const MOST = 35

/** Frames and parses, nothing put off; headers are decoded. Returns how many responses there were. */
const read = (wire: Buffer, chunk = 65_536): number => {
  const context = new ParseContext({ lazy: false })
  let responses = 0
  const framer = new Framer({
    frame(frame) {
      responses += 1
      const response = parseUntagged(frame, context)
      if (response.type !== 'FETCH') return
      void response.envelope?.subject
      for (const part of response.bodyStructure?.walk() ?? []) void part.parameters.size
    },
  })
  for (let at = 0; at < wire.length; at += chunk) framer.push(wire.subarray(at, at + chunk))
  return responses
}

const envelope = (subject: string, to: string): string =>
  `("Mon, 1 Jan 2024 00:09:15 +0000" ${subject} ${'((NIL NIL "a" "example.org")) '.repeat(3)}${to} NIL NIL NIL "<1@a>")`
const row = (items: string): string => `* 1 FETCH (UID 1 ${items})\r\n`
const text = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 10 1)'
const usual = row(
  `FLAGS (\\Seen) RFC822.SIZE 100 ENVELOPE ${envelope('"=?utf-8?Q?caf=C3=A9?="', 'NIL')} BODYSTRUCTURE (${text}${text} "mixed")`,
)

/** A response, or several, of a size to be chosen, which takes a few hundred microseconds at least to read. */
const cases: [what: string, size: number, make: (n: number) => string, chunk?: number][] = [
  ['rows in chunks as they come from a socket', 500, (n) => usual.repeat(n)],
  ['rows in chunks of 1 byte', 60, (n) => usual.repeat(n), 1],
  ['rows in chunks of 1000 bytes', 500, (n) => usual.repeat(n), 1000],
  ['literals in one row', 1500, (n) => row(Array.from({ length: n }, (_, i) => `BODY[${i}] {3}\r\nabc`).join(' '))],
  ['large literals in one row', 200, (n) => row(`BODY[1] {5000}\r\n${'x'.repeat(5000)} `.repeat(n).trimEnd())],
  [
    'addresses in one envelope',
    2000,
    (n) => row(`ENVELOPE ${envelope('"s"', `(${'("n" NIL "m" "h.org")'.repeat(n)})`)}`),
  ],
  [
    'encoded words in one subject',
    1000,
    (n) => row(`ENVELOPE ${envelope(`"${'=?utf-8?B?w6Q=?= '.repeat(n)}"`, 'NIL')}`),
  ],
  ['beginnings of encoded words', 3000, (n) => row(`ENVELOPE ${envelope(`"${'=?utf-8?Q?a'.repeat(n)}"`, 'NIL')}`)],
  ['escapes in one string', 20_000, (n) => row(`ENVELOPE ${envelope(`"${'\\"'.repeat(n)}"`, 'NIL')}`)],
  ['parts of one structure', 1000, (n) => row(`BODYSTRUCTURE (${text.repeat(n)} "mixed")`)],
  [
    'pieces of one parameter',
    400,
    (n) =>
      row(
        `BODYSTRUCTURE ("text" "plain" (${Array.from({ length: n }, (_, i) => `"name*${i}*" "%41"`).join(' ')}) NIL NIL "7bit" 1 1)`,
      ),
  ],
  [
    'parameters of one part',
    800,
    (n) => row(`BODYSTRUCTURE ("text" "plain" (${'"a" "b" '.repeat(n).trimEnd()}) NIL NIL "7bit" 1 1)`),
  ],
  ['parentheses that are not closed', 50_000, (n) => row(`BODYSTRUCTURE ${'('.repeat(n)}`)],
  ['unknown items', 2000, (n) => row('X-A (b "c" {1}\r\nd) '.repeat(n).trimEnd())],
  ['quotes that close nothing', 3000, (n) => row(`ENVELOPE (${'"a"b '.repeat(n)})`)],
  ['one quote that is never closed', 3000, (n) => `* LIST () "/" "${'a '.repeat(n)}\r\n${'* 1 EXISTS\r\n'.repeat(n)}`],
  ['hits of a search', 5000, (n) => `* SEARCH ${Array.from({ length: n }, (_, i) => i * 2 + 1).join(' ')}\r\n`],
  ['hits in falling order', 5000, (n) => `* SEARCH ${Array.from({ length: n }, (_, i) => (n - i) * 2).join(' ')}\r\n`],
  [
    'ranges of an extended search',
    4000,
    (n) => `* ESEARCH (TAG "a") UID ALL ${Array.from({ length: n }, (_, i) => i * 2 + 1).join(',')}\r\n`,
  ],
  ['flags of one message', 2000, (n) => row(`FLAGS (${Array.from({ length: n }, (_, i) => `$k${i}`).join(' ')})`)],
  ['letters of a mailbox name in modified UTF-7', 3000, (n) => `* LIST () "/" "${'&AOQ-'.repeat(n)}"\r\n`],
  ['capabilities', 1500, (n) => `* CAPABILITY ${Array.from({ length: n }, (_, i) => `X${i}`).join(' ')}\r\n`],
  [
    'a thread, each message an answer to the one before',
    1500,
    (n) => `* THREAD ${'(1 '.repeat(n)}${')'.repeat(n)}\r\n`,
  ],
  ['what looks like the header of a literal', 100_000, (n) => `* OK ${'{1'.repeat(n)}\r\n`],
]

describe('the work of reading is in proportion to the size of', () => {
  for (const [what, size, make, chunk] of cases)
    it(what, async () => {
      const wires = new Map([size, size * FACTOR].map((n) => [n, Buffer.from(make(n), 'latin1')]))
      const found = await growth((n) => expect(read(wires.get(n) as Buffer, chunk)).toBeGreaterThan(0), size, FACTOR)
      expect(found).toBeLessThan(MOST)
    })

  it('a tagged answer with brackets, quotes and parentheses that do not match', async () => {
    const lines = new Map([20_000, 20_000 * FACTOR].map((n) => [n, `OK [X ${'("['.repeat(n)}`]))
    expect(await growth((n) => parseStatusLine(lines.get(n) as string), 20_000, FACTOR)).toBeLessThan(MOST)
  })
})
