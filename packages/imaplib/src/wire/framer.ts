import { isAscii } from 'node:buffer'
import { ImapError } from '../errors/imap-error.ts'
import type { ExternalLiteral, Frame, FramerLimits, FrameSink, LiteralConsumer } from './frame.ts'
import { lineEnd, literalSizeAt } from './literal-header.ts'

const LF = 0x0a
const NUL = 0x00

export interface FramerOptions extends Partial<FramerLimits> {
  /**
   * Literals up to this size (octets) stay inside their frame; longer ones are kept apart or streamed. Default 4096:
   * above that, one copy into a buffer of its own is cheaper than carrying the octets through the line scanner.
   */
  inlineLiteral?: number | undefined
  /** `'crlf'` makes a line that ends in a lone LF fatal (RFC 9051 §4). Default `'lenient'`. */
  lineEnding?: 'crlf' | 'lenient' | undefined
  /** `'refuse'` makes a NUL outside of literals fatal (RFC 9051 §9, CHAR). Default `'refuse'`. */
  nul?: 'refuse' | 'accept' | undefined
}

export const defaultLimits: FramerLimits = {
  maxLineLength: 16 * 1024 * 1024,
  maxLiteralSize: 128 * 1024 * 1024,
  maxResponseSize: 160 * 1024 * 1024,
}

const NOTHING = Buffer.alloc(0)

/** The one frame object of a framer; its fields are set anew for each response, so none is allocated for it. */
class CurrentFrame implements Frame {
  bytes: Buffer = NOTHING
  start = 0
  end = 0
  externals: ExternalLiteral[] | null = null
  private cachedText: string | null = null
  private cachedAscii = true

  /** Names the memory in which the next frames lie, up to `length`. */
  place(bytes: Buffer, length: number): void {
    this.bytes = bytes
    this.length = length
    this.cachedText = null
  }
  private length = 0

  /** Lets go of the memory of a chunk that has been delivered. */
  leave(): void {
    this.bytes = NOTHING
    this.length = 0
    this.cachedText = ''
    this.cachedAscii = true
  }

  get text(): string {
    let text = this.cachedText
    if (text === null) {
      text = this.cachedText = this.bytes.toString('latin1', 0, this.length)
      this.cachedAscii = isAscii(this.bytes.subarray(0, this.length))
    }
    return text
  }

  get ascii(): boolean {
    if (this.cachedText === null) void this.text
    return this.cachedAscii
  }
}

/** A literal whose octets are still coming, outside of the frame. */
interface OpenExternal {
  readonly position: number
  readonly size: number
  readonly data: Buffer | null
  readonly consumer: LiteralConsumer | null
  filled: number
}

/**
 * Cuts a stream of bytes into responses, however the bytes are split into chunks.
 *
 * Line ends are found by `indexOf`; literals are skipped by length and never looked at. A response that lies whole in
 * one chunk is delivered where it lies; only what crosses a chunk's end is copied, once, into `carry`. A literal above
 * `inlineLiteral` is copied once into its own buffer, or handed on piece by piece.
 *
 * After a thrown error the framer is dead: a stream that broke its framing is never resynchronised.
 */
export class Framer {
  private readonly limits: FramerLimits
  private readonly inlineLiteral: number
  private readonly strictLineEnding: boolean
  private readonly refuseNul: boolean
  private readonly sink: FrameSink
  private readonly current = new CurrentFrame()

  /** Start of a response that has not ended yet; its first `carried` bytes are valid. */
  private carry: Buffer | null = null
  private carried = 0
  /** In the carry: where the line piece under way begins, and how far it has been searched for its LF. */
  private lineStart = 0
  private externals: ExternalLiteral[] | null = null
  private external: OpenExternal | null = null
  /** Octets of an inline literal that have not come yet. */
  private missing = 0
  /** Octets of the response that lie outside of the carry. */
  private externalSize = 0
  private halted = false
  private failure: Error | null = null

  constructor(sink: FrameSink, options: FramerOptions = {}) {
    this.sink = sink
    this.limits = {
      maxLineLength: options.maxLineLength ?? defaultLimits.maxLineLength,
      maxLiteralSize: options.maxLiteralSize ?? defaultLimits.maxLiteralSize,
      maxResponseSize: options.maxResponseSize ?? defaultLimits.maxResponseSize,
    }
    this.inlineLiteral = options.inlineLiteral ?? 4096
    this.strictLineEnding = options.lineEnding === 'crlf'
    this.refuseNul = options.nul !== 'accept'
  }

  /** Changes the limits from the next byte on; a connection allows more once the peer has authenticated. */
  setLimits(limits: Partial<FramerLimits>): void {
    Object.assign(this.limits, limits)
  }

  /** How many bytes of an unfinished response have come. */
  get pending(): number {
    return this.carried + this.externalSize + (this.external?.filled ?? 0)
  }

