import { ImapError } from '../errors/imap-error.ts'
import type { Fragment, LiteralMode, StreamFragment, TextFragment } from '../wire/fragment.ts'
import type { OddNames } from '../wire/odd-names.ts'
import { CommandWriter } from '../wire/writer.ts'
import type { Exchange } from './exchange.ts'
import type { Flying, InFlight } from './in-flight.ts'
import type { Link } from './link.ts'

/** How commands are to be written at this moment of the connection. */
export interface WritingRules {
  literals: LiteralMode
  /** Strings may be UTF-8 (RFC 6855, IMAP4rev2). */
  utf8: boolean
  /** literal8 is understood (RFC 3516, RFC 6855). */
  binary: boolean
  /** Mailbox names that are sent as the server sent them. */
  readonly oddNames: OddNames
}

/** Who is told of what is sent. */
export interface OutboxOwner<E extends Exchange> {
  /** The first byte of a command is about to be sent. */
  started(flying: Flying<E>): void
  /** A piece of a streamed literal is about to be sent. */
  sending(): void
}

/** A command of which a synchronising literal, or a streamed one, is still to be sent. */
interface Unfinished<E extends Exchange> {
  readonly flying: Flying<E>
  readonly fragments: readonly Fragment[]
  next: number
}

/**
 * The one place where bytes leave: commands are sent in order, as many at once as the rules of pipelining allow.
 *
 * Commands that are queued in the same turn of the event loop leave in the same write.
 */
export class Outbox<E extends Exchange> {
  private readonly link: Link
  private readonly inFlight: InFlight<E>
  private readonly rules: WritingRules
  private readonly owner: OutboxOwner<E>
  private queue: E[] = []
  private head = 0
  private holds = 0
  private scheduled = false
  /** The command that waits for `+`, or is being streamed; nothing may be sent between its fragments. */
  private unfinished: Unfinished<E> | null = null
  private streaming = false
  /** Where the octets of the literal that is being streamed come from. */
  private source: AsyncIterator<Uint8Array> | null = null
  private batch: Uint8Array[] = []
  private batchSize = 0

  constructor(link: Link, inFlight: InFlight<E>, rules: WritingRules, owner: OutboxOwner<E>) {
    this.link = link
    this.inFlight = inFlight
    this.rules = rules
    this.owner = owner
  }

  get waiting(): number {
    return this.queue.length - this.head
  }

  /** True while the server's `+` would be the leave to send a literal. */
  get awaitsContinuation(): boolean {
    return this.unfinished !== null && !this.streaming
  }

  add(exchange: E): void {
    this.queue.push(exchange)
    this.schedule()
  }

  /** Takes a command that has not been sent out of the queue again. */
  withdraw(exchange: E): boolean {
    const index = this.queue.indexOf(exchange, this.head)
    if (index === -1) return false
    this.queue.splice(index, 1)
    return true
  }

  /** Sends no further command until {@link release}: the connection is being switched to TLS or deflate. */
  hold(): void {
    this.holds += 1
  }

  release(): void {
    this.holds -= 1
    this.schedule()
  }

  /** The server said `+`: the literal that waits for it goes out. */
  continue(): void {
    const unfinished = this.unfinished
    if (unfinished === null) return
    this.unfinished = null
    this.sendFrom(unfinished, true)
    this.pump()
  }

  /** A command was completed; if it still waited for `+`, the rest of it is not sent (RFC 9051 §4.3). */
  completed(flying: Flying<E>): void {
    if (this.unfinished?.flying === flying && !this.streaming) this.unfinished = null
    this.schedule()
  }

  /** Sends a line of the exchange that has the wire to itself. */
  reply(line: TextFragment): void {
    this.putText(line)
    this.flush()
  }

  /** Takes all unsent commands out of the queue. */
  drain(): E[] {
    const unsent = this.queue.slice(this.head)
    this.queue = []
    this.head = 0
    this.unfinished = null
    // It may hang in the middle of a read, or never be asked again: it must not be left open.
    const ended = this.source?.return?.()
    this.source = null
    if (ended !== undefined) void Promise.resolve(ended).catch(() => undefined)
    return unsent
  }

  /** Sends what may be sent, at the end of this turn. */
  schedule(): void {
    if (this.scheduled || this.waiting === 0) return
    this.scheduled = true
    // Not queueMicrotask, which makes an object for async_hooks each time.
    void now.then(this.pumpLater)
  }

  private readonly pumpLater = (): void => {
    this.scheduled = false
    this.pump()
  }

