import { describe, expect, it } from 'vitest'
import { connectTcp } from '../../src/transport/tcp.ts'
import type { TransportReceiver } from '../../src/transport/transport.ts'
import { listenTcp } from './listening.ts'
import { turns } from './recorder.ts'

const SIZE = 3_000_000
const sent = Buffer.from(Array.from({ length: SIZE }, (_, at) => at * 31 + (at >> 8)))

/** Wants everything in one piece of memory, and copies what came elsewhere. */
class Gatherer implements TransportReceiver {
  readonly memory = Buffer.alloc(SIZE)
  filled = 0
  inPlace = 0
  onData: (() => void) | null = null
  private full: () => void = () => undefined
  readonly done = new Promise<void>((resolve) => (this.full = resolve))

  room(): Buffer | null {
    return this.filled < SIZE ? this.memory.subarray(this.filled) : null
  }
  data(chunk: Buffer): void {
    if (chunk.buffer === this.memory.buffer && chunk.byteOffset === this.memory.byteOffset + this.filled)
      this.inPlace += chunk.length
    else chunk.copy(this.memory, this.filled)
    this.filled += chunk.length
    if (this.filled === SIZE) this.full()
    this.onData?.()
  }
  drain(): void {}
  closed(): void {}
}

describe("the receiver's own memory", () => {
  it('is read into, without a copy', async () => {
    const server = await listenTcp()
    const transport = await connectTcp({ host: '127.0.0.1', port: server.port })
    try {
      const peer = await server.accept()
      const gatherer = new Gatherer()
      transport.start(gatherer)
      peer.write(sent)
      await gatherer.done
      expect(gatherer.memory.equals(sent)).toBe(true)
      // The first read may have gone elsewhere.
      expect(gatherer.inPlace).toBeGreaterThan(SIZE / 2)
    } finally {
      transport.destroy()
      await server.stop()
    }
  })

  it('holds the right bytes whenever the flow was stopped', async () => {
    const server = await listenTcp()
    const transport = await connectTcp({ host: '127.0.0.1', port: server.port })
    try {
      const peer = await server.accept()
      const gatherer = new Gatherer()
      let stops = 0
      gatherer.onData = () => {
        stops += 1
        if (stops % 3 === 0) return
        transport.pause()
        void turns(1 + (stops % 2)).then(() => transport.resume())
      }
      transport.start(gatherer)
      for (let at = 0; at < SIZE; at += 100_000) {
        peer.write(sent.subarray(at, at + 100_000))
        if (at % 300_000 === 0) await turns(1)
      }
      await gatherer.done
      expect(gatherer.memory.equals(sent)).toBe(true)
      expect(stops).toBeGreaterThan(5)
    } finally {
      transport.destroy()
      await server.stop()
    }
  })
})
