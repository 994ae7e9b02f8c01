import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImapError } from '../../src/errors/imap-error.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { Framer } from '../../src/wire/framer.ts'
import { everyResponse, readable } from '../fixtures.ts'

/** All fixtures, with bytes changed, dropped, doubled and swapped: nothing but values may come out. */
const corpus = everyResponse().filter((response) => response.subarray(0, 1).toString() === '*')

const tokens = [
  '(',
  ')',
  '"',
  '\\',
  ' ',
  '{3}\r\n',
  '~{1}\r\n',
  'NIL',
  '0',
  '-1',
  '[',
  ']',
  '<',
  '>',
  '\r\n',
  '\xff',
  '99999999999999999999',
  '*',
  'a',
]

interface Mutation {
  readonly at: number
  readonly kind: 'insert' | 'drop' | 'replace' | 'double' | 'cut'
  readonly token: string
  readonly length: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 2000 }),
  kind: fc.constantFrom('insert', 'drop', 'replace', 'double', 'cut'),
  token: fc.constantFrom(...tokens),
  length: fc.integer({ min: 1, max: 8 }),
})

const mutate = (text: string, { at, kind, token, length }: Mutation): string => {
  const from = text.length === 0 ? 0 : at % text.length
  const [head, piece, tail] = [text.slice(0, from), text.slice(from, from + length), text.slice(from + length)]
  if (kind === 'insert') return head + token + piece + tail
  if (kind === 'drop') return head + tail
  if (kind === 'replace') return head + token + tail
  if (kind === 'double') return head + piece + piece + tail
  return `${head}\r\n`
}

const values = (text: string, lazy: boolean, inlineLiteral: number): unknown[] => {
  const context = new ParseContext({ lazy, onRepair: () => undefined })
  const found: unknown[] = []
  const framer = new Framer({ frame: (frame) => found.push(parseUntagged(frame, context)) }, { inlineLiteral })
  try {
    framer.push(Buffer.from(text, 'latin1'))
  } catch (error) {
    // A broken frame ends the conversation; that is not the parsers' matter.
    if (!(error instanceof ImapError) || !['EPROTOCOL', 'ELIMIT'].includes(error.code)) throw error
  }
  return found.map(readable)
}

describe('mutated fixtures', () => {
  it('give values, the same whether read at once or later', () => {
    expect(corpus.length).toBeGreaterThan(100)
    fc.assert(
      fc.property(
        fc.constantFrom(...corpus),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (input, mutations) => {
          const text = mutations.reduce(mutate, input.toString('latin1'))
          const late = values(text, true, 4096)
          for (const value of late) expect(value).toHaveProperty('type')
          expect(late).toEqual(values(text, false, 4096))
          for (const value of values(text, true, 0)) expect(value).toHaveProperty('type')
        },
      ),
      { numRuns: 4000 },
    )
  })
})
