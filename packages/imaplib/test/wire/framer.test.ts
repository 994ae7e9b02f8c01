import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImapError } from '../../src/errors/imap-error.ts'
import type { Frame, FrameSink } from '../../src/wire/frame.ts'
import { Framer, type FramerOptions } from '../../src/wire/framer.ts'

/** What a frame holds, in a form that does not depend on where it lay. */
interface Event {
  line: string
  externals: string[]
}

class Recorder implements FrameSink {
  readonly events: Event[] = []
  readonly heads: string[] = []
  readonly streamed: string[] = []
  stream = false
  onFrame: (() => void) | null = null

  frame(frame: Frame): void {
    const line = frame.bytes.toString('latin1', frame.start, frame.end)
    expect(frame.text.slice(frame.start, frame.end)).toBe(line)
    this.events.push({
      line,
      externals: (frame.externals ?? []).map((e) => e.data?.toString('latin1') ?? '(streamed)'),
    })
    this.onFrame?.()
  }

  literal(head: Frame, size: number) {
    this.heads.push(head.bytes.toString('latin1', head.start, head.end))
    if (!this.stream) return null
    const chunks: Buffer[] = []
    return {
      chunk: (bytes: Buffer) => void chunks.push(Buffer.from(bytes)),
      end: () => {
        const all = Buffer.concat(chunks)
        expect(all.length).toBe(size)
        this.streamed.push(all.toString('latin1'))
      },
      abort: (error: Error) => void this.streamed.push(`aborted: ${(error as ImapError).code}`),
    }
  }
}

const run = (chunks: readonly string[], options: FramerOptions = {}, stream = false) => {
  const recorder = new Recorder()
  recorder.stream = stream
  const framer = new Framer(recorder, options)
  let error: ImapError | null = null
  try {
    for (const chunk of chunks) {
      // The memory is overwritten afterwards, as a transport may do.
      const memory = Buffer.from(chunk, 'latin1')
      framer.push(memory)
      memory.fill(0x58)
    }
  } catch (thrown) {
    error = thrown as ImapError
  }
  return {
    events: recorder.events,
    heads: recorder.heads,
    streamed: recorder.streamed,
    error: error?.code ?? null,
    framer,
  }
}

const lines = (...chunks: string[]) => run(chunks).events.map((event) => event.line)

describe('cutting lines', () => {
  it('delivers every line of a chunk', () => {
    expect(lines('* OK a\r\n* OK b\r\n')).toEqual(['* OK a', '* OK b'])
  })
  it('waits for the rest of a line', () => {
    expect(lines('* O', 'K a\r', '\n* OK b')).toEqual(['* OK a'])
  })
  it('keeps a lone CR inside a line', () => {
    expect(lines('* OK a\rb\r\r\n')).toEqual(['* OK a\rb\r'])
  })
  it('delivers empty lines', () => {
    expect(lines('\r\n\r\n')).toEqual(['', ''])
  })
  it('takes a lone LF as a line end, or refuses it by option', () => {
    expect(lines('* OK a\n* OK b\r\n')).toEqual(['* OK a', '* OK b'])
    expect(run(['* OK a\n'], { lineEnding: 'crlf' }).error).toBe('EPROTOCOL')
    expect(run(['* OK a', '\n'], { lineEnding: 'crlf' }).error).toBe('EPROTOCOL')
  })
})

