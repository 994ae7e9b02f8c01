import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { CertificateKind } from './certificates.ts'
import { ownAuthority } from './own-authority.ts'

/** TLS from the first byte: with a good certificate (`true`), or with one that a client has to refuse. */
export type TlsChoice = boolean | CertificateKind

export interface RawServerOptions {
  readonly tls?: TlsChoice
  /** Default 127.0.0.1. */
  readonly host?: string
}

/** A listening socket on loopback, for scripts that are no IMAP at all. */
export interface RawServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The authority that signed the certificate, PEM. Empty for a server without TLS. */
  readonly ca: string
  /** Every connection so far, as it was accepted: below TLS. */
  readonly sockets: readonly Socket[]
  /** Closes the listening socket and every connection. Rejects with what `onConnection` threw, if it did. */
  readonly stop: () => Promise<void>
}

/** What a TLS server shows. */
export const serverContext = async (kind: CertificateKind): Promise<SecureContext> => {
  const { cert, key } = await (await ownAuthority()).server(kind)
  return createSecureContext({ cert, key })
}

/** Puts a server's TLS on an accepted socket. Bytes that were read from it before go to TLS first. */
export const secured = (socket: Socket, context: SecureContext): TLSSocket => {
  const tls = new TLSSocket(socket, { isServer: true, secureContext: context })
  tls.on('error', () => undefined)
  return tls
}

/**
 * Listens on a free port and hands every connection over.
 *
 * ```ts
 * await using server = await rawServer((socket) => void socket.write('* OK \u0000\r\n'))
 * ```
 */
export const rawServer = async (
  onConnection: (socket: Socket, index: number) => unknown,
  options: RawServerOptions = {},
): Promise<RawServer> => {
  const { tls = false, host = '127.0.0.1' } = options
  const context = tls === false ? undefined : await serverContext(tls === true ? 'good' : tls)
  const sockets: Socket[] = []
  const faults: unknown[] = []
  // A half that the client has closed stays open towards it, until the script closes it too.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => undefined)
    sockets.push(socket)
    const stream = context === undefined ? socket : secured(socket, context)
    const serve = async () => onConnection(stream, sockets.length - 1)
    void serve().catch((error: unknown) => {
      faults.push(error)
      socket.destroy()
    })
  })
  server.listen({ host, port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
    // A script that was waiting for the client learns of the end now, and may still have something to say about it.
    await nextTurn()
    if (faults.length > 1) throw new AggregateError(faults, 'several connections of a scripted server failed')
    if (faults.length === 1) throw faults[0]
  }
  let closing: Promise<void> | undefined
  const stop = () => (closing ??= close())
  const ca = context === undefined ? '' : (await ownAuthority()).ca
  return { host, port, ca, sockets, stop, [Symbol.asyncDispose]: stop }
}
