import { ImapError } from '../errors/imap-error.ts'
import { deflateTransport } from '../transport/deflate.ts'
import { startTls, type StartTlsOptions } from '../transport/tls.ts'
import type { Transport, TransportReceiver } from '../transport/transport.ts'
import type { Frame, FramerLimits, FrameSink, LiteralConsumer } from '../wire/frame.ts'
import { Framer, type FramerOptions } from '../wire/framer.ts'
import { channels, nextConnectionId, type WireMessage } from './diagnostics.ts'
import { traceable } from './trace.ts'

/** Receives what comes over a {@link Link}. All calls are synchronous; `ended` is the last, exactly once. */
export interface LinkReceiver {
  frame(frame: Frame): void
  /** See `FrameSink.literal`. */
  literal?(head: Frame, size: number): LiteralConsumer | null
  /** Bytes came: for whoever watches the time. */
  alive?(): void
  /** The send queue is short again. */
  drain?(): void
  ended(error: Error | null): void
}

export interface LinkOptions extends FramerOptions {
  /** Called with each line in either direction, secrets masked, literals as `<n octets>`. */
  trace?: ((direction: 'sent' | 'received', line: string) => void) | undefined
}

/**
 * A transport cut into frames: the lowest layer that knows IMAP's framing, and nothing else of IMAP.
 *
 * It swaps its transport for TLS (STARTTLS) or deflate (COMPRESS) at the byte where the server's answer ends.
 */
export class Link implements TransportReceiver, FrameSink {
  readonly id: number = nextConnectionId()
  bytesReceived = 0
  bytesSent = 0
  private transport: Transport
  private readonly receiver: LinkReceiver
  private readonly options: LinkOptions
  private framer: Framer
  /** Bytes behind the frame at which {@link halt} was called. */
  private rest: Buffer | null = null
  private halted = false
  private ended = false
  private blocked = false
  private waiters: (() => void)[] = []

  constructor(transport: Transport, receiver: LinkReceiver, options: LinkOptions = {}) {
    this.transport = transport
    this.receiver = receiver
    this.options = options
    this.framer = this.newFramer()
    transport.start(this)
  }

  /** True when TLS protects the bytes, or they never leave the machine. */
  get secure(): boolean {
    return this.transport.secure
  }

  get description(): string {
    return this.transport.description
  }

  get hasEnded(): boolean {
    return this.ended
  }

  /** The transport in use, for what only it knows (TLS details, a child's exit). */
  get carrier(): Transport {
    return this.transport
  }

  /** Whether anybody looks at the lines. */
  get traced(): boolean {
    return this.traces('sent')
  }

  setLimits(limits: Partial<FramerLimits>): void {
    Object.assign(this.options, limits)
    this.framer.setLimits(limits)
  }

  /**
   * Sends bytes. `redacted` is what a trace shows of them, asked for only when somebody traces.
   *
   * @returns false when the queue is long: await {@link drained} before sending much more
   */
  send(bytes: Uint8Array, redacted: () => string): boolean {
    if (this.ended) return true
    this.bytesSent += bytes.length
    if (this.traces('sent')) this.trace('sent', redacted())
    if (this.transport.write(bytes)) return true
    this.blocked = true
    return false
  }

  /** Resolves when the send queue is short, or the link has ended. */
  drained(): Promise<void> {
    if (!this.blocked || this.ended) return Promise.resolve()
    return new Promise((resolve) => this.waiters.push(resolve))
  }

  cork(): void {
    this.transport.cork()
  }

  uncork(): void {
    this.transport.uncork()
  }

  pause(): void {
    this.transport.pause()
  }

  resume(): void {
    this.transport.resume()
  }

  /**
   * Called while a frame is delivered: delivers nothing after it until {@link startTls}, {@link compress} or
   * {@link proceed} says how the next bytes are to be understood.
   */
  halt(): void {
    this.halted = true
    this.framer.halt()
    this.transport.pause()
  }

  /** Goes on after {@link halt} as before. */
  proceed(): void {
    this.halted = false
    const rest = this.rest
    this.rest = null
    this.transport.resume()
    if (rest !== null) this.feed(rest)
  }