describe('literals', () => {
  it.each([
    ['{5}', '* X {5}\r\nhello)\r\n'],
    ['~{5}', '* X ~{5}\r\nhello)\r\n'],
    ['{5+}', '* X {5+}\r\nhello)\r\n'],
    ['leading zeros', '* X {00005}\r\nhello)\r\n'],
    ['many leading zeros', `* X {${'0'.repeat(40)}5}\r\nhello)\r\n`],
    ['zero', '* X {0}\r\n)\r\n'],
    ['zero, written long', '* X {000}\r\n)\r\n'],
  ])('%s', (_name, wire) => {
    expect(lines(wire)).toEqual([wire.slice(0, -2)])
  })
  it.each(['{}', '{+5}', '{5 }', '{0x5}', '{ 5}', '5}', '{+}', 'x}'])('%s at the end of a line is text', (header) => {
    expect(lines(`* X ${header}\r\n* Y\r\n`)).toEqual([`* X ${header}`, '* Y'])
  })
  it.each(['{-1}', '{99999999999999999999}', '{1000000000000000}', '{-0}'])('%s is fatal', (header) => {
    const { error, events } = run([`* X ${header}\r\n* Y\r\n`])
    expect(error).toBe('EPROTOCOL')
    expect(events).toEqual([])
  })
  it.each(['{4294967295}', '{4294967296}', '{2147483648}'])('%s is over the limit', (header) => {
    expect(run([`* X ${header}\r\n`]).error).toBe('ELIMIT')
  })
  it('never looks at what is inside', () => {
    const inside = 'A1 OK\r\n* BYE\r\n{9}\r\n'
    expect(lines(`* X {${inside.length}}\r\n${inside} end\r\n`)).toEqual([`* X {${inside.length}}\r\n${inside} end`])
  })
  it('ends with nothing when the octets do not come', () => {
    expect(lines('* X {5}\r\nhell')).toEqual([])
  })
  it('keeps long literals apart, and hands them over', () => {
    const big = 'x'.repeat(5000)
    const { events, heads } = run([`* A\r\n* 1 FETCH (B {5000}\r\n${big} C {5001}\r\n${big}y D {2}\r\nhi)\r\n* E\r\n`])
    expect(events).toEqual([
      { line: '* A', externals: [] },
      { line: '* 1 FETCH (B {5000}\r\n C {5001}\r\n D {2}\r\nhi)', externals: [big, `${big}y`] },
      { line: '* E', externals: [] },
    ])
    expect(heads).toEqual(['* 1 FETCH (B {5000}\r\n', '* 1 FETCH (B {5000}\r\n C {5001}\r\n'])
  })
  it('streams long literals to a consumer, beyond the limit on size', () => {
    const big = 'x'.repeat(5000)
    const { events, streamed } = run([`* 1 FETCH (B {5000}\r\n${big})\r\n`], { maxLiteralSize: 4500 }, true)
    expect(events).toEqual([{ line: '* 1 FETCH (B {5000}\r\n)', externals: ['(streamed)'] }])
    expect(streamed).toEqual([big])
  })
  it('tells the consumer of a literal that its stream ended too soon', () => {
    const { framer, streamed } = run(['* 1 FETCH (B {5000}\r\nxx'], {}, true)
    framer.fail(new (class extends Error {})('gone'))
    expect(streamed).toEqual(['aborted: undefined'])
  })
})

describe('limits, each exact', () => {
  const line = '* OK 45678'
  it('on a line', () => {
    for (const chunks of [[`${line}\r\n`], [...`${line}\r\n`]]) {
      expect(run(chunks, { maxLineLength: 10 }).error).toBeNull()
      expect(run(chunks, { maxLineLength: 9 }).error).toBe('ELIMIT')
    }
  })
  it('on a line without an end', () => {
    expect(run(['x'.repeat(1000), 'x'.repeat(1000)], { maxLineLength: 100 }).error).toBe('ELIMIT')
    expect(run([...'x'.repeat(200)], { maxLineLength: 100 }).error).toBe('ELIMIT')
  })
  it('on a literal, before any of it is read', () => {
    for (const inlineLiteral of [1, 100]) {
      expect(run(['* X {10}\r\n0123456789\r\n'], { maxLiteralSize: 10, inlineLiteral }).error).toBeNull()
      expect(run(['* X {11}\r\n'], { maxLiteralSize: 10, inlineLiteral }).error).toBe('ELIMIT')
    }
  })
  it('on a response of many literals', () => {
    const piece = ' {10}\r\n0123456789'
    const wire = `* X${piece.repeat(100)}\r\n`
    for (const inlineLiteral of [1, 100]) {
      expect(run([wire], { maxResponseSize: 4000, inlineLiteral }).error).toBeNull()
      expect(run([wire], { maxResponseSize: 1000, inlineLiteral }).error).toBe('ELIMIT')
    }
  })
  it('a body of an over-long literal that looks like responses yields none', () => {
    const { events, error } = run(['* X {100}\r\nA1 OK done\r\n* BYE\r\n'], { maxLiteralSize: 10 })
    expect(events).toEqual([])
    expect(error).toBe('ELIMIT')
  })
})

