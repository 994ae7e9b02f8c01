import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/wire/frame.ts'
import { Framer } from '../../src/wire/framer.ts'

const LARGE = 300_000
const octets = Buffer.from(Array.from({ length: LARGE }, (_, at) => at * 7))
const wire = Buffer.concat([
  Buffer.from(`* 1 FETCH (UID 1 BODY[] {${LARGE}}\r\n`),
  octets,
  Buffer.from(` FLAGS ())\r\n* 2 FETCH (UID 2 BODY[] {${LARGE}}\r\n`),
  octets,
  Buffer.from(')\r\n'),
])

/** Reads the wire in pieces of these sizes, as a socket does that reads where the framer wants it to. */
const read = (sizes: readonly number[], useRoom: (turn: number) => boolean) => {
  const seen: { line: string; data: Buffer | null }[] = []
  const framer = new Framer({
    frame(frame: Frame) {
      const data = frame.externals?.[0]?.data ?? null
      seen.push({ line: frame.bytes.toString('latin1', frame.start, frame.end), data })
    },
  })
  const own = Buffer.alloc(65_536)
  let direct = 0
  for (let at = 0, turn = 0; at < wire.length; turn += 1) {
    const room = useRoom(turn) ? framer.room() : null
    const memory = room ?? own
    const size = Math.min(memory.length, sizes[turn % sizes.length] as number, wire.length - at)
    wire.copy(memory, 0, at, at + size)
    if (room !== null) direct += size
    framer.push(memory.subarray(0, size))
    own.fill(0x58)
    at += size
  }
  return { seen, direct }
}

describe('room', () => {
  it('is where the octets of a large literal belong, and whoever reads them there saves the copy', () => {
    const { seen, direct } = read([65_536, 1_000_000], () => true)
    expect(seen.map(({ data }) => data?.equals(octets))).toEqual([true, true])
    expect(direct).toBeGreaterThan(LARGE)
  })

  it('makes no difference to what is read, however it is used', () => {
    const lines = read([50_000], () => false).seen.map(({ line }) => line)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1000, max: 400_000 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (sizes, uses) => {
          const { seen } = read(sizes, (turn) => uses[turn % uses.length] as boolean)
          expect(seen.map(({ line }) => line)).toEqual(lines)
          // Buffers are compared by themselves: an assertion would look at each octet.
          expect(seen.every(({ data }) => data?.equals(octets) === true)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is none between literals, for small ones, and for those that are streamed', () => {
    const framer = new Framer({ frame: () => undefined })
    expect(framer.room()).toBeNull()
    framer.push(Buffer.from('* 1 FETCH (BODY[] {20000}\r\n'))
    expect(framer.room()).toBeNull()
    const streaming = new Framer({
      frame: () => undefined,
      literal: () => ({ chunk: () => undefined, end: () => undefined, abort: () => undefined }),
    })
    streaming.push(Buffer.from('* 1 FETCH (BODY[] {2000000}\r\n'))
    expect(streaming.room()).toBeNull()
  })
})
