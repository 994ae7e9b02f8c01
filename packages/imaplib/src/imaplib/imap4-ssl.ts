import type { SecureContext } from 'node:tls'
import { connectTls, type TlsTransport } from '../transport/tls.ts'
import { IMAP4_SSL_PORT } from './command-table.ts'
import type { IMAP4Options } from './conversation.ts'
import { IMAP4 } from './imap4.ts'
import { type FileTlsOptions, withKeyFiles } from './tls-files.ts'

/**
 * Options of `IMAP4_SSL`: those of `IMAP4`, TLS options as Node names them (`ca`, `cert`, `key`, `servername`,
 * `rejectUnauthorized`, …), and the manual's `keyfile` and `certfile`, which are paths of PEM files.
 */
export interface IMAP4_SSL_Options extends IMAP4Options, FileTlsOptions {}

/**
 * `IMAP4` over TLS from the first byte. The certificate is verified, unless `rejectUnauthorized` is false.
 *
 * @example
 * const M = await IMAP4_SSL.connect('mail.example', 993, { ca: await readFile('ca.pem') })
 */
export class IMAP4_SSL extends IMAP4 {
  readonly keyfile: string | null
  readonly certfile: string | null
  readonly #tlsOptions: FileTlsOptions

  constructor(host = '', port: number = IMAP4_SSL_PORT, options: IMAP4_SSL_Options = {}) {
    const { timeout, maxLineLength, maxLiteralSize, quoting, debug, trace, ...tls } = options
    super(host, port, { timeout, maxLineLength, maxLiteralSize, quoting, debug, trace })
    this.keyfile = tls.keyfile ?? null
    this.certfile = tls.certfile ?? null
    this.#tlsOptions = tls
  }

  override async open(
    host: string = this.host ?? '',
    port: number = this.port ?? IMAP4_SSL_PORT,
    timeout?: number,
  ): Promise<void> {
    this.host = host
    this.port = port
    const tls = await withKeyFiles(this.#tlsOptions)
    const connectTimeout = timeout ?? this.timeout ?? undefined
    this.attach(await connectTls({ ...tls, host, port, connectTimeout }))
  }

  /** The connection, with what its TLS handshake agreed on (`M.ssl()?.tls.protocol`). */
  ssl(): TlsTransport | null {
    return this.socket() as TlsTransport | null
  }

  get sslobj(): TlsTransport | null {
    return this.ssl()
  }

  /** The `secureContext` of the options, if there is one. */
  get ssl_context(): SecureContext | null {
    return this.#tlsOptions.secureContext ?? null
  }

  protected override get _socket_is_tls(): boolean {
    return true
  }
}