describe('NUL', () => {
  it('outside of literals is fatal unless accepted', () => {
    expect(run(['* OK a\0b\r\n']).error).toBe('EPROTOCOL')
    expect(run([...'* OK a\0b\r\n']).error).toBe('EPROTOCOL')
    expect(run(['* OK a\0b\r\n'], { nul: 'accept' }).events).toEqual([{ line: '* OK a\0b', externals: [] }])
  })
  it('inside of literals is kept', () => {
    const wire = '* X ~{3}\r\n\0\0\0 {1}\r\n\0)\r\n* Y\r\n'
    expect(lines(wire)).toEqual(['* X ~{3}\r\n\0\0\0 {1}\r\n\0)', '* Y'])
    expect(lines(...wire)).toEqual(['* X ~{3}\r\n\0\0\0 {1}\r\n\0)', '* Y'])
  })
})

describe('halt', () => {
  it('returns what follows the response', () => {
    for (const first of ['', '* 1 EXI']) {
      const recorder = new Recorder()
      const framer = new Framer(recorder)
      if (first !== '') framer.push(Buffer.from(first))
      recorder.onFrame = () => framer.halt()
      const rest = framer.push(Buffer.from(`${first === '' ? '* 1 EXI' : ''}STS\r\nrest\r\n`))
      expect(recorder.events).toHaveLength(1)
      expect(rest?.toString()).toBe('rest\r\n')
    }
  })
  it('at the end of a chunk returns null', () => {
    const recorder = new Recorder()
    const framer = new Framer(recorder)
    recorder.onFrame = () => framer.halt()
    expect(framer.push(Buffer.from('* OK\r\n'))).toBeNull()
    expect(framer.pending).toBe(0)
  })
})

const piece = fc.oneof(
  fc.constantFrom('* OK x', '* 1 FETCH (', ')', ' ', '\r', 'A1 OK', '{', '}', '{5', '+'),
  fc.string({ maxLength: 8 }).map((s) =>
    Buffer.from(s)
      .toString('latin1')
      .replaceAll(/[\n\0]/g, 'n'),
  ),
  fc
    .string({ minLength: 0, maxLength: 60, unit: fc.constantFrom('a', '\r', '\n', '{', '3', '}', '\0', '\xff') })
    .map((body) => `{${body.length}}\r\n${body}`),
  fc.constant('\r\n'),
)

describe('properties', () => {
  it('the events do not depend on how the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((p) => `${p.join('')}\r\n`),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.constantFrom(0, 5, 20, 4096),
        fc.boolean(),
        (wire, cuts, inlineLiteral, stream) => {
          const options = { inlineLiteral, maxLineLength: 200, maxLiteralSize: 50, maxResponseSize: 400 }
          const whole = run([wire], options, stream)
          const bounds = [0, ...cuts.map((cut) => cut % (wire.length + 1)).sort((a, b) => a - b), wire.length]
          const split = run(
            bounds.slice(1).map((end, i) => wire.slice(bounds[i], end)),
            options,
            stream,
          )
          const single = run([...wire], options, stream)
          for (const other of [split, single]) {
            expect(other.events).toEqual(whole.events)
            expect(other.streamed).toEqual(whole.streamed)
            expect(other.error).toBe(whole.error)
            expect(other.framer.pending).toBe(whole.framer.pending)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes time in proportion to the bytes: work counted as bytes copied', () => {
    const copied = (size: number) => {
      let bytes = 0
      const original = Buffer.prototype.copy
      Buffer.prototype.copy = function (...args: Parameters<typeof original>) {
        const done = original.apply(this, args)
        bytes += done
        return done
      }
      try {
        const framer = new Framer(new Recorder(), { inlineLiteral: 100_000 })
        const wire = Buffer.from(`* X${' {3}\r\nabc'.repeat(size)}\r\n`)
        for (let at = 0; at < wire.length; at += 1) framer.push(wire.subarray(at, at + 1))
      } finally {
        Buffer.prototype.copy = original
      }
      return bytes
    }
    // Once before: memory that has grown is used again.
    copied(8000)
    expect(copied(8000) / copied(4000)).toBeLessThan(2.5)
  })
})
