/**
 * One complete response as it lies in memory: line pieces and literals, in the order in which they came.
 *
 * ```
 *   * 1 FETCH (BODY[1] {5}␍␊hello FLAGS ())␍␊
 *   ^start                                 ^end
 * ```
 *
 * Small literals lie inside `bytes`, after the CRLF of their header, just as they were sent. A literal longer than the
 * framer's `inlineLiteral` is *external*: its header and CRLF are in `bytes`, its octets are not; they are found in
 * `externals` under the position right after that CRLF.
 *
 * A frame is only valid during the call that delivers it: `bytes` is memory that will be reused. Copy what you keep.
 */
export interface Frame {
  readonly bytes: Buffer
  /** First byte of the response. */
  readonly start: number
  /** Position after the last byte of the response, its final CRLF (or LF) not counted. */
  readonly end: number
  /** The literals whose octets are not in `bytes`, ascending by position; null when there are none (the usual case). */
  readonly externals: readonly ExternalLiteral[] | null
  /**
   * `bytes` as a latin1 string with the same indexes: `frame.text.slice(a, b)` is the bytes a..b. Made once for all the
   * frames of a chunk, on first use. A slice keeps the whole chunk's string alive.
   */
  readonly text: string
  /** True when no byte of `text` is above 0x7F: then no string needs decoding as UTF-8. Computed with `text`. */
  readonly ascii: boolean
}

/** A literal kept outside of its frame. Either `data` has all its octets, or they were streamed to a consumer. */
export interface ExternalLiteral {
  /** Position in `frame.bytes` right after the CRLF of the literal's header. */
  readonly position: number
  readonly size: number
  /** The octets; null when a {@link LiteralConsumer} took them. This buffer is the receiver's to keep. */
  readonly data: Buffer | null
}

/** Takes the octets of one big literal as they arrive. */
export interface LiteralConsumer {
  /** The chunk is valid only during the call, unless it lies in {@link room}. */
  chunk(bytes: Buffer): void
  /**
   * Memory of the consumer's own for the octets that come next; what was read into it is then its first bytes, and the
   * consumer's to keep. Null, or no such method: they come in memory that will be reused. Called often, and in vain at times.
   */
  room?(): Buffer | null
  /** All octets came. The frame they belong to is delivered later, when its last line has come. */
  end(): void
  /** The connection ended, or a limit struck, in the middle of the literal. */
  abort(error: Error): void
}

/** Receives what the framer cuts. All calls are synchronous, within {@link Framer.push}. */
export interface FrameSink {
  frame(frame: Frame): void
  /**
   * A literal longer than `inlineLiteral` begins. `head` is the response so far, up to and including the literal's
   * header line (its `externals` are those before this one). Return a consumer to stream the octets, which lifts the
   * limit on the literal's size, or null to have them collected.
   */
  literal?(head: Frame, size: number): LiteralConsumer | null
}

/** Limits of the framer, all in bytes. They are applied before memory is allocated. */
export interface FramerLimits {
  /** One line, or the piece of line between two literals. Default 16 MiB. */
  maxLineLength: number
  /** A literal that is collected in memory. Streamed literals are not limited. Default 128 MiB. */
  maxLiteralSize: number
  /** A whole response: its lines and the literals collected with it. Default 160 MiB. */
  maxResponseSize: number
}
