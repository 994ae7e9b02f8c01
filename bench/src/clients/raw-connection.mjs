import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Longer than the line that ends Dovecot's LOGIN, which lists its capabilities. */
const tailSize = 4096

/** One buffer for all: what is read is dropped before another socket is. */
const buffer = Buffer.allocUnsafe(65536)

/**
 * The floor: a socket whose bytes are read into one reused buffer and dropped. Only the end of a chunk is looked at, for
 * the completion of the command in flight.
 */
export class RawConnection {
  #socket
  #wanted = ''
  #tail = ''
  /** @type {(error?: Error) => void} */
  #settle = () => {}
  bytes = 0

  /** @param {{ host: string, port: number, secure: boolean, ca?: string }} job */
  constructor({ host, port, secure, ca }) {
    const onread = {
      buffer,
      callback: (size) => {
        this.#chunk(size)
        return true
      },
    }
    const options = { host, port, noDelay: true, onread }
    this.#socket = secure ? connectTls({ ...options, ca: readFileSync(ca), servername: 'localhost' }) : connect(options)
    this.#socket.on('error', (error) => this.#settle(error))
    this.#socket.on('close', () => this.#settle(new Error('the server closed the connection')))
  }

  #chunk(size) {
    this.bytes += size
    const keep = Math.min(size, tailSize)
    const end = buffer.latin1Slice(size - keep, size)
    this.#tail = keep === tailSize ? end : (this.#tail + end).slice(-tailSize)
    if (buffer[size - 1] === 10) this.#lineEnd()
  }

  #lineEnd() {
    const line = this.#tail.slice(this.#tail.lastIndexOf('\n', this.#tail.length - 2) + 1)
    if (line.startsWith(this.#wanted)) this.#settle()
    else if (/^[a-z]\w* (?:NO|BAD) /.test(line)) this.#settle(new Error(`the server said ${line.trimEnd()}`))
  }

  /** @param {string} lineStart resolves when the last line received begins so */
  until(lineStart) {
    return new Promise((resolve, reject) => {
      this.#wanted = lineStart
      this.#settle = (error) => {
        this.#settle = () => {}
        if (error === undefined) resolve()
        else reject(error)
      }
    })
  }

  /** @param {string | Buffer} data */
  write(data) {
    return this.#socket.write(data)
  }

  drained() {
    return new Promise((resolve) => this.#socket.once('drain', resolve))
  }

  /** @param {string} command without its tag */
  async command(command, tag = 'a') {
    const done = this.until(`${tag} OK`)
    this.#socket.write(`${tag} ${command}\r\n`)
    await done
  }

  close() {
    this.#socket.destroy()
  }
}

/** @returns {Promise<RawConnection>} logged in, with the job's mailbox selected if it names one */
export const openRaw = async (job) => {
  const raw = new RawConnection(job)
  await raw.until('* OK')
  await raw.command(`LOGIN ${job.user} ${job.password}`)
  if (job.mailbox !== undefined) await raw.command(`EXAMINE ${job.mailbox}`)
  return raw
}
