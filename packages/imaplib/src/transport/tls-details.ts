import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { serverEndPoint } from './server-end-point.ts'

/**
 * The server's certificate; null if there is none, or the connection is closed.
 *
 * Not by `getPeerX509Certificate()`: in Node 20 it takes the certificate out of the session, and nobody sees it again.
 */
export function peerCertificate(socket: TLSSocket): X509Certificate | null {
  const { raw } = (socket.getPeerCertificate() as { raw?: Buffer } | null) ?? {}
  return raw === undefined ? null : new X509Certificate(raw)
}

/** What a TLS handshake agreed on. Read it while the connection is open: afterwards most of it is gone. */
export class TlsDetails {
  /** `TLSv1.3`, `TLSv1.2`. */
  readonly protocol: string
  /** The OpenSSL name of the cipher suite: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** Whether the certificate was verified. False only with `rejectUnauthorized: false`. */
  readonly authorized: boolean
  /** The protocol agreed on by ALPN, or null. */
  readonly alpnProtocol: string | null
  private readonly socket: TLSSocket

  constructor(socket: TLSSocket) {
    this.socket = socket
    this.protocol = socket.getProtocol() ?? ''
    this.cipher = socket.getCipher()?.standardName ?? ''
    this.authorized = socket.authorized
    this.alpnProtocol = typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null
  }

  get peerCertificate(): X509Certificate | null {
    return peerCertificate(this.socket)
  }

  /**
   * Exported keying material (RFC 8446 §7.5) with an empty context. `exporter('EXPORTER-Channel-Binding', 32)` is the
   * channel binding `tls-exporter` (RFC 9266 §2).
   *
   * Null below TLS 1.3, where it is only unique with the extended master secret (RFC 9266 §4.2), of which Node does not
   * tell; and null where the runtime cannot do it (Deno).
   */
  exporter(label: string, length: number): Buffer | null {
    if (this.protocol !== 'TLSv1.3' || typeof this.socket.exportKeyingMaterial !== 'function') return null
    try {
      return this.socket.exportKeyingMaterial(length, label, Buffer.alloc(0))
    } catch {
      return null
    }
  }

  /**
   * The channel binding `tls-unique` (RFC 5929 §3): the first Finished message, which is the client's, or the server's
   * when a session was resumed. For TLS 1.3 it is not defined (RFC 8446 §C.5), yet it is all that Cyrus knows there, and
   * it takes the same message: prefer {@link exporter}.
   */
  tlsUnique(): Buffer | null {
    if (this.protocol === '') return null
    const message = this.socket.isSessionReused() ? this.socket.getPeerFinished() : this.socket.getFinished()
    return message === undefined || message.length === 0 ? null : message
  }

  /** The channel binding `tls-server-end-point` (RFC 5929 §4), or null if it is not defined for the certificate. */
  serverEndPoint(): Buffer | null {
    const certificate = this.peerCertificate
    return certificate === null ? null : serverEndPoint(certificate.raw)
  }
}
