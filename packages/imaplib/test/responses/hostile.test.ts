import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import { responseParsers } from '../../src/responses/registry.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import type { Frame } from '../../src/wire/frame.ts'
import { everyResponse } from '../fixtures.ts'

/** Parses what need not have come through the framer: its literals may lie about their size. */
const parse = (bytes: Buffer) => {
  const frame: Frame = {
    bytes,
    start: 0,
    end: bytes.length,
    externals: null,
    text: bytes.toString('latin1'),
    ascii: bytes.every((byte) => byte < 0x80),
  }
  return parseUntagged(frame, new ParseContext({ lazy: false }))
}

const samples = everyResponse()

describe('any bytes', () => {
  it('become a value', () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.integer({ min: 0, max: 255 }) })
    const cut = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }), cut, (sample, changes, length) => {
        const bytes = Buffer.from(sample.subarray(0, Math.ceil(sample.length * length)))
        for (const { at, byte } of changes) if (bytes.length > 0) bytes[Math.floor(at * (bytes.length - 1))] = byte
        expect(typeof parse(bytes).type).toBe('string')
      }),
      { numRuns: 5000 },
    )
  })

  it('become a value after every name', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '(',
        ')',
        ' ',
        '"',
        '\\',
        'NIL',
        '1',
        ':',
        ',',
        '*',
        '[',
        ']',
        '{3}\r\nabc',
        '-1',
        '/',
        'a',
        '\xff',
        'TAG',
      ),
      { maxLength: 25 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...responseParsers.keys()), fc.boolean(), pieces, (name, numbered, rest) => {
        const bytes = Buffer.from(`* ${numbered ? '7 ' : ''}${name} ${rest.join('')}`, 'latin1')
        expect(typeof parse(bytes).type).toBe('string')
      }),
      { numRuns: 5000 },
    )
  })

  it('take time in proportion to their number', () => {
    const size = 150_000
    for (const name of responseParsers.keys())
      for (const piece of [
        '(',
        ' (a (',
        '"',
        '"a"',
        '\\',
        'a ',
        '1,',
        '1 ',
        '((1 ',
        ' ("CHILDINFO" (',
        '{1}',
        ')',
        '[',
        '(a b) ',
      ])
        expect(typeof parse(Buffer.from(`* 5 ${name} ${piece.repeat(size / piece.length)}`)).type).toBe('string')
  })
})
