import { ImapError } from '../errors/imap-error.ts'
import type { StartTlsOptions } from '../transport/tls.ts'
import type { Transport } from '../transport/transport.ts'
import type { TextFragment } from '../wire/fragment.ts'
import type { Frame, FramerLimits, LiteralConsumer } from '../wire/frame.ts'
import { defaultLimits } from '../wire/framer.ts'
import { OddNames } from '../wire/odd-names.ts'
import { Capabilities } from './capabilities.ts'
import { channels } from './diagnostics.ts'
import type { Exchange } from './exchange.ts'
import { byeError, closedError, notUnderstood, readGreeting, strayDone, unexpected } from './fates.ts'
import { type Flying, InFlight } from './in-flight.ts'
import { Link, type LinkOptions, type LinkReceiver } from './link.ts'
import { Outbox, type WritingRules } from './outbox.ts'
import { parseStatusLine, type StatusLine } from './status-line.ts'
import { Watchdog } from './watchdog.ts'

export interface ConnectionOptions extends LinkOptions {
  /** How long the greeting may take, in ms. Default 15,000; 0: for ever. */
  greetingTimeout?: number | undefined
  /** How long the server may be silent while an answer is due, in ms. Default 90,000; 0: for ever. */
  inactivityTimeout?: number | undefined
  /** False sends each command only when the one before has been completed. Default true (RFC 9051 §5.5). */
  pipelining?: boolean | undefined
  /** Mailbox names that do not come out as they came in; shared by the connections of one account. */
  oddNames?: OddNames | undefined
}

/** What the owner of a connection is told. All calls are synchronous. */
export interface ConnectionListener {
  /** An untagged response (`* …`), BYE included. The frame is valid during the call only. */
  untagged(frame: Frame): void
  /** See `FrameSink.literal`. */
  literal?(head: Frame, size: number): LiteralConsumer | null
  /** The last call, exactly once, after all exchanges have been told. Null: it ended as was asked. */
  closed(error: ImapError | null): void
}

/** Before the server knows who we are it has little to say, and we do not know who it is (faults: T5, T17). */
const preAuthLimits: FramerLimits = { maxLineLength: 65_536, maxLiteralSize: 65_536, maxResponseSize: 65_536 }
const PRE_AUTH_BYTES = 1024 * 1024
const PRE_AUTH_LINES = 1000

const ASTERISK = 0x2a
const PLUS = 0x2b
const SPACE = 0x20

/**
 * One conversation with a server: sends commands, matches answers to them, and ends every one of them exactly once.
 *
 * It knows tags, continuations, greeting, BYE and CAPABILITY; all other responses go to the listener as they came.
 */
export class Connection<E extends Exchange = Exchange> implements LinkReceiver {
  readonly greeting: Promise<StatusLine>
  /** What the server said last about itself; forgotten after STARTTLS and authentication (faults: T8). */
  capabilities: Capabilities | null = null
  /** How often the server has said it. */
  timesTold = 0
  /** The error, or null for an orderly end; undefined while the connection lives. */
  endedWith: ImapError | null | undefined = undefined
  /** `roundTrips`: how often it began to wait for the server, be it for one answer or for those of many commands at once. */
  readonly counters = { commands: 0, responses: 0, roundTrips: 0 }
  private readonly link: Link
  private readonly listener: ConnectionListener
  private readonly limits: FramerLimits
  private readonly inFlight: InFlight<E>
  private readonly outbox: Outbox<E>
  private readonly watchdog: Watchdog
  private readonly writing: WritingRules
  private greeted: { resolve(line: StatusLine): void; reject(error: Error): void; timer: NodeJS.Timeout | null } | null
  private authenticated = false
  private preAuthLines = 0
  private byeText: string | null = null
  private leaving = false
  /** A line has been sent that was no command. */
  private replied = false
  private pauses = 0