  /**
   * Stops after the response being delivered. {@link push} then returns the bytes that follow it: after STARTTLS there
   * must be none, after COMPRESS they are deflated (RFC 4978 §3).
   */
  halt(): void {
    this.halted = true
  }

  /**
   * Takes the next bytes and delivers every response that they complete.
   *
   * @returns the bytes not looked at because of {@link halt}; otherwise null. The view is valid as long as `chunk` is.
   * @throws ImapError `ELIMIT` or `EPROTOCOL`: the connection must be closed
   */
  push(chunk: Buffer): Buffer | null {
    if (this.failure !== null) throw this.failure
    try {
      let at = 0
      while (at < chunk.length) {
        if (this.halted) {
          this.halted = false
          return chunk.subarray(at)
        }
        if (this.external !== null) at = this.fillExternal(this.external, chunk, at)
        else if (this.carried > 0) at = this.continueCarried(chunk, at)
        else at = this.cutWhole(chunk, at)
      }
      this.halted = false
      this.current.leave()
      return null
    } catch (error) {
      this.fail(error as Error)
      throw error
    }
  }

  /**
   * Where the next bytes belong, when they are many and all of one literal: who reads them there saves a copy, and hands a
   * view of that memory to {@link push}. Null otherwise.
   */
  room(): Buffer | null {
    const { external } = this
    if (external === null) return null
    const missing = external.size - external.filled
    if (missing < LEAST_ROOM) return null
    if (external.data !== null) return external.data.subarray(external.filled)
    const room = external.consumer?.room?.() ?? null
    return room === null || room.length <= missing ? room : room.subarray(0, missing)
  }

  /** The stream ended. An open streamed literal is told so. */
  fail(error: Error): void {
    if (this.failure !== null) return
    this.failure = error
    const consumer = this.external?.consumer
    this.external = null
    this.carry = null
    consumer?.abort(error)
  }

  /** Delivers the responses that lie whole in `chunk` from `at` on; carries the unfinished rest. Returns where it got. */
  private cutWhole(chunk: Buffer, at: number): number {
    const { current, inlineLiteral } = this
    // One search finds the next NUL for all lines before it: looking per line would be quadratic for a hostile server.
    let nul = this.refuseNul ? positionOf(NUL, chunk, at) : Infinity
    current.place(chunk, chunk.length)
    let start = at
    let lineStart = at
    for (;;) {
      const lf = chunk.indexOf(LF, lineStart)
      if (lf === -1) {
        this.carryOver(chunk, start, lineStart, 0)
        return chunk.length
      }
      const end = lineEnd(chunk, lineStart, lf)
      if (nul < lineStart) nul = positionOf(NUL, chunk, lineStart)
      this.checkLine(lineStart, end, lf, nul)
      const size = literalSizeAt(chunk, lineStart, end)
      if (size === -1) {
        current.start = start
        current.end = end
        current.externals = null
        start = lineStart = lf + 1
        this.sink.frame(current)
        if (this.halted || start === chunk.length) return start
        continue
      }
      const next = lf + 1 + size
      if (size > inlineLiteral) {
        this.carryOver(chunk.subarray(0, lf + 1), start, lf + 1, 0)
        this.openExternal(size)
        return lf + 1
      }
      this.checkLiteral(size, next - start)
      if (next > chunk.length) {
        this.carryOver(chunk, start, chunk.length, next - chunk.length)
        return chunk.length
      }
      lineStart = next
    }
  }

  /** Adds to the carried response what of `chunk` belongs to it: up to the next LF, or to the end of a literal. */
  private continueCarried(chunk: Buffer, at: number): number {
    if (this.missing > 0) {
      const taken = Math.min(this.missing, chunk.length - at)
      this.append(chunk, at, at + taken)
      this.missing -= taken
      if (this.missing === 0) this.lineStart = this.carried
      return at + taken
    }
    const lf = chunk.indexOf(LF, at)
    const stop = lf === -1 ? chunk.length : lf + 1
    if (this.carried - this.lineStart + (stop - at) > this.limits.maxLineLength + 2) throw this.tooLong('line')
    this.append(chunk, at, stop)
    if (lf !== -1) this.endCarriedLine()
    return stop
  }

  private endCarriedLine(): void {
    const carry = this.carry as Buffer
    const lf = this.carried - 1
    const end = lineEnd(carry, this.lineStart, lf)
    const nul = this.refuseNul ? positionOf(NUL, carry.subarray(0, end), this.lineStart) : Infinity
    this.checkLine(this.lineStart, end, lf, nul)
    const size = literalSizeAt(carry, this.lineStart, end)
    if (size > this.inlineLiteral) return this.openExternal(size)
    if (size !== -1) {
      this.checkLiteral(size, this.carried + this.externalSize + size)
      this.missing = size
      this.lineStart = this.carried
      return
    }
    const { current } = this
    current.place(carry, this.carried)
    current.start = 0
    current.end = end
    current.externals = this.externals
    this.carried = 0
    this.lineStart = 0
    this.externals = null
    this.externalSize = 0
    this.sink.frame(current)
    this.carry = null
    giveBack(carry)
  }