  private pump(): void {
    while (this.head < this.queue.length && this.holds === 0 && this.unfinished === null && !this.link.hasEnded) {
      const exchange = this.queue[this.head] as E
      if (!this.inFlight.admits(exchange)) {
        const running = this.inFlight.first?.exchange
        if (running?.order === 'alone') running.interrupt?.()
        break
      }
      this.head += 1
      // What has been sent must not live on here; a long queue is moved as a whole now and then.
      if (this.head === this.queue.length) {
        this.queue = []
        this.head = 0
      } else if (this.head > 64 && this.head * 2 > this.queue.length) {
        this.queue = this.queue.slice(this.head)
        this.head = 0
      }
      this.start(exchange)
    }
    this.flush()
  }

  private start(exchange: E): void {
    const out = new CommandWriter(this.rules)
    try {
      exchange.write(out)
    } catch (error) {
      exchange.failed(error as Error, false)
      return
    }
    const flying = this.inFlight.add(exchange)
    let fragments: Fragment[]
    try {
      fragments = out.finish(flying.tag)
    } catch (error) {
      // Nothing has been sent under this tag; the server will not miss it.
      this.inFlight.remove(flying)
      exchange.failed(error as Error, false)
      return
    }
    this.owner.started(flying)
    const first = fragments[0] as Fragment
    if (fragments.length > 1 || first.kind !== 'text') return this.sendFrom({ flying, fragments, next: 0 }, false)
    this.putText(first)
    flying.written = true
  }

  /** Sends fragments until one must wait. `permitted`: the server has just said `+` for the next one. */
  private sendFrom(unfinished: Unfinished<E>, permitted: boolean): void {
    const { flying, fragments } = unfinished
    let leave = permitted
    for (; unfinished.next < fragments.length; unfinished.next += 1) {
      const fragment = fragments[unfinished.next] as Fragment
      if (fragment.kind === 'text') {
        this.putText(fragment)
        continue
      }
      if (fragment.synchronising && !leave) {
        this.unfinished = unfinished
        this.flush()
        return
      }
      leave = false
      if (fragment.kind === 'stream') {
        unfinished.next += 1
        this.unfinished = unfinished
        this.flush()
        void this.stream(fragment, unfinished)
        return
      }
      this.putOctets(fragment.bytes)
    }
    flying.written = true
  }

  /**
   * Sends a literal while it is produced. Its size was announced: if other than that many octets come, the server would
   * read what follows as part of it, or wait for ever, so the connection is closed and nothing is padded.
   */
  private async stream(fragment: StreamFragment, unfinished: Unfinished<E>): Promise<void> {
    this.streaming = true
    let left = fragment.size
    try {
      const source = fragment.source[Symbol.asyncIterator]()
      this.source = source
      for await (const chunk of { [Symbol.asyncIterator]: () => source }) {
        this.owner.sending()
        if (chunk.length > left) throw wrongSize(fragment.size, 'more')
        left -= chunk.length
        if (!this.link.send(chunk, () => `<${chunk.length} octets>`)) await this.link.drained()
        if (this.link.hasEnded) return
      }
      if (left > 0) throw wrongSize(fragment.size, 'fewer')
    } catch (error) {
      const cause = error as Error
      this.link.destroy(
        new ImapError(
          'EUNKNOWNOUTCOME',
          `The source of a literal failed, so the connection was closed: ${cause.message}`,
          {
            command: unfinished.flying.exchange.name,
            cause,
          },
        ),
      )
      return
    } finally {
      this.streaming = false
      this.source = null
    }
    this.unfinished = null
    this.sendFrom(unfinished, false)
    this.pump()
  }

  private putText(fragment: TextFragment): void {
    if (this.isApart(fragment.bytes)) this.link.send(fragment.bytes, () => fragment.redacted)
  }

  private putOctets(bytes: Uint8Array): void {
    if (this.isApart(bytes)) this.link.send(bytes, () => `<${bytes.length} octets>`)
  }

  /** Someone who traces sees one line a call, and much goes by itself; otherwise pieces are gathered into one write. */
  private isApart(bytes: Uint8Array): boolean {
    if (this.link.traced || bytes.length >= GATHERED) {
      this.flush()
      return true
    }
    this.batch.push(bytes)
    this.batchSize += bytes.length
    if (this.batchSize >= GATHERED) this.flush()
    return false
  }

  private flush(): void {
    const { batch } = this
    if (batch.length === 0) return
    this.batch = []
    const bytes = batch.length === 1 ? (batch[0] as Uint8Array) : Buffer.concat(batch, this.batchSize)
    this.batchSize = 0
    this.link.send(bytes, () => '')
  }
}

const now = Promise.resolve()

/** Octets gathered into one write: about what a socket takes at once. */
const GATHERED = 64 * 1024

const wrongSize = (size: number, than: 'more' | 'fewer') =>
  new ImapError('EINVALID', `The source gave ${than} than the ${size} octets that were announced.`)
