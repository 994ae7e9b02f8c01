import type { IdleResponse } from './engine.ts'
import { IMAP4Error } from './imap4-errors.ts'

/** What an {@link Idler} needs of the connection it was made by. */
export interface IdleHost {
  /** What came and was not handed out yet. */
  readonly responses: IdleResponse[]
  /** False for IMAP4_stream. */
  readonly hasSocket: boolean
  /** Whether IDLE is still on. */
  idling(): boolean
  /** Waits for one response at most so many milliseconds; null for ever. */
  receive(limit: number | null): Promise<boolean>
  /** Ends a `receive()` under way. */
  interrupt(): void
  /** Sends DONE, and waits until the server is done too. */
  finish(): Promise<void>
}

/**
 * What `idle()` resolves to: an async iterable over what the server has to say, one `[typ, data]` for each response, in
 * the order in which they come, those before the server's `+` included.
 *
 * It ends with the block that it was made in (`await using`), or by `done()`. What was not read by then is found by
 * `response()`. IDLE is not renewed by itself: servers drop a client after some 30 minutes (RFC 2177), so give a duration
 * of less, and call `idle()` again.
 *
 * @example
 * await using idler = await M.idle(29 * 60_000)
 * for await (const [typ, data] of idler) if (typ === 'EXISTS') break
 */
export class Idler implements AsyncIterable<IdleResponse>, AsyncDisposable {
  private readonly host: IdleHost
  private readonly deadline: number | null
  private reading: Promise<boolean> | null = null
  private ending: Promise<void> | null = null

  /** @internal */
  constructor(host: IdleHost, duration: number | null) {
    this.host = host
    this.deadline = duration === null ? null : performance.now() + duration
  }

  /** The next response; `done` when the duration is over. */
  async next(): Promise<IteratorResult<IdleResponse, undefined>> {
    const value = await this.pop(this.deadline === null ? null : this.deadline - performance.now())
    return value === null ? { done: true, value: undefined } : { done: false, value }
  }

  /** Leaving a `for await` loop does not end IDLE: another loop may follow. */
  [Symbol.asyncIterator](): AsyncIterator<IdleResponse, undefined> {
    return { next: () => this.next() }
  }

  /**
   * Waits for a response, then yields it and those that follow, as long as no more than `interval` lies between two.
   *
   * @param interval milliseconds
   * @example
   * for await (const [typ] of idler.burst()) types.push(typ)
   */
  async *burst(interval = 100): AsyncGenerator<IdleResponse, void, undefined> {
    if (!this.host.hasSocket)
      throw new IMAP4Error('burst() requires a socket connection', { code: 'ESTATE', command: 'IDLE' })
    const first = await this.next()
    if (first.done === true) return
    yield first.value
    for (;;) {
      const value = await this.pop(interval)
      if (value === null) return
      yield value
    }
  }

  /** Ends IDLE. A `next()` that waits is done. A second call waits for the first. */
  done(): Promise<void> {
    this.ending ??= this.end()
    return this.ending
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.done()
  }

  private async end(): Promise<void> {
    if (this.reading !== null) {
      this.host.interrupt()
      await this.reading.catch(() => {})
    }
    await this.host.finish()
  }

  private async pop(limit: number | null): Promise<IdleResponse | null> {
    const { host } = this
    if (!host.idling() || this.ending !== null)
      throw new IMAP4Error('responses can be read only during IDLE', { code: 'ESTATE', command: 'IDLE' })
    if (this.reading !== null)
      throw new IMAP4Error('another call waits for a response already', { code: 'ESTATE', command: 'IDLE' })
    const waiting = host.responses.shift()
    if (waiting !== undefined) return waiting
    if (limit !== null && limit <= 0) return null
    this.reading = host.receive(limit)
    try {
      await this.reading
    } finally {
      this.reading = null
    }
    return host.responses.shift() ?? null
  }
}
