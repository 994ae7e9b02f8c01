import type { Transport, TransportReceiver } from './transport.ts'

export interface MemoryOptions {
  /** Cuts what is written into pieces of at most this many octets. Default: as written. */
  segment?: number
  /** `write()` says false when this many octets or more wait for the other side. Default 65 536. */
  highWater?: number
  /** Default false. */
  secure?: boolean
}

// Taken before a test can put a fake clock in its place: bytes move under fake clocks too.
const { setImmediate: nextTurn } = globalThis

/**
 * Two transports, each the other's peer, for tests. Bytes arrive in later turns of the event loop, in order.
 *
 * The memory of a chunk is overwritten after `data()` returns, as the contract allows, to show who keeps it.
 * `destroy(error)` on one side resets the other: bytes on the way are lost, and it closes with `ECONNRESET`.
 *
 * @example
 * const [client, server] = memoryPair({ segment: 1 })
 */
export function memoryPair(options: MemoryOptions = {}): [Transport, Transport] {
  const left = new MemoryTransport('memory left', options)
  const right = new MemoryTransport('memory right', options)
  left.peer = right
  right.peer = left
  return [left, right]
}

class MemoryTransport implements Transport {
  readonly secure: boolean
  readonly description: string
  peer: MemoryTransport | null = null
  private readonly segment: number
  private readonly highWater: number
  private receiver: TransportReceiver | null = null
  private inbox: Buffer[] = []
  private inboxSize = 0
  private held: Buffer[] = []
  private corks = 0
  private isPaused = false
  private wantsDrain = false
  private scheduled = false
  private ended = false
  private outcome: Error | null | undefined = undefined
  private peerEnded = false
  private reported = false

  constructor(description: string, options: MemoryOptions) {
    this.description = description
    this.secure = options.secure ?? false
    this.segment = options.segment ?? Number.POSITIVE_INFINITY
    this.highWater = options.highWater ?? 64 * 1024
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver
    this.schedule()
  }

  write(bytes: Uint8Array): boolean {
    const { peer } = this
    if (peer === null || this.ended || this.outcome !== undefined || bytes.length === 0) return true
    const copy = Buffer.from(bytes)
    if (this.corks > 0) this.held.push(copy)
    else peer.take(copy)
    const more = peer.inboxSize + this.heldSize() < this.highWater
    if (!more) this.wantsDrain = true
    return more
  }

  cork(): void {
    this.corks++
  }

  uncork(): void {
    if (this.corks > 0) this.corks--
    if (this.corks === 0) this.release()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.schedule()
  }

  end(): void {
    if (this.ended || this.outcome !== undefined) return
    this.release()
    this.ended = true
    this.peer?.takeEnd()
  }

  destroy(error?: Error): void {
    if (this.outcome !== undefined) return
    this.outcome = error ?? null
    this.inbox = []
    this.held = []
    this.schedule()
    if (error === undefined) this.peer?.takeEnd()
    else this.peer?.takeReset()
  }

  private heldSize(): number {
    return this.held.reduce((sum, piece) => sum + piece.length, 0)
  }

  private release(): void {
    if (this.held.length === 0) return
    const bytes = Buffer.concat(this.held)
    this.held = []
    this.peer?.take(bytes)
  }

  private take(bytes: Buffer): void {
    if (this.outcome !== undefined || this.peerEnded) return
    for (let at = 0; at < bytes.length; at += this.segment) {
      this.inbox.push(bytes.subarray(at, Math.min(at + this.segment, bytes.length)))
    }
    this.inboxSize += bytes.length
    this.schedule()
  }

  private takeEnd(): void {
    this.peerEnded = true
    this.schedule()
  }

  private takeReset(): void {
    if (this.outcome !== undefined) return
    this.outcome = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
    this.inbox = []
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled || this.reported) return
    this.scheduled = true
    nextTurn(() => {
      this.scheduled = false
      this.turn()
    })
  }

  /** One turn moves one chunk, then makes room for others. */
  private turn(): void {
    if (this.receiver === null || this.reported) return
    if (this.outcome === undefined && !this.isPaused) {
      const chunk = this.inbox.shift()
      if (chunk !== undefined) {
        this.inboxSize -= chunk.length
        this.receiver.data(chunk)
        chunk.fill(0xee)
        this.peer?.madeRoom()
      } else if (this.peerEnded) {
        this.outcome = null
        this.release()
        if (!this.ended) this.peer?.takeEnd()
        this.ended = true
      }
      if (this.inbox.length > 0 || this.peerEnded) this.schedule()
    }
    if (this.outcome !== undefined) {
      this.reported = true
      this.receiver.closed(this.outcome)
    }
  }

  private madeRoom(): void {
    if (!this.wantsDrain || this.outcome !== undefined || this.peer === null) return
    if (this.peer.inboxSize > 0) return
    this.wantsDrain = false
    this.receiver?.drain()
  }
}
