import { Watchdog } from '../connection/watchdog.ts'
import { ImapError } from '../errors/imap-error.ts'
import { deflateTransport } from '../transport/deflate.ts'
import { connectTcp } from '../transport/tcp.ts'
import { type StartTlsOptions, startTls } from '../transport/tls.ts'
import type { Transport } from '../transport/transport.ts'
import { ByteReader } from './byte-reader.ts'
import { settings } from './command-table.ts'
import { IMAP4Abort, IMAP4Error, valueError } from './imap4-errors.ts'
import { lineTooLong, PulledResponses } from './pulled-responses.ts'
import { PushedResponses } from './pushed-responses.ts'
import type { Quoting } from './quoting.ts'
import type { ResponseHandler, ResponseSource } from './response-source.ts'

/** Options of all the classes of the Python face. */
export interface IMAP4Options {
  /**
   * For the connect, and for each wait for the server from then on: how long nothing may come, in milliseconds. Default:
   * 30 000 for the connect, no limit afterwards. 0 is refused, as in Python.
   */
  timeout?: number | undefined
  /** The longest line that the server may send, in bytes, CRLF counted. Default `settings._MAXLINE`: 1 000 000. */
  maxLineLength?: number | undefined
  /** The longest literal that the server may send, in bytes. Default 256 MiB. (Python has no limit.) */
  maxLiteralSize?: number | undefined
  /** How arguments are quoted. Default `'rfc'`. */
  quoting?: Quoting | undefined
  /** How much to tell on the standard error output: 0 to 5. Default `settings.Debug`: 0. */
  debug?: number | undefined
  /** Called with each line in either direction, secrets masked. Not in a class that replaces `read` or `readline`. */
  trace?: ((direction: 'sent' | 'received', line: string) => void) | undefined
}

const MAX_LITERAL = 256 * 1024 * 1024
/** How long `shutdown()` waits for the server to close, in milliseconds, before it drops the connection. */
const CLOSE_WAIT = 1000

/**
 * The connection itself, with the calls that a subclass may replace: `open`, `read`, `readline`, `send`, `shutdown`,
 * `socket`.
 *
 * As long as `read` and `readline` are not replaced, responses are handled as the socket delivers them. A subclass with
 * its own is read through them; under `super` it finds working ones for the connection that `open()` made.
 */
export abstract class Conversation {
  host: string | null
  port: number | null
  /** In milliseconds; null for none. */
  readonly timeout: number | null
  /** Python's file object; there is none here. */
  readonly file: null = null
  protected readonly _options: IMAP4Options
  protected readonly _maxLineLength: number
  readonly #maxLiteralSize: number
  readonly #watchdog: Watchdog
  #pushed: PushedResponses | null = null
  #pulled: ResponseSource | null = null
  #reader: ByteReader | null = null
  /** What a trace may show of the bytes that are sent next. */
  #shown: (() => string) | null = null
  /** From the greeting on, a network failure is an `abort`; before, it is Node's own error. */
  protected _greeted = false

  constructor(host: string | null, port: number | null, options: IMAP4Options) {
    const { timeout, maxLineLength = settings._MAXLINE, maxLiteralSize = MAX_LITERAL } = options
    if (timeout === 0) throw valueError('Non-blocking socket (timeout=0) is not supported')
    if (timeout !== undefined && !(timeout > 0 && timeout <= 0x7fffffff))
      throw valueError(`timeout must be between 1 and 2147483647 ms, not ${timeout}`)
    if (!(maxLineLength >= 2)) throw valueError(`maxLineLength must be 2 or more, not ${maxLineLength}`)
    if (!(maxLiteralSize >= 0)) throw valueError(`maxLiteralSize must not be negative, and is ${maxLiteralSize}`)
    this.host = host
    this.port = port
    this.timeout = timeout ?? null
    this._options = options
    this._maxLineLength = maxLineLength
    this.#maxLiteralSize = maxLiteralSize
    this.#watchdog = new Watchdog(timeout ?? 0, () => this.#expired())
  }

