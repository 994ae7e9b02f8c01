import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { ImapError } from '../errors/imap-error.ts'
import type { Transport, TransportReceiver } from './transport.ts'

const PIECE = 64 * 1024
const HIGH_WATER = 64 * 1024
/** How much may wait on either side of zlib. The option is one of its streams, which the types do not tell. */
const mark = { highWaterMark: HIGH_WATER }

export interface DeflateOptions {
  /** 0 (none) to 9 (smallest). Default 6. */
  level?: number | undefined
}

/** A compressed connection, on top of another transport. */
export interface CompressedTransport extends Transport {
  /** The transport below, for its TLS details. Its flow belongs to the layer above. */
  readonly inner: Transport
}

/**
 * COMPRESS=DEFLATE (RFC 4978): raw deflate in both directions over another transport, which it takes over at once.
 *
 * `firstCompressedBytes` are those that came behind the tagged OK of COMPRESS: unlike after STARTTLS they are good, and
 * compressed already. Inflated bytes come in pieces of at most 64 KiB, and only as fast as the receiver takes them, so a
 * small chunk that inflates to gigabytes costs no memory. A broken or truncated stream closes with `EPROTOCOL`.
 */
export function deflateTransport(
  inner: Transport,
  firstCompressedBytes: Buffer | null,
  options: DeflateOptions = {},
): CompressedTransport {
  return new DeflateTransport(inner, firstCompressedBytes, options)
}

class DeflateTransport implements CompressedTransport, TransportReceiver {
  readonly inner: Transport
  readonly description: string
  private readonly inflater: InflateRaw
  private readonly deflater: DeflateRaw
  private receiver: TransportReceiver | null = null
  private reported = false
  private isPaused = false
  /** How the layer below ended; undefined while it has not. What it brought before may still wait to be inflated. */
  private innerOutcome: Error | null | undefined = undefined
  private outcome: Error | null | undefined = undefined
  private inflating = 0
  private finishing = false
  /** The last four compressed octets; at first as if a flush had just been. */
  private readonly tail = Buffer.from([0x00, 0x00, 0xff, 0xff])
  /** Written in this turn, not yet given to zlib. */
  private burst: Uint8Array[] = []
  private corks = 0
  private scheduled = false
  /** Octets written and not yet compressed. */
  private queued = 0
  private wantsDrain = false
  private ending = false

  constructor(inner: Transport, first: Buffer | null, options: DeflateOptions) {
    this.inner = inner
    this.description = `${inner.description} (compressed)`
    this.inflater = createInflateRaw({ chunkSize: PIECE, ...mark })
    // One sync flush for each write: RFC 4978 §4. The last block is never marked as final: the end of the connection is
    // the end of the stream, and some servers take a final block for an error.
    const flush = constants.Z_SYNC_FLUSH
    // Commands are short: a small window loses little, and an idle connection holds 64 KiB of it in place of 256.
    const small = { windowBits: 13, memLevel: 6, chunkSize: 4096, ...mark }
    this.deflater = createDeflateRaw({ flush, finishFlush: flush, level: options.level ?? 6, ...small })
    this.inflater.pause()
    this.inflater.on('data', (piece: Buffer) => this.inflated(piece))
    this.inflater.on('drain', () => this.innerMayContinue())
    this.inflater.on('error', (error) => this.broken(error))
    this.inflater.on('end', () => this.inflateEnded())
    this.deflater.on('data', (piece: Buffer) => {
      if (!inner.write(piece)) this.deflater.pause()
    })
    this.deflater.on('end', () => inner.end())
    this.deflater.on('error', (error) => this.destroy(error))
    // start() hands the flow over; a receiver above may come later.
    if (first !== null && first.length > 0) this.data(first)
    inner.start(this)
    if (this.inflating < HIGH_WATER) inner.resume()
  }

  get secure(): boolean {
    return this.inner.secure
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver
    if (!this.isPaused) this.inflater.resume()
    if (this.outcome !== undefined) process.nextTick(() => this.report())
    else this.finishInflating()
  }

  write(bytes: Uint8Array): boolean {
    if (this.ending || this.outcome !== undefined || bytes.length === 0) return true
    this.burst.push(bytes)
    this.queued += bytes.length
    if (this.corks === 0 && !this.scheduled) {
      this.scheduled = true
      // After the promises of this turn, so that commands issued one after another share a block.
      queueMicrotask(() => {
        this.scheduled = false
        if (this.corks === 0) this.compress()
      })
    }
    const more = this.queued < HIGH_WATER
    if (!more) this.wantsDrain = true
    return more
  }

