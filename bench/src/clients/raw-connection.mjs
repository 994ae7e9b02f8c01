import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

const tailSize = 400

/**
 * The floor: a socket whose bytes are read into one reused buffer and dropped. Only the end of a chunk is looked at, for
 * the completion of the command in flight.
 */
export class RawConnection {
  #socket
  #wanted = ''
  #tail = ''
  #arrived = () => {}
  bytes = 0

  /** @param {{ host: string, port: number, secure: boolean, ca?: string }} job */
  constructor({ host, port, secure, ca }) {
    const onread = {
      buffer: Buffer.allocUnsafe(65536),
      callback: (size, buffer) => {
        this.#chunk(size, buffer)
        return true
      },
    }
    const options = { host, port, noDelay: true, onread }
    this.#socket = secure ? connectTls({ ...options, ca: readFileSync(ca), servername: 'localhost' }) : connect(options)
    this.#socket.setNoDelay(true)
  }

  #chunk(size, buffer) {
    this.bytes += size
    const keep = Math.min(size, tailSize)
    const end = buffer.latin1Slice(size - keep, size)
    this.#tail = keep === tailSize ? end : (this.#tail + end).slice(-tailSize)
    if (buffer[size - 1] === 10 && this.#isComplete()) this.#arrived()
  }

  #isComplete() {
    const lineStart = this.#tail.lastIndexOf('\n', this.#tail.length - 2) + 1
    return this.#tail.startsWith(this.#wanted, lineStart)
  }

  /** @param {string} lineStart resolves when the last line received begins so */
  until(lineStart) {
    return new Promise((resolve, reject) => {
      this.#wanted = lineStart
      this.#socket.once('error', reject)
      this.#arrived = () => {
        this.#arrived = () => {}
        this.#socket.off('error', reject)
        resolve()
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
