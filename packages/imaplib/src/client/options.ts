import type { Identification } from '../commands/id.ts'
import { invalid } from '../errors/imap-error.ts'
import type { MechanismName, SaslCredentials, ScramOptions } from '../sasl/index.ts'
import type { Address } from '../transport/tcp.ts'
import type { TlsOptions } from '../transport/tls.ts'
import type { Transport } from '../transport/transport.ts'
import type { FramerLimits } from '../wire/frame.ts'
import { OddNames } from '../wire/odd-names.ts'

/**
 * How the bytes are protected.
 *
 * - `tls`: TLS from the first byte (RFC 8314); port 993.
 * - `starttls`: in the clear until STARTTLS, which must succeed before anything of worth is said; port 143.
 * - `insecure-plaintext`: never protected. Everybody on the way reads the mail and the password.
 */
export type Security = 'tls' | 'starttls' | 'insecure-plaintext'

/** Who logs in, and how strong it must be. */
export type Auth = SaslCredentials & {
  /** The weakest mechanism to be used: `'SCRAM-SHA-256'`. Default: none but what {@link Security} demands. */
  readonly floor?: MechanismName | undefined
  /** Only these mechanisms. Default: all that the credentials fit, the strongest first. */
  readonly mechanisms?: readonly MechanismName[] | undefined
  /** Bounds of SCRAM's iterations and how names are prepared. */
  readonly scram?: Pick<ScramOptions, 'minIterations' | 'maxIterations' | 'prepare'> | undefined
}

/** Gets what happens, line by line. Silent by default. The same shape as pino and console. */
export interface Logger {
  trace?(message: string): void
  debug?(message: string): void
  info?(message: string): void
  warn?(message: string): void
  error?(message: string): void
}

/** What to do when a connection is lost. */
export interface ReconnectOptions {
  /** How many times in a row to try. Default 5; 0: never. */
  attempts?: number | undefined
  /** The wait before the second try, in ms; it doubles each time, with up to half of it at random. Default 500. */
  delay?: number | undefined
  /** The longest wait, in ms. Default 30,000. */
  maxDelay?: number | undefined
}

/** Extensions that change what the server sends, and are switched on when the server offers them. */
export interface EnableOptions {
  /** IMAP4rev2 (RFC 9051). Default true. */
  imap4rev2?: boolean | undefined
  /** QRESYNC and with it CONDSTORE (RFC 7162): expunged messages are told by UID. Default true. */
  qresync?: boolean | undefined
  /** UTF8=ACCEPT (RFC 6855). Default false; always where the server says UTF8=ONLY. */
  utf8?: boolean | undefined
  /** UIDONLY (RFC 9586): no sequence numbers at all. Default false. */
  uidOnly?: boolean | undefined
}

export interface ConnectOptions extends Partial<FramerLimits> {
  /** A name or an IP address. */
  host: string
  /** Default 993 for `tls`, otherwise 143. */
  port?: number | undefined
  /** Default `'tls'`. */
  security?: Security | undefined
  auth: Auth
  /** Certificates, pins and whatever else Node's `tls.connect()` takes. */
  tls?: TlsOptions | undefined
  /** Local address, DNS lookup, address family, keep-alive. */
  network?: Pick<Address, 'localAddress' | 'lookup' | 'family' | 'keepAlive'> | undefined
  /**
   * Makes the connection instead of TCP, for proxies and the like. With `security: 'tls'` the transport must be secure
   * already; with `'starttls'` it must be a plain socket.
   */
  dial?: ((signal: AbortSignal) => Promise<Transport>) | undefined
  /** Ends the attempt to connect, and nothing later. */
  signal?: AbortSignal | undefined
  /** How long all of connecting may take: name, TCP, TLS, greeting, login. In ms; default 60,000. */
  timeout?: number | undefined
  /** How long the server may be silent while an answer is due, in ms. Default 90,000. */
  inactivityTimeout?: number | undefined
  /** What to tell the server about this program (RFC 2971). Default: name and version of this library; null: nothing. */
  clientId?: Identification | null | undefined
  enable?: EnableOptions | undefined
  /** Deflates both directions (RFC 4978): a third of the bytes, some 300 KiB of memory a connection. Default false. */
  compress?: boolean | undefined
  /** Commands may be on the wire together (RFC 9051 §5.5). Default true. */
  pipelining?: boolean | undefined
  /**
   * The most connections this client may have open at a time. The first serves all; others are opened only when two
   * mailboxes are used at once, or a watch would have to be interrupted. Default 3.
   */
  maxConnections?: number | undefined
  /** Default: five tries, from half a second to half a minute apart. False: a lost connection stays lost. */
  reconnect?: ReconnectOptions | false | undefined
  /** How many bytes of fetched rows may wait for a slow reader while another command is to be answered. Default 64 MiB. */
  maxBacklog?: number | undefined
  logger?: Logger | undefined
  /** Told of text that the server wants the user to see (RFC 9051 §7.1 ALERT). Untrusted: never render it as markup. */
  onAlert?: ((text: string) => void) | undefined
}

/** The options with their defaults filled in and checked. */
export interface Settings extends Omit<ConnectOptions, 'reconnect'> {
  readonly port: number
  readonly security: Security
  readonly timeout: number
  readonly maxConnections: number
  readonly maxBacklog: number
  /** Shared by all connections: a name that one has listed is sent right on another. */
  readonly oddNames: OddNames
  readonly reconnect: { readonly attempts: number; readonly delay: number; readonly maxDelay: number } | false
}

/**
 * Checks the options before anything is opened.
 * @throws ImapError `EINVALID` naming the option
 */
export const settle = (options: ConnectOptions): Settings => {
  if (typeof options.host !== 'string' || options.host === '') throw invalid('host must be a name or an IP address')
  if (options.auth === undefined) throw invalid('auth says who logs in: { user, password }, { user, accessToken } …')
  const security = options.security ?? 'tls'
  if (security !== 'tls' && security !== 'starttls' && security !== 'insecure-plaintext')
    throw invalid(`security must be 'tls', 'starttls' or 'insecure-plaintext', not ${JSON.stringify(security)}`)
  const reconnect = options.reconnect
  return {
    ...options,
    security,
    port: whole('port', options.port, security === 'tls' ? 993 : 143, 1, 65_535),
    timeout: whole('timeout', options.timeout, 60_000, 1, 2 ** 31 - 1),
    maxConnections: whole('maxConnections', options.maxConnections, 3, 1, 1000),
    oddNames: new OddNames(),
    maxBacklog: whole('maxBacklog', options.maxBacklog, 64 * 1024 * 1024, 1, Number.MAX_SAFE_INTEGER),
    reconnect:
      reconnect === false
        ? false
        : {
            attempts: whole('reconnect.attempts', reconnect?.attempts, 5, 0, 1_000_000),
            delay: whole('reconnect.delay', reconnect?.delay, 500, 0, 3_600_000),
            maxDelay: whole('reconnect.maxDelay', reconnect?.maxDelay, 30_000, 0, 3_600_000),
          },
  }
}

const whole = (name: string, value: number | undefined, standard: number, least: number, most: number): number => {
  if (value === undefined) return standard
  if (!Number.isInteger(value) || value < least || value > most)
    throw invalid(`${name} must be a whole number from ${least} to ${most}, not ${String(value)}`)
  return value
}
