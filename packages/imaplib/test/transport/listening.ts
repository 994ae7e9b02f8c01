import { once } from 'node:events'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { createServer as createTls, type TLSSocket, type TlsOptions } from 'node:tls'

export interface Listening {
  port: number
  server: Server
  /** The next connection, in order of arrival. */
  accept(): Promise<Socket>
  stop(): Promise<void>
}

async function listening(server: Server, event: string, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>()
  const arrived: Socket[] = []
  const waiting: ((socket: Socket) => void)[] = []
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  server.on(event, (socket: Socket) => {
    socket.on('error', () => {})
    const waiter = waiting.shift()
    if (waiter === undefined) arrived.push(socket)
    else waiter(socket)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    server,
    accept: () => {
      const socket = arrived.shift()
      return socket === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(socket)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export const listenTcp = (host?: string): Promise<Listening> =>
  listening(createTcp({ noDelay: true, allowHalfOpen: true }), 'connection', host)

export const listenTls = (options: TlsOptions): Promise<Listening & { accept(): Promise<TLSSocket> }> =>
  listening(createTls(options), 'secureConnection') as Promise<Listening & { accept(): Promise<TLSSocket> }>
