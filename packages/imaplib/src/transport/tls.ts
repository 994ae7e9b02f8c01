import { isIP } from 'node:net'
import { connect, type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'node:tls'
import { domainToASCII } from 'node:url'
import { ImapError } from '../errors/imap-error.ts'
import { explainTlsError } from './certificate-errors.ts'
import { checkIdentity } from './certificate-identity.ts'
import { type ConnectLimits, checkLimits, whenReady } from './connecting.ts'
import { DuplexTransport, injected } from './duplex.ts'
import { checkFingerprint, parseFingerprints } from './fingerprint.ts'
import { SEND_HIGH_WATER, SocketTransport } from './socket.ts'
import { secureContextFor } from './secure-context.ts'
import { type Address, badOption, placeOf, type SocketOptions, socketOptions } from './tcp.ts'
import { TlsDetails } from './tls-details.ts'
import type { Transport } from './transport.ts'

/** What belongs to an {@link Address}, or is decided or declared anew by {@link TlsOptions}. */
type Own =
  | 'host'
  | 'port'
  | 'path'
  | 'socket'
  | 'timeout'
  | 'lookup'
  | 'signal'
  | 'onread'
  | 'allowHalfOpen'
  | 'isServer'
type Passed = {
  [Name in Exclude<keyof ConnectionOptions, Own | keyof Declared>]?: ConnectionOptions[Name] | undefined
}

/** How TLS is done. Whatever Node's `tls.connect()` knows (`ca`, `cert`, `key`, `ciphers`, …) may stand here too. */
export interface TlsOptions extends Passed, Declared {}

interface Declared {
  /** The name in the certificate, if it is not `host`; it is also sent to the server (SNI) unless it is an IP address. */
  servername?: string | undefined
  /** Whether a certificate that cannot be verified is refused. Default true, whatever the environment says. */
  rejectUnauthorized?: boolean | undefined
  /**
   * In place of the check of the server's name. Return an error to refuse. The default knows subjectAltName only; Node's
   * `tls.checkServerIdentity` also takes the common name (CN) of certificates without one.
   */
  checkServerIdentity?: ((name: string, certificate: PeerCertificate) => Error | undefined) | undefined
  /**
   * The SHA-256 of the server's certificate or of its public key (SPKI), in hex (colons allowed) or base64; or several.
   * Another certificate is refused though it is valid otherwise. This is a check besides the others: to trust a
   * self-signed certificate by its fingerprint alone, set `rejectUnauthorized: false` with it.
   */
  fingerprint?: string | readonly string[] | undefined
  /** Offers the protocol `imap` by ALPN, or these protocols. Default: no ALPN. */
  alpn?: boolean | readonly string[] | undefined
}

export interface TlsAddress extends Address, Omit<TlsOptions, keyof Address> {}

export interface StartTlsOptions extends TlsOptions, ConnectLimits {
  /** The name of the server as the user knows it, which its certificate must carry. */
  host: string
}

export interface TlsTransport extends Transport {
  /** What the handshake agreed on, and what channel binding needs. */
  readonly tls: TlsDetails
}

class TlsSocketTransport extends SocketTransport implements TlsTransport {
  private details: TlsDetails | null = null
  private tlsSocket: TLSSocket | null = null

  attachTls(socket: TLSSocket): void {
    this.tlsSocket = socket
    this.attachSocket(socket)
  }

  /** Alerts of TLS come later too: TLS 1.3 refuses a client certificate after the handshake. */
  protected override failed(error: Error): void {
    const explained = explainTlsError(error, this.description.replace(/^\S+ /, ''), '')
    this.finish(explained instanceof Error ? explained : error)
  }

  get tls(): TlsDetails {
    const socket = this.tlsSocket
    if (socket === null) throw new ImapError('ESTATE', 'no TLS yet')
    this.details ??= new TlsDetails(socket)
    return this.details
  }
}

/**
 * Connects with TLS from the first byte.
 *
 * Rejects with an ImapError `ETLS` if the handshake fails or the certificate is refused (`cause` is Node's error),
 * otherwise as `connectTcp()` does. One deadline holds for name lookup, TCP and TLS together.
 *
 * @example
 * const transport = await connectTls({ host: 'mail.example', port: 993, ca: await readPem('/etc/ca.pem') })
 */
export async function connectTls(address: TlsAddress): Promise<TlsTransport> {
  checkLimits(address)
  const where = placeOf(address)
  const transport = new TlsSocketTransport(`tls ${where}`, true)
  const host = address.host === undefined || address.host === '' ? 'localhost' : address.host
  const connection = { ...socketOptions(address), onread: transport.readOptions() }
  await handshake(transport, where, host, address, address, connection)
  return transport
}

/**
 * Turns a transport in the clear into one with TLS: after STARTTLS, or through a proxy.
 *
 * The old transport is dead from the call on, and its receiver hears nothing more, whatever comes of it. Bytes that the
 * server sent in the clear and that nobody has read are fatal (`ESTARTTLSINJECTION`). Other errors as `connectTls()`.
 *
 * @example
 * const secured = await startTls(transport, { host: 'mail.example' })
 */
export async function startTls(transport: Transport, options: StartTlsOptions): Promise<TlsTransport> {
  if (!(transport instanceof DuplexTransport) || transport instanceof TlsSocketTransport) {
    throw new ImapError('EINVALID', `${transport.description}: TLS can only be started on a plain socket or stream`)
  }
  checkLimits(options)
  const plain = await transport.surrender()
  const where = transport.description.replace(/^\S+ /, '')
  const secured = new TlsSocketTransport(`starttls ${where}`, true)
  try {
    const connection = { socket: plain, highWaterMark: SEND_HIGH_WATER }
    await handshake(secured, where, options.host, options, options, connection)
  } catch (error) {
    plain.destroy()
    throw isPlaintext(error) ? injected(transport.description) : error
  }
  return secured
}

/** OpenSSL's word for "this is not even the start of a TLS record". */
const isPlaintext = (error: unknown): boolean =>
  error instanceof ImapError &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  (error.cause.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || error.cause.code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')

async function handshake(
  transport: TlsSocketTransport,
  where: string,
  host: string,
  options: TlsOptions,
  limits: ConnectLimits,
  connection: Partial<SocketOptions> & ConnectionOptions,
): Promise<void> {
  const pins = parseFingerprints(options.fingerprint)
  const asked = options.servername === undefined || options.servername === '' ? host : options.servername
  const name = identityOf(asked)
  const checkName = options.checkServerIdentity ?? checkIdentity
  const { fingerprint: _pins, alpn, signal: _signal, ...given } = options as TlsOptions & ConnectLimits
  // An option that is there but undefined is not always taken as absent by tls.connect().
  const others: ConnectionOptions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  // RFC 8997: nothing below TLS 1.2 for mail.
  if (others.minVersion === undefined && others.secureProtocol === undefined) others.minVersion = 'TLSv1.2'
  let socket: TLSSocket
  try {
    socket = connect({
      ...others,
      secureContext: options.secureContext ?? secureContextFor(others),
      // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not decide.
      rejectUnauthorized: options.rejectUnauthorized ?? true,
      ALPNProtocols: alpnProtocols(alpn) ?? options.ALPNProtocols,
      // RFC 6066 §3: no IP address in SNI. An empty servername sends none.
      servername: options.servername === '' || isIP(name) !== 0 ? '' : name,
      checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkName(name, certificate),
      ...connection,
    } as ConnectionOptions)
  } catch (error) {
    throw error instanceof ImapError ? error : badOption(error)
  }
  socket.setNoDelay(true)
  transport.attachTls(socket)
  socket.once('secureConnect', () => {
    transport.hold()
    // tls.connect() does not pass these on, as net.connect() does.
    const { keepAlive, keepAliveInitialDelay } = connection
    if (keepAlive === true) socket.setKeepAlive(true, keepAliveInitialDelay)
    if (pins === null) return
    const error = checkFingerprint(socket, pins, where)
    if (error !== null) socket.destroy(error)
  })
  try {
    await whenReady(socket, 'secureConnect', `connecting to ${where}`, limits)
  } catch (error) {
    throw explainTlsError(error, where, name)
  }
  if (socket.destroyed) throw socket.errored ?? new ImapError('ECLOSED', `${where}: the connection is closed`)
}

/** The name that the certificate must carry: without brackets, zone and final dot, in ASCII (RFC 5890). */
function identityOf(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (isIP(bare) !== 0) return bare
  return domainToASCII(host.replace(/\.$/, '')) || host
}

function alpnProtocols(alpn: boolean | readonly string[] | undefined): string[] | undefined {
  if (alpn === undefined || alpn === false) return undefined
  return alpn === true ? ['imap'] : [...alpn]
}