  constructor(transport: Transport, listener: ConnectionListener, options: ConnectionOptions = {}) {
    this.listener = listener
    this.limits = {
      maxLineLength: options.maxLineLength ?? defaultLimits.maxLineLength,
      maxLiteralSize: options.maxLiteralSize ?? defaultLimits.maxLiteralSize,
      maxResponseSize: options.maxResponseSize ?? defaultLimits.maxResponseSize,
    }
    this.inFlight = new InFlight(options.pipelining === false ? 1 : Infinity)
    this.writing = {
      literals: 'synchronising',
      utf8: false,
      binary: false,
      oddNames: options.oddNames ?? new OddNames(),
    }
    const inactivity = options.inactivityTimeout ?? 90_000
    this.watchdog = new Watchdog(inactivity, () =>
      this.destroy(
        new ImapError('ETIMEDOUT', `The server has been silent for ${inactivity} ms while an answer was due.`, {
          command: this.inFlight.first?.exchange.name,
          retryable: true,
        }),
      ),
    )
    let settle: { resolve(line: StatusLine): void; reject(error: Error): void } | undefined
    this.greeting = new Promise((resolve, reject) => (settle = { resolve, reject }))
    // Whoever opened the connection may have stopped waiting: then nobody hears of this rejection, and nobody must.
    this.greeting.catch(() => undefined)
    const patience = options.greetingTimeout ?? 15_000
    const timer =
      patience === 0
        ? null
        : setTimeout(
            () => this.destroy(new ImapError('ETIMEDOUT', `No greeting came within ${patience} ms.`)),
            patience,
          )
    this.greeted = { ...(settle as NonNullable<typeof settle>), timer }
    const { trace, inlineLiteral, lineEnding, nul } = options
    const limits = lower(preAuthLimits, this.limits)
    this.link = new Link(transport, this, { trace, inlineLiteral, lineEnding, nul, ...limits })
    this.outbox = new Outbox(this.link, this.inFlight, this.writing, this)
  }

  get id(): number {
    return this.link.id
  }

  get secure(): boolean {
    return this.link.secure
  }

  get description(): string {
    return this.link.description
  }

  /** The transport in use: for channel binding, a certificate, a child's exit. */
  get carrier(): Transport {
    return this.link.carrier
  }

  get bytesSent(): number {
    return this.link.bytesSent
  }

  get bytesReceived(): number {
    return this.link.bytesReceived
  }

  /** Commands on the wire or waiting for it. */
  get pending(): number {
    return this.inFlight.size + this.outbox.waiting
  }

  get closed(): boolean {
    return this.endedWith !== undefined
  }

  /** The commands on the wire, oldest first: who may claim an untagged response. */
  *running(): IterableIterator<E> {
    for (const flying of this.inFlight) yield flying.exchange
  }

  /** The oldest command on the wire: nearly always the one that an untagged response belongs to. */
  get oldest(): E | undefined {
    return this.inFlight.first?.exchange
  }

  /** The command on the wire with this tag. */
  tagged(tag: string): E | undefined {
    return this.inFlight.find(tag)?.exchange
  }

  /** Queues a command. Its `completed` or `failed` is called once, never before this returns. */
  run(exchange: E): void {
    if (this.endedWith !== undefined) {
      const error = closedError(this.endedWith, exchange.name)
      queueMicrotask(() => exchange.failed(error, false))
      return
    }
    this.outbox.add(exchange)
  }

  /** Takes back a command that has not been sent yet. Its owner settles it. */
  withdraw(exchange: E): boolean {
    return this.outbox.withdraw(exchange)
  }

  /** How strings are to be written from now on: after ENABLE UTF8=ACCEPT or IMAP4rev2, or when that ceases to hold. */
  useUtf8(utf8 = true): void {
    this.writing.utf8 = utf8
    // Both bring the binary literals of APPEND with them (RFC 6855 §4, RFC 9051 §9 append-data).
    this.writing.binary = utf8 || this.capabilities?.has('BINARY') === true
  }

  /** A response named a mailbox: see {@link OddNames}. */
  rememberName(name: string, raw: string): void {
    this.writing.oddNames.remember(name, raw, this.writing.utf8)
  }

  /** The server knows who we are: full limits apply. */
  markAuthenticated(authenticated = true): void {
    this.authenticated = authenticated
    this.preAuthLines = 0
    this.link.setLimits(authenticated ? this.limits : lower(preAuthLimits, this.limits))
  }

  /** Forgets what the server said about itself before it, or the connection, changed (RFC 9051 §6.2.1, §6.2.2). */
  forgetCapabilities(): void {
    this.learn(null)
  }

  /** LOGOUT is on its way: BYE and the end of the connection are no failure. */
  expectEnd(): void {
    this.leaving = true
  }

  /**
   * Called while the tagged OK of STARTTLS is delivered: hands the connection to TLS.
   * @throws ImapError `ESTARTTLSINJECTION`, `ETLS`, `ETIMEDOUT`; the connection is closed then
   */
  async startTls(options: StartTlsOptions): Promise<void> {
    this.link.halt()
    this.outbox.hold()
    this.forgetCapabilities()
    await this.link.startTls(options)
    if (!this.secure) {
      const error = new ImapError('ETLSREQUIRED', 'STARTTLS was answered, but the connection is not secure.')
      this.destroy(error)
      throw error
    }
    this.outbox.release()
  }

  /** Called while the tagged OK of COMPRESS is delivered: what follows is deflated, both ways. */
  compress(): void {
    this.link.halt()
    this.outbox.hold()
    // The bytes behind the OK are known only when the delivery of this chunk has ended.
    queueMicrotask(() => {
      if (this.endedWith !== undefined) return
      this.link.compress()
      this.outbox.release()
    })
  }