  cork(): void {
    this.corks++
  }

  uncork(): void {
    if (this.corks > 0) this.corks--
    if (this.corks === 0) this.compress()
  }

  pause(): void {
    this.isPaused = true
    this.inflater.pause()
  }

  resume(): void {
    this.isPaused = false
    if (this.receiver === null) return
    this.inflater.resume()
    this.finishInflating()
  }

  end(): void {
    if (this.ending || this.outcome !== undefined) return
    this.compress()
    this.ending = true
    this.deflater.end()
  }

  destroy(error?: Error): void {
    if (this.outcome !== undefined) return
    this.settle(error ?? null)
    this.inner.destroy(error)
    process.nextTick(() => this.report())
  }

  // What the layer below tells.

  /** @internal */
  data(chunk: Buffer): void {
    if (this.outcome !== undefined) return
    // The memory is only ours during this call, and zlib works in another thread.
    const compressed = Buffer.from(chunk)
    this.keepTail(compressed)
    this.inflating += compressed.length
    const more = this.inflater.write(compressed, () => {
      this.inflating -= compressed.length
      this.finishInflating()
    })
    if (!more) this.inner.pause()
  }

  /** @internal */
  drain(): void {
    this.deflater.resume()
  }

  /** @internal */
  closed(error: Error | null): void {
    if (this.innerOutcome !== undefined) return
    this.innerOutcome = error
    this.finishInflating()
  }

  private innerMayContinue(): void {
    if (this.innerOutcome === undefined && this.outcome === undefined) this.inner.resume()
  }

  private inflated(piece: Buffer): void {
    if (this.outcome !== undefined || this.receiver === null) return
    this.receiver.data(piece)
    this.finishInflating()
  }

  private compress(): void {
    const { burst } = this
    if (burst.length === 0 || this.outcome !== undefined) return
    this.burst = []
    const [only] = burst
    const bytes = burst.length === 1 && only !== undefined ? only : Buffer.concat(burst)
    this.deflater.write(bytes, () => {
      this.queued -= bytes.length
      if (this.queued >= HIGH_WATER || !this.wantsDrain || this.outcome !== undefined) return
      this.wantsDrain = false
      this.receiver?.drain()
    })
  }

  /** When the layer below has ended and the receiver has all that came of it: asks zlib whether it was complete. */
  private finishInflating(): void {
    if (this.innerOutcome === undefined || this.finishing || this.outcome !== undefined) return
    if (this.inflating > 0 || this.inflater.readableLength > 0 || this.receiver === null || this.isPaused) return
    this.finishing = true
    if (this.innerOutcome !== null) return this.over(this.innerOutcome)
    this.inflater.end()
  }

  private inflateEnded(): void {
    if (this.innerOutcome !== undefined && this.finishing) return this.over(null)
    this.over(new ImapError('EPROTOCOL', `${this.description}: bytes follow the end of the compressed stream`))
  }

  private broken(error: Error): void {
    // Few servers mark a last block. Ending at a sync flush, which leaves these four octets, is as good.
    const unfinished = this.finishing && 'code' in error && error.code === 'Z_BUF_ERROR'
    if (unfinished && this.tail.readUInt32BE(0) === 0x0000ffff) return this.over(null)
    const message = unfinished ? 'the compressed stream is cut off' : 'the compressed stream is broken'
    this.over(new ImapError('EPROTOCOL', `${this.description}: ${message}`, { cause: error }))
  }

  private keepTail(bytes: Buffer): void {
    const added = bytes.subarray(-4)
    this.tail.copyWithin(0, added.length)
    added.copy(this.tail, 4 - added.length)
  }

  private over(outcome: Error | null): void {
    if (this.outcome !== undefined) return
    this.settle(outcome)
    this.inner.destroy(outcome ?? undefined)
    this.report()
  }

  private settle(outcome: Error | null): void {
    this.outcome = outcome
    this.burst = []
    this.inflater.destroy()
    this.deflater.destroy()
  }

  private report(): void {
    if (this.reported || this.receiver === null || this.outcome === undefined) return
    this.reported = true
    this.receiver.closed(this.outcome)
  }
}
