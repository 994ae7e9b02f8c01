import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { memoryPair } from '../../src/transport/memory.ts'
import { Recorder, turns } from './recorder.ts'

const bytes = (text: string) => Buffer.from(text)

describe('memoryPair', () => {
  it('delivers what was written, later, in order, in segments of the size asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 60 }),
        async (pieces, segment) => {
          const [a, b] = memoryPair({ segment })
          const [atA, atB] = [new Recorder(a), new Recorder(b)]
          for (const piece of pieces) a.write(piece)
          expect(atB.size).toBe(0)
          a.end()
          expect(await atB.untilClosed()).toBe(null)
          expect(await atA.untilClosed()).toBe(null)
          expect(atB.bytes.equals(Buffer.concat(pieces))).toBe(true)
          expect(atB.chunks.every((chunk) => chunk.length <= segment)).toBe(true)
          expect([...atA.violations, ...atB.violations]).toEqual([])
        },
      ),
    )
  })

  it('what is written may change after the call, and a chunk is gone after data()', async () => {
    const [a, b] = memoryPair()
    const kept: Buffer[] = []
    b.start({ data: (chunk) => void kept.push(chunk), drain() {}, closed() {} })
    const mine = bytes('abc')
    a.write(mine)
    mine.fill(0)
    await turns(3)
    expect(kept).toEqual([Buffer.alloc(3, 0xee)])
  })

  it('keeps bytes and the end until start()', async () => {
    const [a, b] = memoryPair()
    a.write(bytes('early'))
    a.end()
    await turns(5)
    const seen = new Recorder(b)
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('early')
  })

  it('pause() holds, write() says false above the mark, drain() follows when the other side has all', async () => {
    const [a, b] = memoryPair({ highWater: 10 })
    const [atA, atB] = [new Recorder(a), new Recorder(b)]
    b.pause()
    expect(a.write(bytes('123456789'))).toBe(true)
    expect(a.write(bytes('0'))).toBe(false)
    await turns(5)
    expect([atB.size, atA.drains]).toEqual([0, 0])
    b.resume()
    await atA.until(() => atA.drains === 1)
    expect(atB.text).toBe('1234567890')
  })

  it('cork() holds writes and sends them as one', async () => {
    const [a, b] = memoryPair()
    const seen = new Recorder(b)
    a.cork()
    a.cork()
    a.write(bytes('one '))
    a.write(bytes('two'))
    a.uncork()
    await turns(5)
    expect(seen.size).toBe(0)
    a.uncork()
    await seen.untilSize(7)
    expect(seen.chunks).toHaveLength(1)
  })

  it('destroy() closes both sides; with an error it resets the other', async () => {
    for (const error of [undefined, new Error('mine')]) {
      const [a, b] = memoryPair()
      const [atA, atB] = [new Recorder(a), new Recorder(b)]
      a.write(bytes('on the way'))
      a.destroy(error)
      a.destroy()
      expect(a.write(bytes('ignored'))).toBe(true)
      expect(await atA.untilClosed()).toBe(error ?? null)
      const other = await atB.untilClosed()
      if (error === undefined) expect([other, atB.text]).toEqual([null, 'on the way'])
      else expect([other, atB.text]).toEqual([expect.objectContaining({ code: 'ECONNRESET' }), ''])
      await turns(5)
      expect([atA.closings.length, atB.closings.length]).toEqual([1, 1])
    }
  })

  it('moves under a fake clock', async () => {
    vi.useFakeTimers()
    try {
      const [a, b] = memoryPair()
      const seen = new Recorder(b)
      a.write(bytes('x'))
      await seen.untilSize(1)
      expect(seen.text).toBe('x')
    } finally {
      vi.useRealTimers()
    }
  })
})
