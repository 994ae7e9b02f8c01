import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib'
import type { CertificateKind } from './certificates.ts'
import { ConnectionGone, Inbox } from './inbox.ts'
import { secured, serverContext } from './raw-server.ts'

/** A piece to send: a string is a line, and gets its CRLF where it has none; bytes go out as they are. */
export type Piece = string | Uint8Array

/** A command as it came. */
export interface ReceivedCommand {
  readonly tag: string
  /** Upper case; `UID FETCH` and its like are one name. */
  readonly name: string
  /** What follows the name, with literals' headers in it but not their bytes. */
  readonly args: string
  /** The whole of it, without the last CRLF. */
  readonly line: string
  readonly literals: readonly Buffer[]
}

/** One accepted connection of a scripted server. */
export class ScriptedConnection {
  /** Every line that came, in order, without CRLF and without the bytes of literals. */
  readonly lines: string[] = []
  readonly commands: ReceivedCommand[] = []
  /** Resolves once the connection is gone. */
  readonly closed: Promise<void>
  secure: boolean
  readonly #socket: Socket
  readonly #splitEvery: number
  readonly #certificate: CertificateKind
  readonly #inbox = new Inbox()
  /** What is read and written: the socket, or TLS upon it. */
  #stream: Socket
  #deflate: DeflateRaw | undefined
  #onData: (chunk: Buffer) => void
  #sending: Promise<void> = Promise.resolve()

  constructor(stream: Socket, socket: Socket, options: { splitEvery?: number; certificate?: CertificateKind }) {
    this.#socket = socket
    this.#stream = stream
    this.secure = stream !== socket
    this.#splitEvery = options.splitEvery ?? Number.POSITIVE_INFINITY
    this.#certificate = options.certificate ?? 'good'
    this.#onData = (chunk) => this.#inbox.push(chunk)
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    void this.closed.then(() => this.#inbox.end())
    this.#listen()
  }

  /** Sends lines and bytes, one after the other; resolves when the system has taken them. */
  async send(...pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) await this.sendRaw(typeof piece === 'string' ? line(piece) : piece)
  }

  /** Sends exactly this, be it half a line. */
  async sendRaw(bytes: string | Uint8Array): Promise<void> {
    const whole = Buffer.from(bytes)
    const before = this.#sending
    this.#sending = before.then(() => this.#write(whole))
    await this.#sending
  }

  /** The next line that the client sends, without CRLF. Rejects when the client is gone, which ends the script and fails nothing. */
  async readLine(): Promise<string> {
    const text = (await this.#inbox.readLine()).toString()
    this.lines.push(text)
    return text
  }

  /** The next bytes that the client sends. */
  readExactly(size: number): Promise<Buffer> {
    return this.#inbox.readExactly(size)
  }

  /** Goes on inside TLS; call it after the answer to STARTTLS is sent. Resolves when the handshake is done. */
  async upgradeToTls(certificate: CertificateKind = this.#certificate): Promise<void> {
    const context = await serverContext(certificate)
    this.#stream.off('data', this.#onData)
    this.#socket.pause()
    const early = this.#inbox.takeAll()
    if (early.length > 0) this.#socket.unshift(early)
    const tls = secured(this.#socket, context)
    this.#stream = tls
    await new Promise<void>((resolve, reject) => {
      tls.once('secure', resolve)
      tls.once('error', (error) => reject(new ConnectionGone(`TLS failed: ${error.message}`)))
      void this.closed.then(() => reject(new ConnectionGone('closed during the TLS handshake')))
    })
    this.secure = true
    this.#listen()
  }

  /** Goes on with both directions compressed (RFC 4978); call it after the answer to COMPRESS is sent. */
  inflate(): void {
    const inflater = createInflateRaw()
    inflater.on('data', (chunk: Buffer) => this.#inbox.push(chunk))
    inflater.on('error', () => this.#socket.destroy())
    const early = this.#inbox.takeAll()
    this.#stream.off('data', this.#onData)
    this.#onData = (chunk) => void inflater.write(chunk)
    this.#stream.on('data', this.#onData)
    if (early.length > 0) inflater.write(early)
    this.#deflate = createDeflateRaw()
  }

  /** Closes with a TCP reset, as a server does that dies. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Closes the sending half in good order; what the client still sends can be read. */
  end(): void {
    this.#stream.end()
  }

  /** Closes both halves at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  #listen(): void {
    this.#stream.on('data', this.#onData)
    this.#stream.once('end', () => this.#inbox.end())
  }

  async #write(whole: Buffer): Promise<void> {
    const bytes = this.#deflate === undefined ? whole : await compressed(this.#deflate, whole)
    for (let at = 0; at < bytes.length; at += this.#splitEvery) {
      const part = bytes.subarray(at, at + this.#splitEvery)
      await new Promise<void>((resolve, reject) => {
        this.#stream.write(part, (error) => {
          if (error === null || error === undefined) resolve()
          else reject(new ConnectionGone(error.message))
        })
      })
      // A turn of the event loop between two parts, so that a client in this process reads them apart.
      if (part.length < bytes.length) await nextTurn()
    }
  }
}

const line = (text: string): string => (text.endsWith('\r\n') ? text : `${text}\r\n`)

const compressed = (deflate: DeflateRaw, bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    const gather = (chunk: Buffer) => chunks.push(chunk)
    deflate.on('data', gather)
    deflate.write(bytes)
    deflate.flush(constants.Z_SYNC_FLUSH, () => {
      deflate.off('data', gather)
      resolve(Buffer.concat(chunks))
    })
  })
