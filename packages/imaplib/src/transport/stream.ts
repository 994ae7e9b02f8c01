import type { Readable, Writable } from 'node:stream'
import { ImapError } from '../errors/imap-error.ts'
import type { Transport, TransportReceiver } from './transport.ts'

/** How long a stream that ended gets to flush what is queued, before it is dropped. */
const LINGER_MS = 1000

/**
 * The part that all transports over Node streams share: order, pausing, and one `closed()` whatever happens.
 *
 * A subclass attaches its streams and hands their bytes to `deliver()`.
 */
export class StreamTransport implements Transport {
  readonly secure: boolean
  readonly description: string
  private receiver: TransportReceiver | null = null
  private writable: Writable | null = null
  private readable: Readable | null = null
  /** Bytes that came before `start()`, while paused, or inside a write; always older than what comes next. */
  private early: Buffer[] | null = null
  private earlyScheduled = false
  private isPaused = false
  private wantsDrain = false
  private inWrite = false
  private ending = false
  private linger: NodeJS.Timeout | null = null
  /** What ended the connection; undefined while it is open. */
  private outcome: Error | null | undefined = undefined
  private reported = false

  constructor(description: string, secure: boolean) {
    this.description = description
    this.secure = secure
  }

  start(receiver: TransportReceiver): void {
    const first = this.receiver === null
    this.receiver = receiver
    if (first && this.outcome === undefined) this.flow()
    if (this.early !== null) this.scheduleEarly()
    else if (this.outcome !== undefined) process.nextTick(() => this.report())
  }

  write(bytes: Uint8Array): boolean {
    const writable = this.writable
    // A zero-length write to a TLS socket makes it deliver what it has decrypted, inside this call.
    if (writable === null || this.outcome !== undefined || this.ending || bytes.length === 0) return true
    const more = this.guarded(() => writable.write(bytes))
    if (more === false) this.wantsDrain = true
    return more ?? true
  }

  cork(): void {
    this.writable?.cork()
  }

  uncork(): void {
    this.guarded(() => this.writable?.uncork())
  }

  pause(): void {
    this.isPaused = true
    if (this.receiver !== null) this.readable?.pause()
  }

  resume(): void {
    this.isPaused = false
    if (this.early !== null) this.scheduleEarly()
    if (this.receiver !== null) this.readable?.resume()
  }

  end(): void {
    if (this.ending || this.outcome !== undefined) return
    this.ending = true
    this.guarded(() => void this.writable?.end())
  }

  destroy(error?: Error): void {
    this.early = null
    this.drop()
    if (this.outcome === undefined) this.outcome = error ?? null
    if (!this.reported) process.nextTick(() => this.report())
  }

  /** True once the connection is over, though the receiver may not have heard of it yet. */
  protected get over(): boolean {
    return this.outcome !== undefined
  }

  protected get paused(): boolean {
    return this.isPaused || this.receiver === null
  }

  protected attach(readable: Readable, writable: Writable): void {
    this.readable = readable
    this.writable = writable
    readable.on('end', () => this.readableEnded())
    writable.on('drain', () => this.drained())
    for (const stream of new Set<Readable | Writable>([readable, writable])) {
      stream.on('error', (error) => this.failed(error, stream))
      stream.on('close', () => this.streamClosed(stream))
    }
  }

  /** Begins to read; called once, when there is a receiver. */
  protected flow(): void {
    this.readable?.on('data', (chunk: Buffer) => this.deliver(chunk, false))
    if (this.isPaused) this.readable?.pause()
    else this.readable?.resume()
  }

  /** Hands bytes to the receiver, now or in their turn. Memory that will be reused is copied if it must wait. */
  protected deliver(chunk: Buffer, reused: boolean): void {
    if (this.reported || (this.outcome !== undefined && this.early === null)) return
    if (this.receiver !== null && this.early === null && !this.inWrite) {
      this.receiver.data(chunk)
      return
    }
    const kept = reused ? Buffer.from(chunk) : chunk
    if (this.early === null) this.early = [kept]
    else this.early.push(kept)
    if (this.receiver !== null) this.scheduleEarly()
  }

  /** The receiver's memory for what is read next; null when it has none, or when what comes must wait its turn. */
  protected room(): Buffer | null {
    if (this.receiver === null || this.early !== null || this.isPaused || this.inWrite) return null
    return this.receiver.room?.() ?? null
  }

  /** The connection is over. `error` is null when that was in good order. Only the first call counts. */
  protected finish(error: Error | null): void {
    if (this.outcome !== undefined) return
    this.outcome = error
    if (this.inWrite) process.nextTick(() => this.report())
    else this.report()
  }

  /** The peer will send no more. The rest of our queue gets a moment to leave, then the streams are dropped. */
  protected readableEnded(): void {
    this.finish(null)
    this.lingerAndDrop()
  }

  protected failed(error: Error, _stream: Readable | Writable): void {
    this.finish(error)
  }

  protected streamClosed(_stream: Readable | Writable): void {
    if (this.linger !== null) clearTimeout(this.linger)
    this.linger = null
    // In good order an 'end' or our own destroy() has come first, and this changes nothing.
    this.finish(new ImapError('EEOF', `${this.description}: the stream was closed before its end`, { retryable: true }))
  }

  /** Lets go of the streams' owner: it gets no more calls, and this transport does nothing any more. */
  protected surrenderStreams(): void {
    this.outcome ??= null
    this.reported = true
    this.receiver = null
    this.early = null
    this.readable = null
    this.writable = null
  }

  /** Gives another receiver the calls, without a word to the old one. */
  protected divert(receiver: TransportReceiver): void {
    this.isPaused = false
    this.start(receiver)
    this.resume()
  }

  protected lingerAndDrop(): void {
    const writable = this.writable
    if (writable === null || writable.destroyed) return
    writable.end()
    this.linger ??= setTimeout(() => this.drop(), LINGER_MS)
  }

  protected drop(): void {
    if (this.linger !== null) clearTimeout(this.linger)
    this.linger = null
    this.readable?.destroy()
    this.writable?.destroy()
  }

  /** A stream of the user may answer, or throw, inside the call: neither reaches whoever called us. */
  private guarded<Result>(call: () => Result): Result | undefined {
    this.inWrite = true
    try {
      return call()
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
      return undefined
    } finally {
      this.inWrite = false
    }
  }

  private drained(): void {
    if (!this.wantsDrain || this.outcome !== undefined) return
    this.wantsDrain = false
    this.receiver?.drain()
  }

  private scheduleEarly(): void {
    if (this.earlyScheduled) return
    this.earlyScheduled = true
    process.nextTick(() => {
      this.earlyScheduled = false
      this.deliverEarly()
    })
  }

  private deliverEarly(): void {
    while (this.early !== null && this.receiver !== null && !this.isPaused && !this.reported) {
      const chunk = this.early.shift()
      if (chunk === undefined) this.early = null
      else this.receiver.data(chunk)
    }
    if (this.early === null && this.outcome !== undefined) this.report()
  }

  private report(): void {
    if (this.reported || this.receiver === null || this.outcome === undefined || this.early !== null) return
    this.reported = true
    this.receiver.closed(this.outcome)
  }
}
