import type { MessageOctets } from '../commands/append.ts'
import { ImapError, invalid } from '../errors/imap-error.ts'

/** A message whose size is known and whose octets come while it is sent: a file, a response of another server. */
export interface StreamedMessage {
  /** Exactly so many octets must come. Other than that, the connection is closed and the message is not stored. */
  readonly size: number
  /** Any async iterable of bytes, such as Node's `Readable` or a `ReadableStream`. Read once, and only as fast as it is sent. */
  readonly stream: AsyncIterable<Uint8Array | string>
  /** There may be NUL in it, which needs BINARY (RFC 3516). Default false. */
  readonly binary?: boolean | undefined
}

/**
 * A message as it is to be stored, header and all: text, which is sent as UTF-8; bytes; a Blob, such as a file opened by
 * `fs.openAsBlob()`; or a stream of known size.
 */
export type MessageSource = string | Uint8Array | Blob | StreamedMessage

/**
 * What is done with line ends. Messages have CRLF (RFC 5322 §2.1), and servers differ in what they make of anything else.
 * `crlf`: every LF or CR by itself becomes CRLF. `as-is`: nothing is changed. Default: `crlf` for text, `as-is` for bytes.
 */
export type LineEnds = 'crlf' | 'as-is'

/** Bytes in memory longer than this are handed to the connection piece by piece, as it takes them. */
const AT_ONCE = 256 * 1024
const PIECE = 64 * 1024

/** What of a message must be let go when it is not sent after all. */
export interface PreparedMessage {
  readonly octets: MessageOctets
  readonly size: number
  /**
   * Begins to read a stream. It may come from the same server, over the same connection (a download), and what it needs
   * must then be on its way before the literal has the connection to itself. A stream that fails here costs nothing.
   * @param gone ends the wait for the first octets with `ECLOSED`
   */
  begin(gone: AbortSignal): Promise<void>
  /** Ends a stream that has not been read to its end: nobody will read it any more. */
  discard(): void
}

/**
 * @param signal ends the source, which closes the connection: a literal that was begun cannot be taken back otherwise
 * @throws ImapError `EINVALID`
 */
export const prepareMessage = (
  message: MessageSource,
  lineEnds: LineEnds | undefined,
  signal: AbortSignal | undefined,
): PreparedMessage => {
  if (lineEnds !== undefined && lineEnds !== 'crlf' && lineEnds !== 'as-is')
    throw invalid(`lineEnds must be 'crlf' or 'as-is', not ${JSON.stringify(lineEnds)}`)
  if (typeof message === 'string') return ofBytes(bytesOf(lineEnds === 'as-is' ? message : withCrlf(message)), signal)
  if (message instanceof Uint8Array) return ofBytes(lineEnds === 'crlf' ? crlfBytes(message) : message, signal)
  if (lineEnds === 'crlf')
    throw invalid('The line ends of a stream cannot be changed, since its size is announced first')
  if (message instanceof Blob) return ofStream({ size: message.size, stream: blobChunks(message) }, signal)
  if (typeof message !== 'object' || message === null || typeof message.stream?.[Symbol.asyncIterator] !== 'function')
    throw invalid('The message must be text, bytes, a Blob, or { size, stream }')
  return ofStream(message, signal)
}

const ofBytes = (bytes: Uint8Array, signal: AbortSignal | undefined): PreparedMessage => {
  checkSize(bytes.length)
  const nothing = { begin: () => Promise.resolve(), discard: () => undefined }
  if (bytes.length <= AT_ONCE) return { octets: { bytes }, size: bytes.length, ...nothing }
  const source = sent(pieces(bytes), true, signal, { iterator: null, over: false })
  return {
    octets: { size: bytes.length, source, binary: bytes.includes(0) },
    size: bytes.length,
    ...nothing,
  }
}

