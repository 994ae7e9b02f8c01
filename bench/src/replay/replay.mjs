import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('server.mjs', import.meta.url))

/** The runner's end of the replay server, which runs in a process of its own. */
export class Replay {
  #child
  #calls = new Map()
  #nextId = 0
  /** Whether it offers TLS. */
  secure = false

  constructor(child) {
    this.#child = child
  }

  /**
   * @param {{ folder: string, tls?: { key: string, certificate: string } }} options
   * @param {() => Promise<{ host: string, port: number }>} startDovecot called when something has to be recorded
   * @returns {Promise<Replay>}
   */
  static async start(options, startDovecot) {
    const child = fork(script, [JSON.stringify(options)])
    const replay = new Replay(child)
    await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`the replay server ended with ${code}`)))
      child.on('message', (message) => {
        if (message.type === 'ready') {
          replay.secure = message.secure
          resolve()
        } else if (message.type === 'dovecot') {
          startDovecot().then(
            ({ host, port }) => child.send({ type: 'dovecot', host, port }),
            (error) => child.send({ type: 'dovecot', error: error.message }),
          )
        } else if (message.type === 'reply') {
          replay.#calls.get(message.id)(message.value)
          replay.#calls.delete(message.id)
        }
      })
    })
    return replay
  }

  #call(message) {
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#calls.set(id, resolve)
      this.#child.send({ ...message, id })
    })
  }

  /** @param {{ secure: boolean, roundTrip: number }} line @returns {Promise<number>} */
  port(line) {
    return this.#call({ type: 'port', ...line })
  }

  /** @returns {Promise<{ prepared: number, failures: string[], appended: [string, { messages: number, bytes: number }][] }>} since the last call */
  take() {
    return this.#call({ type: 'take' })
  }

  /** @param {string} command @returns {Promise<string>} the file with INBOX's answer */
  async record(command) {
    const { file, error } = await this.#call({ type: 'record', command })
    if (error !== undefined) throw new Error(error)
    return file
  }

  stop() {
    this.#child.removeAllListeners('exit')
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.disconnect()
    return gone
  }
}