  /** Stops reading until as many calls of {@link resume}; the server feels it. Silence is no failure meanwhile. */
  pause(): void {
    this.pauses += 1
    if (this.pauses > 1) return
    this.link.pause()
    this.watch()
  }

  resume(): void {
    if (this.pauses === 0) return
    this.pauses -= 1
    if (this.pauses > 0) return
    this.link.resume()
    this.watch()
  }

  /** Whether an exchange became quiet, or ceased to be: looks again at what is awaited. */
  watch(): void {
    const oldest = this.inFlight.first
    if (oldest === undefined || this.pauses > 0 || oldest.exchange.quiet === true) this.watchdog.rest()
    else this.watchdog.watch()
  }

  /** Drops the connection now. Every command is told, with this error, or `ECLOSED` where it is null. */
  destroy(error: ImapError | null = null): void {
    this.link.destroy(error)
  }

  /** @internal called when the first byte of a command is sent */
  started(flying: Flying<E>): void {
    this.counters.commands += 1
    // What joins others on the wire does not wait by itself.
    if (this.inFlight.size === 1) this.counters.roundTrips += 1
    if (channels.commandStart.hasSubscribers)
      channels.commandStart.publish({ connection: this.id, tag: flying.tag, name: flying.exchange.name })
    this.watch()
  }

  /** @internal called when a piece of a streamed literal goes out: until the last of them the server has nothing to say */
  sending(): void {
    this.watchdog.alive()
  }

  // What the link tells.

  /** @internal */
  literal(head: Frame, size: number): LiteralConsumer | null {
    return this.listener.literal?.(head, size) ?? null
  }

  /** @internal */
  alive(): void {
    this.watchdog.alive()
  }

  /** @internal The server takes what is sent: that is a sign of life too. */
  drain(): void {
    this.watchdog.alive()
    this.outbox.schedule()
  }

  /** @internal */
  frame(frame: Frame): void {
    const { bytes, start, end } = frame
    if (start === end) return
    this.counters.responses += 1
    if (!this.authenticated) this.spendPreAuth()
    if (this.greeted !== null) return this.receiveGreeting(frame)
    if (this.byeText !== null && !this.leaving) return
    const first = bytes[start]
    if (first === ASTERISK) this.receiveUntagged(frame)
    else if (first === PLUS) this.receiveContinuation(frame)
    else this.receiveTagged(frame)
  }

  private receiveGreeting(frame: Frame): void {
    const greeted = this.greeted as NonNullable<typeof this.greeted>
    let line: StatusLine
    try {
      line = readGreeting(frame)
    } catch (error) {
      this.link.destroy(error as ImapError)
      return
    }
    if (greeted.timer !== null) clearTimeout(greeted.timer)
    this.greeted = null
    if (line.status === 'PREAUTH') this.markAuthenticated()
    this.learnFrom(line)
    if (channels.open.hasSubscribers)
      channels.open.publish({ connection: this.id, peer: this.description, greeting: line.text })
    greeted.resolve(line)
  }