const ofStream = (
  { size, stream, binary = false }: StreamedMessage,
  signal: AbortSignal | undefined,
): PreparedMessage => {
  checkSize(size)
  const reading: Reading = { iterator: null, over: false }
  let first: {
    readonly octets: AsyncGenerator<Uint8Array, void>
    readonly result: IteratorResult<Uint8Array, void>
  } | null
  first = null
  const begin = async (gone: AbortSignal) => {
    const octets = sent(stream, binary, signal, reading)
    const result = await abortable(octets.next(), gone).catch((error: unknown) => {
      if (gone.aborted) throw new ImapError('ECLOSED', 'The client was closed before the stream began.')
      throw signal?.aborted === true ? notBegun(signal) : error
    })
    first = { octets, result }
  }
  async function* all(): AsyncGenerator<Uint8Array, void> {
    const octets = first?.octets ?? sent(stream, binary, signal, reading)
    try {
      if (first?.result.done === false) yield first.result.value
      yield* octets
    } finally {
      leave(stream, reading)
    }
  }
  const source: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: all }
  const discard = () => leave(stream, reading)
  return { octets: { size, source, binary }, size, begin, discard }
}

/** An empty literal means "none of this command" (RFC 3502), and no message is empty. */
const checkSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${String(size)} is not the size of a message`)
  if (size === 0) throw invalid('The message is empty')
}

/** The octets as they go out, checked; ends with an error when the call was aborted, even while the source is waited for. */
async function* sent(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
  binary: boolean,
  signal: AbortSignal | undefined,
  reading: Reading,
): AsyncGenerator<Uint8Array, void> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  reading.iterator = iterator
  try {
    for (;;) {
      const next = await abortable(Promise.resolve(iterator.next()), signal)
      if (next.done === true) break
      const chunk = typeof next.value === 'string' ? bytesOf(next.value) : next.value
      if (!(chunk instanceof Uint8Array)) throw invalid('The stream gave something that is no bytes')
      if (!binary && chunk.includes(0)) throw invalid('There is a NUL in the stream, which was not said to be binary')
      yield chunk
    }
    reading.over = true
  } finally {
    leave(source, reading)
  }
}

/** How far the reading of a source has come. */
interface Reading {
  iterator: AsyncIterator<unknown> | Iterator<unknown> | null
  over: boolean
}

/** Ends a source that was not read to its end. */
const leave = (source: object, reading: Reading): void => {
  if (reading.over) return
  reading.over = true
  // A stream that hangs in the middle of a read does not see that its iterator ends; and nobody waits for that.
  endUnread(source)
  void Promise.resolve(reading.iterator?.return?.()).catch(() => undefined)
}

const abortable = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

const notBegun = ({ reason }: AbortSignal): ImapError =>
  reason instanceof Error && reason.name === 'TimeoutError'
    ? new ImapError('ETIMEDOUT', 'The stream did not begin in time.', { command: 'APPEND' })
    : new ImapError('ABORT_ERR', 'The call was aborted before the stream began.', { cause: reason, command: 'APPEND' })

const endUnread = (stream: object): void => {
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  else if ('cancel' in stream && typeof stream.cancel === 'function')
    void Promise.resolve(stream.cancel()).catch(() => undefined)
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** Its stream is made when it is read, and not before. */
async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const reader = blob.stream().getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value as Uint8Array
    }
  } finally {
    await reader.cancel()
  }
}

const withCrlf = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n')

const bytesOf = (text: string): Buffer => {
  if (!text.isWellFormed()) throw invalid('The message holds half of a surrogate pair, which would become U+FFFD')
  return Buffer.from(text, 'utf8')
}

const LF = 0x0a
const CR = 0x0d

/** In octets, since bytes need not be UTF-8. */
const crlfBytes = (bytes: Uint8Array): Uint8Array => {
  let lone = 0
  for (let at = 0; at < bytes.length; at += 1) if (isLone(bytes, at)) lone += 1
  if (lone === 0) return bytes
  const out = Buffer.allocUnsafe(bytes.length + lone)
  let to = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (!isLone(bytes, at)) out[to++] = bytes[at] as number
    else {
      out[to++] = CR
      out[to++] = LF
    }
  }
  return out
}

const isLone = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at] === LF && bytes[at - 1] !== CR) || (bytes[at] === CR && bytes[at + 1] !== LF)