  /** The carry ends in the header of a literal too long to lie in the frame. */
  private openExternal(size: number): void {
    const position = this.carried
    const { current } = this
    current.place(this.carry as Buffer, position)
    current.start = 0
    current.end = position
    current.externals = this.externals
    const consumer = this.sink.literal?.(current, size) ?? null
    if (consumer === null) this.checkLiteral(size, this.carried + this.externalSize + size)
    // Not zeroed and not touched before the bytes come: announcing a size costs the server's peer nothing.
    const data = consumer === null ? Buffer.allocUnsafeSlow(size) : null
    this.external = { position, size, data, consumer, filled: 0 }
    this.lineStart = position
  }

  private fillExternal(external: OpenExternal, chunk: Buffer, at: number): number {
    const taken = Math.min(external.size - external.filled, chunk.length - at)
    if (external.data !== null) {
      if (!isInPlace(chunk, at, external.data, external.filled))
        chunk.copy(external.data, external.filled, at, at + taken)
    } else external.consumer?.chunk(at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken))
    external.filled += taken
    if (external.filled === external.size) {
      this.external = null
      if (external.data !== null) this.externalSize += external.size
      this.externals ??= []
      this.externals.push({ position: external.position, size: external.size, data: external.data })
      external.consumer?.end()
    }
    return at + taken
  }

  /** Begins a carry with the unfinished response that starts at `start`. */
  private carryOver(chunk: Buffer, start: number, lineStart: number, missing: number): void {
    if (missing === 0 && chunk.length - lineStart > this.limits.maxLineLength + 2) throw this.tooLong('line')
    this.carried = 0
    this.append(chunk, start, chunk.length)
    this.lineStart = lineStart - start
    this.missing = missing
  }

  private append(chunk: Buffer, from: number, to: number): void {
    const needed = this.carried + to - from
    if (this.carry === null || needed > this.carry.length) {
      if (needed + this.externalSize > this.limits.maxResponseSize) throw this.tooLong('response')
      const grown = memoryOf(Math.max(needed, (this.carry?.length ?? 0) * 2))
      if (this.carry !== null) {
        this.carry.copy(grown, 0, 0, this.carried)
        giveBack(this.carry)
      }
      this.carry = grown
    }
    chunk.copy(this.carry, this.carried, from, to)
    this.carried = needed
  }

  private checkLine(start: number, end: number, lf: number, nul: number): void {
    if (end - start > this.limits.maxLineLength) throw this.tooLong('line')
    if (end === lf && this.strictLineEnding)
      throw new ImapError('EPROTOCOL', 'The server ended a line without CRLF (RFC 9051 §4).')
    if (nul < end) throw new ImapError('EPROTOCOL', 'The server sent a NUL outside of a literal.')
  }

  private checkLiteral(size: number, response: number): void {
    if (size > this.limits.maxLiteralSize) throw this.tooLong('literal')
    if (response > this.limits.maxResponseSize) throw this.tooLong('response')
  }

  private tooLong(what: 'line' | 'literal' | 'response'): ImapError {
    const [option, limit] =
      what === 'line'
        ? ['maxLineLength', this.limits.maxLineLength]
        : what === 'literal'
          ? ['maxLiteralSize', this.limits.maxLiteralSize]
          : ['maxResponseSize', this.limits.maxResponseSize]
    return new ImapError('ELIMIT', `The server sent a ${what} of more than ${limit} bytes (option ${option}).`)
  }
}

/**
 * Memory for a carry that is in no framer's use: connections mostly need one for a moment, one after the other, and one
 * that idles should hold none.
 */
let spare: Buffer | null = null
const LEAST_CARRY = 4096
const LARGEST_SPARE = 128 * 1024

const memoryOf = (size: number): Buffer => {
  const found = spare
  if (found === null || found.length < size) return Buffer.allocUnsafeSlow(Math.max(LEAST_CARRY, size))
  spare = null
  return found
}

const giveBack = (memory: Buffer): void => {
  if (memory.length <= LARGEST_SPARE && memory.length > (spare?.length ?? 0)) spare = memory
}

/** Octets; less is read faster together with what follows. */
const LEAST_ROOM = 64 * 1024

/** Whether the bytes of `chunk` from `at` on were read right into `data`. */
const isInPlace = (chunk: Buffer, at: number, data: Buffer, filled: number): boolean =>
  chunk.buffer === data.buffer && chunk.byteOffset + at === data.byteOffset + filled

const positionOf = (byte: number, bytes: Buffer, from: number): number => {
  const found = bytes.indexOf(byte, from)
  return found === -1 ? Infinity : found
}
