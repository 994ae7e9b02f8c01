import type { OnReadOpts, Socket } from 'node:net'
import { DuplexTransport } from './duplex.ts'

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
export class SocketTransport extends DuplexTransport {
  private socket: Socket | null = null
  private usesOnread = false

  /** The `onread` option with which the socket is to be made. */
  readOptions(): OnReadOpts {
    this.usesOnread = true
    const memory = readBuffer()
    return {
      // Asked after each read for where the next one goes.
      buffer: () => this.room() ?? memory,
      callback: (size, buffer) => {
        this.deliver((buffer as Buffer).subarray(0, size), true)
        // Before start() and while paused, nothing more is read: the bytes stay with the kernel, then with the peer.
        return !this.paused
      },
    }
  }

  attachSocket(socket: Socket): void {
    this.socket = socket
    this.attachDuplex(socket)
  }

  /** Stops reading until `start()`. Not before the handshake of a TLS socket is done, which needs to read. */
  hold(): void {
    this.socket?.pause()
  }

  override pause(): void {
    super.pause()
    // resume() leaves a task behind that begins to read, whatever has been said since; it comes before this one.
    if (this.usesOnread) process.nextTick(pauseAgain, this)
  }

  /** @internal */
  pauseIfPaused(): void {
    if (this.paused) this.socket?.pause()
  }

  protected override flow(): void {
    if (!this.usesOnread) super.flow()
    else if (!this.paused) this.socket?.resume()
  }
}

const pauseAgain = (transport: SocketTransport): void => transport.pauseIfPaused()