  /** Connects. It may be replaced: by one that hands any other transport to `attach()`, or needs none at all. */
  async open(host: string = this.host ?? '', port: number = this.port ?? 143, timeout?: number): Promise<void> {
    this.host = host
    this.port = port
    const connectTimeout = timeout ?? this.timeout ?? undefined
    this.attach(await connectTcp({ host, port, connectTimeout }))
  }

  /** Reads so many bytes; fewer at the end of the stream. For subclasses that replace `read` or `readline`. */
  async read(size: number): Promise<Uint8Array> {
    return this.#byteReader().read(size)
  }

  /** Reads a line with its CRLF; empty at the end of the stream. For subclasses that replace `read` or `readline`. */
  async readline(): Promise<Uint8Array> {
    const line = await this.#byteReader().readline(this._maxLineLength)
    if (line.length > this._maxLineLength) throw lineTooLong(this._maxLineLength)
    return line
  }

  /** Sends bytes; resolves when the connection takes more. */
  async send(data: Uint8Array): Promise<void> {
    const shown = this.#shown ?? (() => `<${data.length} octets>`)
    this.#shown = null
    const [pushed, reader] = [this.#pushed, this.#reader]
    if (pushed === null && reader === null) throw notConnected()
    this.#watchdog.watch()
    try {
      // Nothing is said of a connection that has ended: what the server had to say before (BYE) is still to be read.
      if (reader !== null) await reader.write(data)
      else if (pushed?.link.send(data, shown) === false) await pushed.link.drained()
    } finally {
      this.#watchdog.rest()
    }
  }

  /** Closes the connection. Without effect on one that is closed. */
  async shutdown(): Promise<void> {
    const [pushed, reader] = [this.#pushed, this.#reader]
    this.#watchdog.stop()
    const over = pushed?.over() ?? reader?.over()
    if (over === undefined) return
    if (pushed !== null) pushed.link.end()
    else reader?.transport.end()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WAIT)))
    await Promise.race([over, late])
    clearTimeout(timer)
    pushed?.link.destroy()
    reader?.transport.destroy()
  }

  /** The transport in use: what stands here for Python's socket. Null when there is no connection. */
  socket(): Transport | null {
    return this.#pushed?.link.carrier ?? this.#reader?.transport ?? null
  }

  get sock(): Transport | null {
    return this.socket()
  }

  /** Takes a transport for the connection: what an `open()` of a subclass ends with. */
  protected attach(transport: Transport): void {
    const ended = (error: Error | null) => this.#ended(error)
    const alive = () => this.#watchdog.alive()
    if (this.#readsByCall) this.#reader = new ByteReader(transport, alive, ended)
    else
      this.#pushed = new PushedResponses(
        transport,
        { alive, ended },
        {
          lineEnding: 'lenient',
          nul: 'accept',
          maxLineLength: this._maxLineLength - 2,
          maxLiteralSize: this.#maxLiteralSize,
          maxResponseSize: 4 * this.#maxLiteralSize + this._maxLineLength,
          trace: this._options.trace,
        },
      )
  }

  /** `send()`, with what a trace may show of it. Its failure is an `abort`. */
  protected async _transmit(data: Uint8Array, shown: () => string): Promise<void> {
    this.#shown = shown
    try {
      await this.send(data)
    } catch (error) {
      if (error instanceof IMAP4Error || isTimeout(error)) throw error
      throw new IMAP4Abort(`socket error: ${messageOf(error)}`, { code: 'ECLOSED', cause: error })
    } finally {
      this.#shown = null
    }
  }

  /**
   * Reads responses until `handle` returns true.
   *
   * @param limit gives up after so many milliseconds, and lifts the connection's timeout; undefined for the latter only
   * @returns false when the limit struck
   */
  protected async _receive(handle: ResponseHandler, limit?: number | null): Promise<boolean> {
    if (limit === undefined) this.#watchdog.watch()
    try {
      return await this.#source().read(handle, limit ?? null)
    } catch (error) {
      if (error instanceof IMAP4Error || !(error instanceof ImapError) || isTimeout(error)) throw error
      throw this.#ended(error)
    } finally {
      this.#watchdog.rest()
    }
  }

  /** Ends a `receive()` under way, as if its limit had struck. */
  protected _interrupt(): void {
    this.#source().interrupt()
  }

  /** Called while the tagged OK of STARTTLS or COMPRESS is handled: nothing behind it is read as IMAP. */
  protected _hold_bytes(): void {
    this.#pushed?.link.halt()
  }

  /** After {@link _hold_bytes}: goes on under TLS. */
  protected async _secure(options: StartTlsOptions): Promise<void> {
    const [pushed, reader] = [this.#pushed, this.#reader]
    if (pushed === null && reader === null) throw notConnected()
    // A slow `send()` of a subclass lets the answer, and what follows it, come before anybody waits for it.
    if (pushed?.pending === true || (reader?.pending ?? 0) > 0) {
      pushed?.link.destroy()
      reader?.transport.destroy()
      throw new ImapError('ESTARTTLSINJECTION', 'Bytes in the clear followed the answer to STARTTLS.')
    }
    if (pushed !== null) return pushed.link.startTls(options)
    if (reader === null) return
    this.attach(await startTls(reader.transport, options))
  }

  /** After {@link _hold_bytes}: goes on with both directions deflated (RFC 4978). */
  protected async _deflate(): Promise<void> {
    const [pushed, reader] = [this.#pushed, this.#reader]
    if (pushed?.pending === true) {
      pushed.link.destroy()
      throw new IMAP4Abort('deflated bytes came before they were expected')
    }
    if (pushed !== null) return pushed.link.compress()
    if (reader === null) throw notConnected()
    const { transport, pending } = reader
    this.attach(deflateTransport(transport, pending === 0 ? null : await reader.read(pending)))
  }

  /** Whether a subclass has its own `read()` or `readline()`. */
  get #readsByCall(): boolean {
    return this.readline !== Conversation.prototype.readline || this.read !== Conversation.prototype.read
  }

  #source(): ResponseSource {
    if (this.#pushed !== null) return this.#pushed
    if (this.#reader === null && !this.#readsByCall) throw notConnected()
    this.#pulled ??= new PulledResponses(
      { readline: () => this.readline(), read: (size) => this.read(size) },
      this.#maxLiteralSize,
    )
    return this.#pulled
  }

  #byteReader(): ByteReader {
    if (this.#reader !== null) return this.#reader
    if (this.#pushed === null) throw notConnected()
    throw new IMAP4Error('read() and readline() can be called in a class that replaces one of them only', {
      code: 'ESTATE',
    })
  }

  #expired(): void {
    const error = new ImapError('ETIMEDOUT', `timed out: nothing came for ${this.timeout} ms`, { retryable: true })
    if (this.#pushed !== null) this.#pushed.link.destroy(error)
    else this.#reader?.transport.destroy(error)
  }

  /** What whoever waits is told of the end of the connection. */
  #ended(error: Error | null): Error {
    if (error === null) return new IMAP4Abort('socket error: EOF', { code: 'EEOF', retryable: true })
    if (isTimeout(error) || error instanceof IMAP4Error) return error
    if (!(error instanceof ImapError)) {
      if (!this._greeted) return error
      return new IMAP4Abort(`socket error: ${error.message}`, { code: 'ECLOSED', cause: error, retryable: true })
    }
    if (error.code === 'ELIMIT' && error.message.includes('maxLineLength')) return lineTooLong(this._maxLineLength)
    return new IMAP4Abort(`socket error: ${error.message}`, { code: error.code, cause: error })
  }
}

const notConnected = () => new IMAP4Abort('socket error: not connected', { code: 'ECLOSED' })

const isTimeout = (error: unknown): boolean => error instanceof ImapError && error.code === 'ETIMEDOUT'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
