import { Link, type LinkOptions } from '../connection/link.ts'
import type { Transport } from '../transport/transport.ts'
import type { Frame } from '../wire/frame.ts'
import { keptFrame, readTwice, type ResponseHandler, type ResponseSource } from './response-source.ts'
import type { RawResponse } from './response-lines.ts'

/** How much may wait unread before the server is made to wait. */
const MAX_WAITING = 256 * 1024

/** What a {@link PushedResponses} asks of its owner. */
export interface PushOwner {
  /** Bytes came. */
  alive(): void
  /** The error to give to whoever waits: the connection ended, with this error or in good order. */
  ended(error: Error | null): Error
}

/**
 * Responses straight from the socket: while a command waits, each frame is handled where it lies, without a promise or
 * a copy in between.
 */
export class PushedResponses implements ResponseSource {
  readonly link: Link
  private readonly owner: PushOwner
  private readonly waiting: RawResponse[] = []
  private waitingSize = 0
  private paused = false
  private handle: ResponseHandler | null = null
  private settle: ((outcome: boolean | Error) => void) | null = null
  private failure: Error | null = null
  private readonly ends: (() => void)[] = []

  constructor(transport: Transport, owner: PushOwner, options: LinkOptions) {
    this.owner = owner
    this.link = new Link(
      transport,
      {
        frame: (frame) => this.frame(frame),
        alive: () => owner.alive(),
        ended: (error) => this.closed(error),
      },
      options,
    )
  }

  async read(handle: ResponseHandler, limit: number | null): Promise<boolean> {
    if (this.handle !== null) throw readTwice()
    for (;;) {
      const raw = this.waiting.shift()
      if (raw === undefined) break
      this.waitingSize -= raw.bytes.length
      if (handle(raw)) return true
    }
    if (this.failure !== null) throw this.failure
    if (limit !== null && limit <= 0) return false
    return new Promise<boolean>((resolve, reject) => {
      const timer = limit === null ? null : setTimeout(() => this.settle?.(false), limit)
      this.handle = handle
      this.settle = (outcome) => {
        if (timer !== null) clearTimeout(timer)
        this.handle = null
        this.settle = null
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      if (this.paused) {
        this.paused = false
        this.link.resume()
      }
    })
  }

  /** Whether responses came that nobody has waited for yet. */
  get pending(): boolean {
    return this.waiting.length > 0
  }

  interrupt(): void {
    this.settle?.(false)
  }

  /** Resolves when the connection is over. */
  over(): Promise<void> {
    return this.failure === null ? new Promise((resolve) => this.ends.push(resolve)) : Promise.resolve()
  }

  private frame(frame: Frame): void {
    const { handle, settle } = this
    if (handle === null || settle === null) {
      const raw = keptFrame(frame)
      this.waiting.push(raw)
      this.waitingSize += raw.bytes.length
      if (this.waitingSize > MAX_WAITING && !this.paused) {
        this.paused = true
        this.link.pause()
      }
      return
    }
    let done: boolean
    try {
      done = handle(frame)
    } catch (error) {
      settle(error as Error)
      return
    }
    if (done) settle(true)
  }

  private closed(error: Error | null): void {
    this.failure = this.owner.ended(error)
    this.settle?.(this.failure)
    for (const end of this.ends.splice(0)) end()
  }
}
