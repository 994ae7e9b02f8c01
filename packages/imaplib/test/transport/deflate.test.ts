import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deflateTransport } from '../../src/transport/deflate.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import { ScriptRunner } from './child-script.ts'
import { Recorder, turns } from './recorder.ts'

const flushed = (bytes: string | Uint8Array) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
const inflate = (bytes: Buffer) => inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })

/** A compressed transport, and the plain other end of it. */
function half(first?: Buffer) {
  const [near, far] = memoryPair()
  const wire = new Recorder(far)
  return { transport: deflateTransport(near, first ?? null), far, wire }
}

let scripts: ScriptRunner
beforeAll(async () => {
  scripts = await ScriptRunner.create()
})
afterAll(() => scripts.dispose())

describe('deflateTransport', () => {
  it('carries any bytes, in any pieces, in order, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        async (pieces, segment, corked) => {
          const [near, far] = memoryPair({ segment })
          const a = deflateTransport(near, null)
          const b = deflateTransport(far, null)
          const [atA, atB] = [new Recorder(a), new Recorder(b)]
          const all = Buffer.concat(pieces)
          if (corked) a.cork()
          for (const piece of pieces) {
            a.write(piece)
            b.write(piece)
          }
          if (corked) a.uncork()
          a.end()
          expect(await atB.untilClosed()).toBe(null)
          expect(await atA.untilClosed()).toBe(null)
          expect(atB.bytes.equals(all)).toBe(true)
          // B closes when A has ended, maybe before all of its own has left; never out of order.
          expect(all.subarray(0, atA.size).equals(atA.bytes)).toBe(true)
          expect([...atA.violations, ...atB.violations]).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  it('takes the bytes behind the tagged OK as compressed', async () => {
    const stream = flushed('* OK one\r\n* OK two\r\n')
    const { transport, far } = half(stream.subarray(0, 7))
    const seen = new Recorder(transport)
    far.write(stream.subarray(7))
    await seen.untilSize(20)
    expect(seen.text).toBe('* OK one\r\n* OK two\r\n')
    transport.destroy()
  })

  it('writes of one turn share one flush', async () => {
    const { transport, wire } = half()
    for (let i = 0; i < 50; i++) transport.write(Buffer.from(`a${i} NOOP\r\n`))
    await wire.until(() => inflate(wire.bytes).includes('a49'))
    const flushes = wire.bytes.toString('latin1').split('\x00\x00\xff\xff').length - 1
    expect(flushes).toBe(1)
    transport.destroy()
  })

  it('keeps bytes until start(), and holds them while paused', async () => {
    const { transport, far } = half()
    far.write(flushed('early'))
    await turns(20)
    transport.pause()
    const seen = new Recorder(transport)
    await turns(20)
    expect(seen.size).toBe(0)
    transport.resume()
    await seen.untilSize(5)
    transport.destroy()
    expect(await seen.untilClosed()).toBe(null)
  })

  it('closes with null at the end of connection behind a flush, or behind a final block', async () => {
    for (const stream of [flushed('* BYE\r\n'), deflateRawSync('* BYE\r\n'), Buffer.alloc(0)]) {
      const { transport, far } = half()
      const seen = new Recorder(transport)
      far.write(stream)
      far.end()
      expect(await seen.untilClosed()).toBe(null)
      expect(seen.text).toBe(stream.length === 0 ? '' : '* BYE\r\n')
    }
  })

  it('closes with EPROTOCOL when the stream is cut off, and delivers what could be read', async () => {
    const whole = flushed(randomBytes(3000).toString('hex'))
    const { transport, far, wire } = half()
    const seen = new Recorder(transport)
    far.write(whole.subarray(0, 2000))
    far.end()
    expect(await seen.untilClosed()).toMatchObject({ code: 'EPROTOCOL', message: expect.stringContaining('cut off') })
    expect(seen.size).toBeGreaterThan(1000)
    await wire.untilClosed()
  })

  it('closes with EPROTOCOL on a broken block, and on bytes behind the final block', async () => {
    for (const bytes of [Buffer.from([0x07, 0xff, 0x00]), Buffer.concat([deflateRawSync('x'), Buffer.from('junk')])]) {
      const { transport, far } = half()
      const seen = new Recorder(transport)
      far.write(bytes)
      expect(await seen.untilClosed()).toMatchObject({ code: 'EPROTOCOL' })
      transport.write(Buffer.from('ignored'))
    }
  })

  it('passes on how the layer below ended, after what it brought', async () => {
    const { transport, far } = half()
    const seen = new Recorder(transport)
    far.write(flushed('last words'))
    await turns(3)
    far.destroy(new Error('reset'))
    expect(await seen.untilClosed()).toMatchObject({ code: 'ECONNRESET' })
    expect(seen.text).toBe('last words')
  })

  it('a paused receiver stops the sender: a flood waits at the other end', async () => {
    const [near, far] = memoryPair({ highWater: 100_000 })
    const transport = deflateTransport(near, null)
    const seen = new Recorder()
    transport.start(seen)
    transport.pause()
    const sender = new Recorder(far)
    // Bytes that do not shrink, so that what waits compressed can be counted.
    const block = deflateRawSync(randomBytes(20_000), { finishFlush: constants.Z_FULL_FLUSH })
    const stopped = Array.from({ length: 400 }, () => far.write(block)).includes(false)
    // Twice as many rounds as there are blocks on the way.
    await turns(800)
    expect([stopped, sender.drains, seen.size]).toEqual([true, 0, 0])
    transport.resume()
    await seen.untilSize(400 * 20_000)
    await sender.until(() => sender.drains === 1)
    expect(Math.max(...seen.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(64 * 1024)
    transport.destroy()
  })

  it('a peer that does not read makes write() say false for good; drain() follows when it reads', async () => {
    const { transport, far, wire } = half()
    const seen = new Recorder(transport)
    far.pause()
    const sent: Buffer[] = []
    let drainsWanted = 0
    let blocked = false
    for (let i = 0; i < 100 && !blocked; i++) {
      const bytes = randomBytes(32_768)
      sent.push(bytes)
      if (transport.write(bytes)) continue
      drainsWanted++
      // zlib works in another thread: turns of this one's event loop say nothing of it.
      const drained = seen.until(() => seen.drains >= drainsWanted)
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 500))])
      blocked = seen.drains < drainsWanted
    }
    expect(blocked).toBe(true)
    far.resume()
    await seen.until(() => seen.drains === drainsWanted)
    transport.end()
    await wire.untilClosed()
    expect(inflate(wire.bytes).equals(Buffer.concat(sent))).toBe(true)
  })

  it('a bomb of 1 MiB for 1 GiB needs no memory', async () => {
    const script = `
      import { constants, deflateRawSync } from 'node:zlib'
      import { deflateTransport } from './transport/deflate.js'
      import { memoryPair } from './transport/memory.js'
      const zeros = Buffer.alloc(1 << 26)
      const piece = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH })
      const [near, far] = memoryPair()
      const transport = deflateTransport(near, null)
      const base = process.memoryUsage().rss
      let size = 0, peak = 0, biggest = 0, turns = 0
      transport.start({
        data(chunk) {
          size += chunk.length
          biggest = Math.max(biggest, chunk.length)
          if (size % (1 << 22) < chunk.length) { transport.pause(); setImmediate(() => transport.resume()) }
          peak = Math.max(peak, process.memoryUsage.rss())
        },
        drain() {},
        closed(error) { console.log(JSON.stringify({ size, biggest, grown: peak - base, error: error && error.code })) },
      })
      far.start({ data() {}, drain() {}, closed() {} })
      for (let i = 0; i < 16; i++) far.write(piece)
      far.end()
    `
    const { stdout } = await scripts.run(script)
    const result = JSON.parse(stdout) as { size: number; biggest: number; grown: number; error: string | null }
    expect(result.size).toBe(2 ** 30)
    expect(result.error).toBe(null)
    expect(result.biggest).toBeLessThanOrEqual(64 * 1024)
    // A tenth of what is inflated would be 100 MiB; what is seen is 20 to 75, as the collector finds time.
    expect(result.grown).toBeLessThan(100 * 2 ** 20)
  })
})
