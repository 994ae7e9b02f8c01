import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Framer } from '../../src/wire/framer.ts'

const LARGE = 400_000
const octets = Buffer.from(Array.from({ length: LARGE }, (_, at) => at * 13))
const wire = Buffer.concat([
  Buffer.from(`* 1 FETCH (BODY[] {${LARGE}}\r\n`),
  octets,
  Buffer.from(')\r\n* 2 EXISTS\r\n'),
])

/** A consumer that keeps what was read into its memory where it lies, and copies all else. */
class Keeper {
  readonly kept: Buffer[] = []
  ended = false
  private memory = Buffer.alloc(0)
  private readonly size: number

  constructor(size: number) {
    this.size = size
  }

  room(): Buffer {
    if (this.memory.length < this.size / 4) this.memory = Buffer.alloc(this.size)
    return this.memory
  }

  chunk(bytes: Buffer): void {
    const ours = bytes.buffer === this.memory.buffer && bytes.byteOffset === this.memory.byteOffset
    if (ours) this.memory = this.memory.subarray(bytes.length)
    this.kept.push(ours ? bytes : Buffer.from(bytes))
  }

  end(): void {
    this.ended = true
  }

  abort(): void {
    throw new Error('it was not to end so')
  }
}

describe("the consumer's own memory", () => {
  it('is never longer than what is missing of the literal, and holds the octets in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 500_000 }),
        fc.array(fc.integer({ min: 500, max: 200_000 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        (size, reads, uses) => {
          const keeper = new Keeper(size)
          const lines: string[] = []
          const framer = new Framer({
            frame: (frame) => void lines.push(frame.bytes.toString('latin1', frame.start, frame.end)),
            literal: () => keeper,
          })
          const shared = Buffer.alloc(65_536)
          for (let at = 0, turn = 0; at < wire.length; turn += 1) {
            const memory = (uses[turn % uses.length] === true ? framer.room() : null) ?? shared
            const read = Math.min(memory.length, reads[turn % reads.length] as number, wire.length - at)
            wire.copy(memory, 0, at, at + read)
            framer.push(memory.subarray(0, read))
            shared.fill(0x58)
            at += read
          }
          expect(Buffer.concat(keeper.kept).equals(octets)).toBe(true)
          expect([keeper.ended, lines]).toEqual([true, [`* 1 FETCH (BODY[] {${LARGE}}\r\n)`, '* 2 EXISTS']])
        },
      ),
      { numRuns: 60 },
    )
  })
})
