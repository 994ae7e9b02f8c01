import { connect, isIPv6, type Socket, type TcpNetConnectOpts } from 'node:net'
import { ImapError } from '../errors/imap-error.ts'
import { type ConnectLimits, checkLimits, whenReady } from './connecting.ts'
import { SEND_HIGH_WATER, SocketTransport } from './socket.ts'
import type { Transport } from './transport.ts'

/** Where to connect to, and from where. */
export interface Address extends ConnectLimits {
  /** A name or an IP address. Default `localhost`. */
  host?: string | undefined
  /** 1 to 65535. */
  port?: number | undefined
  /** A Unix socket, instead of host and port. */
  path?: string | undefined
  /** The local address to connect from. */
  localAddress?: string | undefined
  /** In place of `dns.lookup`. */
  lookup?: TcpNetConnectOpts['lookup'] | undefined
  /** 4 or 6 for one kind of address only. Default 0: both, as RFC 8305 has it. */
  family?: 0 | 4 | 6 | undefined
  /** TCP keep-alive: after how many milliseconds of silence; `false` for never. Default 120 000. */
  keepAlive?: number | boolean | undefined
}

/**
 * Connects in the clear.
 *
 * A network failure rejects with Node's own error (`ECONNREFUSED`, `ENOTFOUND`, …); the deadline with an ImapError
 * `ETIMEDOUT`, the signal with `ABORT_ERR`, a bad argument with `EINVALID`.
 *
 * @example
 * const transport = await connectTcp({ host: 'mail.example', port: 143, connectTimeout: 10_000 })
 */
export async function connectTcp(address: Address): Promise<Transport> {
  checkLimits(address)
  const where = placeOf(address)
  const transport = new SocketTransport(`tcp ${where}`, false)
  let socket: Socket
  try {
    socket = connect({
      ...socketOptions(address),
      noDelay: true,
      onread: transport.readOptions(),
    } as TcpNetConnectOpts)
  } catch (error) {
    throw badOption(error)
  }
  // A paused socket does not begin to read when it is connected: the greeting stays in the kernel until start().
  socket.pause()
  transport.attachSocket(socket)
  await whenReady(socket, 'connect', `connecting to ${where}`, address)
  return transport
}

/** `host:port`, `[::1]:port` or a path, for messages. */
export function placeOf({ host, port, path }: Address): string {
  if (path !== undefined) return path
  const name = host === undefined || host === '' ? 'localhost' : host
  return isIPv6(name) ? `[${name}]:${port}` : `${name}:${port}`
}

export interface SocketOptions {
  highWaterMark: number
  keepAlive: boolean
  keepAliveInitialDelay?: number
  host?: string
  port?: number
  path?: string
}

/** The options of a `net.connect()` or `tls.connect()` for this address. Checked: nothing is opened if they are wrong. */
export function socketOptions(address: Address): SocketOptions {
  const { host, port, path, keepAlive = 120_000 } = address
  const shared = {
    highWaterMark: SEND_HIGH_WATER,
    keepAlive: keepAlive !== false,
    ...(typeof keepAlive === 'number' && { keepAliveInitialDelay: keepAlive }),
  }
  if (path !== undefined) return { ...shared, path }
  if (!Number.isInteger(port) || port === undefined || port < 1 || port > 65535) {
    throw new ImapError('EINVALID', `port must be a whole number from 1 to 65535, not ${String(port)}`)
  }
  if (host?.includes('\0') === true) throw new ImapError('EINVALID', 'host must not contain a NUL')
  return {
    ...shared,
    host: host === undefined || host === '' ? 'localhost' : host,
    port,
    ...(address.localAddress !== undefined && { localAddress: address.localAddress }),
    ...(address.lookup !== undefined && { lookup: address.lookup }),
    ...(address.family !== undefined && { family: address.family }),
  }
}

/** What Node throws at once is a wrong option: the network has not been asked yet. */
export const badOption = (cause: unknown): ImapError =>
  new ImapError('EINVALID', cause instanceof Error ? cause.message : String(cause), { cause })
