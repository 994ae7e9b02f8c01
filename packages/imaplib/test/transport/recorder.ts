import type { Transport, TransportReceiver } from '../../src/transport/transport.ts'

/** A receiver that keeps all it is told, and lets a test wait for it. */
export class Recorder implements TransportReceiver {
  readonly chunks: Buffer[] = []
  size = 0
  drains = 0
  readonly closings: (Error | null)[] = []
  /** Errors of the contract itself: a call after `closed()`. */
  readonly violations: string[] = []
  onData: ((chunk: Buffer) => void) | null = null
  private waiting: { until: () => boolean; resolve: () => void }[] = []

  constructor(transport?: Transport) {
    transport?.start(this)
  }

  data(chunk: Buffer): void {
    if (this.closings.length > 0) this.violations.push('data after closed')
    this.chunks.push(Buffer.from(chunk))
    this.size += chunk.length
    this.onData?.(chunk)
    this.check()
  }

  drain(): void {
    if (this.closings.length > 0) this.violations.push('drain after closed')
    this.drains++
    this.check()
  }

  closed(error: Error | null): void {
    this.closings.push(error)
    if (this.closings.length > 1) this.violations.push('closed twice')
    this.check()
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  get text(): string {
    return this.bytes.toString('latin1')
  }

  /** Resolves when the condition holds; the test's own time limit is the deadline. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ until: condition, resolve })
      this.check()
    })
  }

  async untilSize(size: number): Promise<Buffer> {
    await this.until(() => this.size >= size)
    return this.bytes
  }

  async untilClosed(): Promise<Error | null> {
    await this.until(() => this.closings.length > 0)
    return this.closings[0] ?? null
  }

  private check(): void {
    const ready = this.waiting.filter((one) => one.until())
    this.waiting = this.waiting.filter((one) => !ready.includes(one))
    for (const one of ready) one.resolve()
  }
}

/** One full round of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Many rounds, for what must not happen. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}
