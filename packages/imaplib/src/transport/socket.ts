import type { OnReadOpts, Socket } from 'node:net'
import { ImapError } from '../errors/imap-error.ts'
import { StreamTransport } from './stream.ts'
import type { TransportReceiver } from './transport.ts'

const READ_SIZE = 64 * 1024

/** How much may be queued for sending before `write()` says false, in octets. */
export const SEND_HIGH_WATER = 64 * 1024

let sharedBuffer: Buffer | null = null

/**
 * The memory that sockets read into.
 *
 * On POSIX libuv waits until a socket is readable, then asks for memory, reads, and calls back, all in one go
 * (`uv__read`); and a TLS socket copies decrypted bytes out in the same way. So all sockets of a thread can share one
 * buffer, and an idle connection holds none. On Windows reads are posted ahead, and each socket needs its own.
 */
function readBuffer(): Buffer {
  if (process.platform === 'win32') return Buffer.allocUnsafeSlow(READ_SIZE)
  sharedBuffer ??= Buffer.allocUnsafeSlow(READ_SIZE)
  return sharedBuffer
}

/**
 * A transport over a TCP, Unix or TLS socket.
 *
 * It reads through Node's `onread` (one reused buffer, no stream machinery) if the socket was made with `readOptions`,
 * and through 'data' events otherwise.
 */
export class SocketTransport extends StreamTransport {
  private socket: Socket | null = null
  private usesOnread = false

  /** The `onread` option with which the socket is to be made. */
  readOptions(): OnReadOpts {
    this.usesOnread = true
    return {
      buffer: readBuffer(),
      callback: (size, buffer) => {
        this.deliver((buffer as Buffer).subarray(0, size), true)
        // Before start() and while paused, nothing more is read: the bytes stay with the kernel, then with the peer.
        return !this.paused
      },
    }
  }

  attachSocket(socket: Socket): void {
    this.socket = socket
    this.attach(socket, socket)
  }

  /** Stops reading until `start()`. Not before the handshake of a TLS socket is done, which needs to read. */
  hold(): void {
    this.socket?.pause()
  }

  /**
   * Gives up the socket for a TLS handshake. The receiver gets no more calls.
   *
   * Between the answer to STARTTLS and our ClientHello a server has nothing to say. So whatever has arrived by now, in
   * Node or in the kernel, was put there in the clear to be taken for protected data later, and is fatal.
   */
  async surrender(): Promise<Socket> {
    const socket = this.socket
    if (socket === null || this.over) {
      throw new ImapError('ECLOSED', `${this.description}: the connection is closed`, { retryable: true })
    }
    const probe = new Probe()
    this.divert(probe)
    // The first turn ends this round of the event loop, the second follows one look at every socket.
    await nextTurn()
    await nextTurn()
    if (probe.bytes === 0 && probe.outcome === undefined) {
      socket.pause()
      if (socket.readableLength === 0 && socket.writableLength === 0) {
        this.socket = null
        this.surrenderStreams()
        return socket
      }
      if (socket.readableLength > 0) probe.bytes = socket.readableLength
    }
    this.surrenderStreams()
    this.socket = null
    socket.destroy()
    if (probe.bytes > 0) throw injected(this.description)
    if (probe.outcome instanceof Error) throw probe.outcome
    if (probe.outcome === null) {
      throw new ImapError('EEOF', `${this.description}: closed by the server before TLS`, { retryable: true })
    }
    throw new ImapError('ESTATE', `${this.description}: bytes in the clear still wait to be sent before TLS`)
  }

  protected override flow(): void {
    if (!this.usesOnread) super.flow()
    else if (!this.paused) this.socket?.resume()
  }
}

/** Counts what comes while nothing may come. */
class Probe implements TransportReceiver {
  bytes = 0
  outcome: Error | null | undefined = undefined
  data(chunk: Buffer): void {
    this.bytes += chunk.length
  }
  drain(): void {}
  closed(error: Error | null): void {
    this.outcome = error
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** The error for bytes in the clear behind the answer to STARTTLS (CVE-2020-15685 and its many kin). */
export const injected = (where: string): ImapError =>
  new ImapError(
    'ESTARTTLSINJECTION',
    `${where}: bytes in the clear followed the answer to STARTTLS; the connection may be under attack, and was closed`,
  )