  private receiveUntagged(frame: Frame): void {
    const { bytes } = frame
    let at = frame.start + 1
    while (bytes[at] === SPACE) at += 1
    const initial = (bytes[at] as number) & 0xdf
    if (initial === 0x42 || initial === 0x43 || initial === 0x4f) {
      const line = bytes.toString('latin1', at, Math.min(frame.end, at + 4096))
      if (/^bye(?: |$)/i.test(line)) {
        this.listener.untagged(frame)
        return this.receiveBye(line)
      }
      if (/^capability /i.test(line)) this.learn(Capabilities.parse(bytes.toString('latin1', at + 11, frame.end)))
      else if (/^ok \[capability /i.test(line)) this.learnFrom(parseStatusLine(line) as StatusLine)
    }
    this.listener.untagged(frame)
  }

  private receiveBye(line: string): void {
    const bye = parseStatusLine(line)
    this.byeText = bye?.text ?? ''
    // Whatever follows a BYE means nothing, and some servers say it without end.
    if (!this.leaving) this.link.destroy(byeError(bye))
  }

  private receiveContinuation(frame: Frame): void {
    this.counters.roundTrips += 1
    if (this.outbox.awaitsContinuation) return this.outbox.continue()
    const flying = this.inFlight.first
    if (flying?.exchange.continuation === undefined) {
      this.link.destroy(unexpected('a continuation request that nothing waits for', frame))
      return
    }
    const from = frame.bytes[frame.start + 1] === SPACE ? frame.start + 2 : frame.start + 1
    flying.exchange.continuation(frame.bytes.toString('latin1', from, frame.end), (line: TextFragment) => {
      if (this.inFlight.first !== flying) return
      this.replied = true
      this.outbox.reply(line)
      this.watch()
    })
    this.watch()
  }

  private receiveTagged(frame: Frame): void {
    const { bytes, start, end } = frame
    const { first } = this.inFlight
    if (first !== undefined && frame.text.startsWith(first.tag, start)) {
      const tagEnd = start + first.tag.length
      if (bytes[tagEnd] === SPACE) return this.receiveAnswer(frame, first, tagEnd)
    }
    const space = bytes.indexOf(SPACE, start)
    const tagEnd = space === -1 || space > end ? end : space
    let flying = this.inFlight.find(bytes.toString('latin1', start, Math.min(tagEnd, start + 64)))
    let text = tagEnd
    if (flying === undefined && this.inFlight.size === 1 && notUnderstood(bytes, start, tagEnd)) {
      // `BAD what?` without tag or asterisk (Namecheap): there is only one command that it can mean.
      flying = this.inFlight.first
      text = start - 1
    }
    if (flying === undefined && this.replied && strayDone(bytes, start, tagEnd)) return
    this.receiveAnswer(frame, flying, text)
  }

  /** @param space position of the space before the status */
  private receiveAnswer(frame: Frame, flying: Flying<E> | undefined, space: number): void {
    const line = parseStatusLine(frame.bytes.toString('latin1', space + 1, frame.end))
    if (flying === undefined || line === null || line.status === 'BYE' || line.status === 'PREAUTH') {
      this.link.destroy(unexpected('a line that is not the answer to any command', frame))
      return
    }
    if (!flying.written && line.status === 'OK') {
      // The server cannot have read the command: somebody guessed the tag, or the server's answers are out of step.
      this.link.destroy(unexpected('an OK for a command that has not been sent in full', frame))
      return
    }
    this.complete(flying, line)
  }

  private complete(flying: Flying<E>, line: StatusLine): void {
    const { exchange } = flying
    this.inFlight.remove(flying)
    if (line.code === 'CAPABILITY') this.learnFrom(line)
    if (channels.commandEnd.hasSubscribers)
      channels.commandEnd.publish({ connection: this.id, tag: flying.tag, name: exchange.name, outcome: line.status })
    exchange.completed(line)
    if (this.endedWith !== undefined) return
    this.outbox.completed(flying)
    this.watch()
  }

  private learnFrom(line: StatusLine): void {
    if (line.code === 'CAPABILITY') this.learn(Capabilities.parse(line.codeArguments))
  }

  private learn(capabilities: Capabilities | null): void {
    this.capabilities = capabilities
    if (capabilities !== null) this.timesTold += 1
    this.writing.literals = capabilities?.literals ?? 'synchronising'
    this.writing.binary = capabilities?.has('BINARY') === true || this.writing.utf8
  }

  private spendPreAuth(): void {
    this.preAuthLines += 1
    if (this.preAuthLines > PRE_AUTH_LINES || this.link.bytesReceived > PRE_AUTH_BYTES)
      this.link.destroy(new ImapError('ELIMIT', 'The server sent too much before it knew who we are.'))
  }

  /** @internal */
  ended(error: Error | null): void {
    this.watchdog.stop()
    const reason = this.reasonOf(error)
    this.endedWith = reason
    const greeted = this.greeted
    if (greeted !== null) {
      this.greeted = null
      if (greeted.timer !== null) clearTimeout(greeted.timer)
      greeted.reject(reason ?? closedError(null, undefined))
    }
    const flying = [...this.inFlight]
    const unsent = this.outbox.drain()
    for (const one of flying) {
      const { exchange, tag } = one
      this.inFlight.remove(one)
      const failure = closedError(reason, exchange.name, true)
      if (channels.commandEnd.hasSubscribers)
        channels.commandEnd.publish({ connection: this.id, tag, name: exchange.name, outcome: failure.code })
      exchange.failed(failure, true)
    }
    for (const exchange of unsent) exchange.failed(closedError(reason, exchange.name), false)
    this.listener.closed(reason)
  }

  private reasonOf(error: Error | null): ImapError | null {
    if (this.leaving) return null
    if (error instanceof ImapError) return error
    const details = { cause: error ?? undefined, retryable: true }
    if (error !== null) return new ImapError('EEOF', `The connection broke: ${error.message}`, details)
    if (this.greeted !== null)
      return new ImapError('EGREETING', 'The connection ended before a greeting came.', details)
    return new ImapError('EEOF', 'The server ended the connection without a word.', details)
  }
}

/** The smaller of each limit. */
const lower = (a: FramerLimits, b: FramerLimits): FramerLimits => ({
  maxLineLength: Math.min(a.maxLineLength, b.maxLineLength),
  maxLiteralSize: Math.min(a.maxLiteralSize, b.maxLiteralSize),
  maxResponseSize: Math.min(a.maxResponseSize, b.maxResponseSize),
})
