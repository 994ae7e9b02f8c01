import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { Pair } from '../transport/certificates.ts'

/** One command that arrived, and the ways to answer it. */
export interface Call {
  readonly tag: string
  readonly name: string
  /** The rest of the line, each byte a char. */
  readonly args: string
  /** Sends a line. */
  line(text: string): void
  /** Sends bytes as they are. */
  raw(bytes: string | Uint8Array): void
  ok(text?: string): void
  no(text?: string): void
  bad(text?: string): void
  /** The next line that the client sends, without CRLF. */
  readLine(): Promise<string>
  /** So many bytes from the client, as latin1. */
  readBytes(size: number): Promise<string>
  /** The connection: to be closed, upgraded, or cut. */
  connection: Connection
}

export type Handler = (call: Call) => void | Promise<void>

export interface Script {
  /** The first line; null for silence. Default `* OK IMAP4rev1 ready`. */
  greeting?: string | null
  /** In the answer to CAPABILITY, behind `IMAP4rev1`. */
  capabilities?: string
  /** By command name; `UID` gets all the UID commands. */
  on?: Record<string, Handler>
  /** Talks by itself instead. */
  talk?: (connection: Connection) => void | Promise<void>
  /** TLS from the first byte. */
  tls?: Pair | undefined
  /** For STARTTLS. */
  startTls?: Pair | undefined
}

/** An IMAP server on a real socket, which says what a test wants. */
export class ImapServer {
  readonly port: number
  /** Every line that came, without CRLF, each byte a char. */
  readonly lines: string[] = []
  private readonly server: Server
  private readonly connections = new Set<Connection>()
  /** What went wrong in a handler: `stop()` throws it. */
  private failure: unknown = null

  private constructor(server: Server, script: Script, event: string) {
    this.server = server
    this.port = (server.address() as AddressInfo).port
    server.on(event, (socket: Socket) => {
      const connection = new Connection(socket, this.lines)
      this.connections.add(connection)
      socket.on('close', () => this.connections.delete(connection))
      this.serve(connection, script).catch((error: unknown) => {
        if (!(error instanceof Gone)) this.failure ??= error
        socket.destroy()
      })
    })
  }

  static async start(script: Script = {}): Promise<ImapServer> {
    const { tls } = script
    const server = tls === undefined ? createServer() : createTlsServer(tls)
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ImapServer(server, script, tls === undefined ? 'connection' : 'secureConnection')
  }

  /** The commands that came, tags replaced by `T`. */
  get commands(): string[] {
    return this.lines.map((line) => line.replace(/^[A-P]{4}\d+ /, ''))
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const { socket } of this.connections) socket.destroy()
    await closed
    if (this.failure !== null) throw this.failure
  }

  private async serve(connection: Connection, script: Script): Promise<void> {
    const { greeting = '* OK IMAP4rev1 ready', capabilities = '', on = {}, talk } = script
    if (talk !== undefined) return talk(connection)
    if (greeting !== null) connection.line(greeting)
    for (;;) {
      const line = await connection.readLine()
      const [tag = '', name = '', ...rest] = line.split(' ')
      const call: Call = {
        tag,
        name,
        args: rest.join(' '),
        line: (text) => connection.line(text),
        raw: (bytes) => connection.raw(bytes),
        ok: (text = `${name} completed`) => connection.line(`${tag} OK ${text}`),
        no: (text = `${name} refused`) => connection.line(`${tag} NO ${text}`),
        bad: (text = `${name} unknown`) => connection.line(`${tag} BAD ${text}`),
        readLine: () => connection.readLine(),
        readBytes: (size) => connection.readBytes(size),
        connection,
      }
      const handler = on[name] ?? usual[name]
      if (handler !== undefined) await handler(call)
      else if (name === 'CAPABILITY') {
        call.line(`* CAPABILITY IMAP4rev1 ${capabilities}`.trim())
        call.ok()
      } else if (name === 'STARTTLS' && script.startTls !== undefined) {
        call.ok('begin TLS')
        await connection.secure(script.startTls)
      } else call.bad()
    }
  }
}

/** Commands that most tests need and none asks about. */
const usual: Record<string, Handler> = {
  LOGIN: (call) => call.ok('[CAPABILITY IMAP4rev1] LOGIN completed'),
  LOGOUT: (call) => {
    call.line('* BYE IMAP4rev1 Server logging out')
    call.ok()
  },
  SELECT: (call) => {
    call.line('* 2 EXISTS')
    call.ok('[READ-WRITE] SELECT completed')
  },
  EXAMINE: (call) => {
    call.line('* 2 EXISTS')
    call.ok('[READ-ONLY] EXAMINE completed')
  },
  NOOP: (call) => call.ok(),
  CLOSE: (call) => call.ok(),
}

class Gone extends Error {}

export class Connection {
  socket: Socket
  private readonly lines: string[]
  private received = Buffer.alloc(0)
  private ended = false
  private wake: (() => void) | null = null

  constructor(socket: Socket, lines: string[]) {
    this.socket = socket
    this.lines = lines
    this.listen()
  }

  line(text: string): void {
    this.raw(`${text}\r\n`)
  }

  raw(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Closes in good order. */
  end(): void {
    this.socket.end()
  }

  async readLine(): Promise<string> {
    for (;;) {
      const lf = this.received.indexOf('\r\n')
      if (lf !== -1) {
        const line = this.received.toString('latin1', 0, lf)
        this.received = this.received.subarray(lf + 2)
        this.lines.push(line)
        return line
      }
      await this.more()
    }
  }

  async readBytes(size: number): Promise<string> {
    while (this.received.length < size) await this.more()
    const bytes = this.received.toString('latin1', 0, size)
    this.received = this.received.subarray(size)
    return bytes
  }

  async secure(pair: Pair): Promise<void> {
    this.socket.removeAllListeners('data')
    const secured = new TLSSocket(this.socket, { isServer: true, ...pair })
    this.socket = secured
    this.listen()
    await once(secured, 'secure')
  }

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.wake?.()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.ended = true
      this.wake?.()
    })
  }

  private async more(): Promise<void> {
    if (this.ended) throw new Gone('the client is gone')
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }
}
