import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { certificate } from '../certificate.mjs'
import { corpusName } from '../corpus/maildir.mjs'
import { password, startDovecot, user } from '../dovecot/dovecot.mjs'
import { Replay } from '../replay/replay.mjs'

const scan = 'UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'

/** The servers of one run of the benchmark; each is started when a case first needs it. */
export class Servers {
  #options
  #cache
  #files
  #replay
  #recordedFrom
  #live

  /** @param {{ cache: string, seed: number, messages: number, progress: (text: string) => void }} options */
  constructor(options) {
    this.#options = options
    this.#cache = options.cache
    mkdirSync(this.#cache, { recursive: true })
    this.#files = certificate(this.#cache)
  }

  /** Whether TLS cases can run: it takes the openssl command to make a certificate. */
  get secure() {
    return this.#files !== undefined
  }

  async #replayServer() {
    const { seed, messages, progress } = this.#options
    this.#replay ??= Replay.start(
      {
        folder: join(this.#cache, corpusName({ seed, count: messages })),
        ...(this.#files === undefined ? {} : { tls: this.#files }),
      },
      () => {
        progress(`recording from Dovecot: ${messages} messages, once`)
        this.#recordedFrom ??= startDovecot({ corpus: { seed, count: messages } })
        return this.#recordedFrom
      },
    )
    return this.#replay
  }

  /** @returns {Promise<import('../dovecot/dovecot.mjs').Dovecot>} an empty mailbox on a real server */
  live() {
    this.#live ??= startDovecot()
    return this.#live
  }

  /** @param {import('../cases.mjs').Case} item @returns {Promise<object>} what a client needs to know to connect */
  async connectionFor(item) {
    const login = { host: '127.0.0.1', user, password, secure: item.secure ?? false, ca: this.#files?.certificate }
    if (item.server === 'dovecot') return { ...login, port: (await this.live()).port }
    const replay = await this.#replayServer()
    if (item.server === 'replay')
      return { ...login, port: await replay.port({ secure: login.secure, roundTrip: item.roundTrip ?? 0 }) }
    const recording = await replay.record(scan)
    await this.take(item)
    return { recording }
  }

  /** What the replay server has counted since the last call; a Dovecot that was recorded from is stopped. */
  async take(item) {
    if (item.server === 'dovecot') return { prepared: 0, failures: [], appended: [] }
    const taken = await (await this.#replayServer()).take()
    await this.#stopRecording()
    return taken
  }

  async #stopRecording() {
    const dovecot = this.#recordedFrom
    this.#recordedFrom = undefined
    await (await dovecot)?.stop()
  }

  async stop() {
    const stops = [this.#stopRecording()]
    if (this.#live !== undefined) stops.push(this.#live.then((dovecot) => dovecot.stop()))
    if (this.#replay !== undefined) stops.push(this.#replay.then((replay) => replay.stop()))
    await Promise.allSettled(stops)
  }
}
