import { connect as connectSocket, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A client that knows nothing of IMAP but lines: for looking at servers. */
export interface SocketClient extends Disposable {
  readonly socket: Socket
  /** The next line, with bytes as latin1; `undefined` at the end. Rejects on a reset. */
  readLine: () => Promise<string | undefined>
  write: (text: string | Uint8Array) => void
  /** Sends a command and reads up to its tagged response, which is the last of the lines. */
  command: (text: string) => Promise<string[]>
  /** Goes on inside TLS. */
  upgrade: (ca: string) => Promise<SocketClient>
}

export const dial = (server: { host: string; port: number }): Promise<SocketClient> =>
  settled(connectSocket({ host: server.host, port: server.port }), 'connect')

export const dialTls = (
  server: { host: string; port: number; ca: string },
  more: { cert?: string; key?: string; socket?: Socket } = {},
): Promise<SocketClient> => settled(connectTls({ ...server, ...more, servername: 'localhost' }), 'secureConnect')

const settled = (socket: Socket, event: string): Promise<SocketClient> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => resolve(wrap(socket)))
    socket.once('error', reject)
  })

const wrap = (socket: Socket): SocketClient => {
  let text = ''
  let over = false
  let failure: Error | undefined
  let wake: () => void = () => undefined
  const onData = (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  }
  socket.on('data', onData)
  socket.on('error', (error) => {
    failure = error
    wake()
  })
  socket.on('close', () => {
    over = true
    wake()
  })
  const readLine = async (): Promise<string | undefined> => {
    for (;;) {
      const at = text.indexOf('\r\n')
      if (at !== -1) {
        const line = text.slice(0, at)
        text = text.slice(at + 2)
        return line
      }
      if (failure !== undefined) throw failure
      if (over) return undefined
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    socket,
    readLine,
    write: (bytes) => void socket.write(bytes),
    command: async (command) => {
      socket.write(`${command}\r\n`)
      const tag = `${command.split(' ', 1)[0]} `
      for (const lines: string[] = []; ; ) {
        const line = await readLine()
        if (line === undefined) throw new Error(`closed after ${lines.join(' | ')}`)
        lines.push(line)
        if (line.startsWith(tag) || line.startsWith('+')) return lines
      }
    },
    upgrade: (ca) => {
      socket.off('data', onData)
      return dialTls({ host: '127.0.0.1', port: 0, ca }, { socket })
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}
