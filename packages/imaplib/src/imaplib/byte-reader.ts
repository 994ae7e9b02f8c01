import type { Transport } from '../transport/transport.ts'

const LF = 0x0a
/** How much may wait unread before the server is made to wait. */
const MAX_WAITING = 256 * 1024

/**
 * A transport that is read by the call: the `readline()` and `read()` that a subclass finds under `super`.
 *
 * It holds no more than the transport delivered; what a call waits for is collected piece by piece.
 */
export class ByteReader {
  readonly transport: Transport
  private readonly ended: (error: Error | null) => Error
  private chunks: Buffer[] = []
  private size = 0
  private paused = false
  private closedWith: Error | null | undefined = undefined
  private wake: (() => void) | null = null
  private readonly ends: (() => void)[] = []
  private drains: (() => void)[] = []

  /** @param ended makes the error for whoever waits; null is an end in good order */
  constructor(transport: Transport, alive: () => void, ended: (error: Error | null) => Error) {
    this.transport = transport
    this.ended = ended
    transport.start({
      data: (chunk) => {
        alive()
        this.chunks.push(Buffer.from(chunk))
        this.size += chunk.length
        if (this.size > MAX_WAITING && this.wake === null && !this.paused) {
          this.paused = true
          transport.pause()
        }
        this.wake?.()
      },
      drain: () => this.drained(),
      closed: (error) => {
        this.closedWith = error
        this.wake?.()
        this.drained()
        for (const end of this.ends.splice(0)) end()
      },
    })
  }

  /** How many bytes have come and are not read. */
  get pending(): number {
    return this.size
  }

  /** Up to and with the next LF; at most `limit + 1` bytes; what there is at the end of the stream. */
  async readline(limit: number): Promise<Buffer> {
    for (let chunk = 0, before = 0; ; ) {
      for (; chunk < this.chunks.length; chunk += 1) {
        const piece = this.chunks[chunk] as Buffer
        const lf = piece.indexOf(LF)
        if (lf !== -1) return this.take(Math.min(before + lf + 1, limit + 1))
        before += piece.length
        if (before > limit) return this.take(limit + 1)
      }
      if (!(await this.more())) return this.take(this.size)
    }
  }

  /** So many bytes; fewer at the end of the stream. */
  async read(size: number): Promise<Buffer> {
    while (this.size < size) if (!(await this.more())) break
    return this.take(Math.min(size, this.size))
  }

  /** Queues bytes; resolves when the queue is short. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.closedWith !== undefined) throw this.ended(this.closedWith)
    if (!this.transport.write(bytes)) await new Promise<void>((resolve) => this.drains.push(resolve))
  }

  /** Resolves when the connection is over. */
  over(): Promise<void> {
    return this.closedWith === undefined ? new Promise((resolve) => this.ends.push(resolve)) : Promise.resolve()
  }

  private drained(): void {
    for (const resolve of this.drains.splice(0)) resolve()
  }

  /** Waits for bytes; false at the end of the stream. */
  private async more(): Promise<boolean> {
    if (this.closedWith !== undefined) {
      if (this.closedWith !== null) throw this.ended(this.closedWith)
      return false
    }
    if (this.paused) {
      this.paused = false
      this.transport.resume()
    }
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
    this.wake = null
    return true
  }

  private take(size: number): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.size)
    this.size -= size
    this.chunks = size === all.length ? [] : [all.subarray(size)]
    return all.subarray(0, size)
  }
}