  /**
   * Goes on after {@link halt} under TLS. Everything learnt from the bytes before is the caller's to forget.
   *
   * @throws ImapError `ESTARTTLSINJECTION` when a byte in the clear follows the server's answer (CVE-2021-38371 and its
   * many kin: such bytes would be read as if they had come under TLS); `ETLS`, `ETIMEDOUT`
   */
  async startTls(options: StartTlsOptions): Promise<void> {
    // Only when the delivery of this chunk has ended is it known whether anything followed.
    await Promise.resolve()
    if (this.rest !== null || this.framer.pending > 0) {
      const error = new ImapError(
        'ESTARTTLSINJECTION',
        'Bytes in the clear followed the answer to STARTTLS: somebody is tampering with the connection.',
      )
      this.destroy(error)
      throw error
    }
    try {
      const secured = await startTls(this.transport, options)
      if (this.ended) {
        secured.destroy()
        throw new ImapError('ECLOSED', 'The connection was closed during the TLS handshake.')
      }
      this.replace(secured)
    } catch (error) {
      this.destroy(error as Error)
      throw error
    }
  }

  /** Goes on after {@link halt} with both directions deflated (RFC 4978). Bytes already here are deflated ones. */
  compress(): void {
    const rest = this.rest
    this.rest = null
    const inner = this.transport
    inner.resume()
    this.replace(deflateTransport(inner, rest))
  }

  /** Sends what is queued, then closes. */
  end(): void {
    this.transport.end()
  }

  /** Drops the connection; `closed` follows with this error, or the first one that was given. */
  destroy(error: Error | null = null): void {
    if (this.ended) return
    this.finish(error)
    this.transport.destroy()
  }

  // What transport and framer tell.

  /** @internal */
  data(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    this.receiver.alive?.()
    if (this.halted) {
      this.rest = Buffer.concat(this.rest === null ? [chunk] : [this.rest, chunk])
      if (this.rest.length > MAX_HELD) this.destroy(tooMuchHeld())
    } else this.feed(chunk)
  }

  /** @internal */
  room(): Buffer | null {
    return this.halted || this.ended ? null : this.framer.room()
  }

  /** @internal */
  drain(): void {
    this.blocked = false
    this.wake()
    this.receiver.drain?.()
  }

  /** @internal */
  closed(error: Error | null): void {
    this.finish(error)
  }

  /** @internal */
  frame(frame: Frame): void {
    // A receiver may drop the connection while a chunk's frames are delivered: nothing after that is heard.
    if (this.ended) return
    if (this.traces('received')) this.trace('received', traceable(frame))
    this.receiver.frame(frame)
  }

  /** @internal */
  literal(head: Frame, size: number): LiteralConsumer | null {
    return this.receiver.literal?.(head, size) ?? null
  }

  private feed(chunk: Buffer): void {
    if (this.ended) return
    try {
      const rest = this.framer.push(chunk)
      // A view of memory that will be reused: what waits must be copied.
      if (rest !== null && rest.length > 0 && !this.ended) this.rest = Buffer.from(rest)
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  private finish(error: Error | null): void {
    if (this.ended) return
    this.ended = true
    const truncated = error === null && this.framer.pending > 0
    const reason = truncated
      ? new ImapError('EEOF', 'The connection ended in the middle of a response.', { retryable: true })
      : error
    this.framer.fail(reason ?? new ImapError('EEOF', 'The connection ended.', { retryable: true }))
    this.wake()
    if (channels.close.hasSubscribers) {
      const { bytesSent, bytesReceived } = this
      channels.close.publish({ connection: this.id, error: reason, bytesSent, bytesReceived })
    }
    this.receiver.ended(reason)
  }

  private wake(): void {
    const waiters = this.waiters
    if (waiters.length === 0) return
    this.waiters = []
    for (const waiter of waiters) waiter()
  }

  private replace(transport: Transport): void {
    this.transport = transport
    this.framer = this.newFramer()
    this.halted = false
    this.blocked = false
    this.wake()
    transport.start(this)
  }

  private newFramer(): Framer {
    return new Framer(this, this.options)
  }

  private traces(direction: 'sent' | 'received'): boolean {
    return this.options.trace !== undefined || channels[direction].hasSubscribers
  }

  private trace(direction: 'sent' | 'received', line: string): void {
    this.options.trace?.(direction, line)
    if (channels[direction].hasSubscribers)
      channels[direction].publish({ connection: this.id, line } satisfies WireMessage)
  }
}

/** What may pile up between a halt and the answer to it: a server has little to say there. */
const MAX_HELD = 1024 * 1024

const tooMuchHeld = () => new ImapError('ELIMIT', 'The server sent too much while the connection was being switched.')
