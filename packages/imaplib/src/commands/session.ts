import type { Connection } from '../connection/connection.ts'
import { channels } from '../connection/diagnostics.ts'
import { MissingCapability } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import { parseUntagged } from '../responses/parse-untagged.ts'
import type { Response } from '../responses/registry.ts'
import { ParseContext } from '../responses/response-parser.ts'
import type { Frame, LiteralConsumer } from '../wire/frame.ts'
import type { Collector, Command, CommandContext, SessionState } from './command.ts'
import type { MailboxState } from './mailbox-state.ts'
import { type CallOptions, type ClaimingExchange, Run } from './run.ts'
import { applyNews } from './news.ts'
import type { SessionListener } from './session-listener.ts'
import { withinLimit } from './within-limit.ts'

/** Responses that mean something before the server knows who we are; all others are ignored (RFC 9051 §11.3). */
const heardBeforeAuthentication = new Set(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH', 'CAPABILITY', 'ID', 'LANGUAGE'])

/**
 * One connection with its state: which commands are legal, which mailbox is selected, what the server said unasked.
 *
 * Untagged responses are offered to the commands on the wire, oldest first; whatever changes the mailbox changes
 * {@link mailbox} and is told to the listeners, in the order of arrival.
 */
export class Session implements CommandContext {
  readonly connection: Connection<ClaimingExchange>
  state: SessionState = 'not authenticated'
  /** Null unless a mailbox is selected. */
  mailbox: MailboxState | null = null
  /** URLs of where the user's own mailboxes are, as the server said at login (RFC 2221 §4.1). Untrusted. */
  referrals: readonly string[] = []
  readonly counters = { repairs: 0, unparsed: 0 }
  private readonly enabled = new Set<string>()
  private readonly listeners = new Set<SessionListener>()
  /** Readers that have stopped the flow of bytes: they must let it go on when somebody waits behind them. */
  private readonly throttled = new Set<{ release(): void }>()
  private readonly parsing: ParseContext

  /**
   * @param connect makes the connection with this session as its listener
   */
  constructor(connect: (session: Session) => Connection<ClaimingExchange>) {
    this.parsing = new ParseContext({
      onRepair: (quirk) => {
        this.counters.repairs += 1
        if (channels.repair.hasSubscribers) channels.repair.publish({ connection: this.connection.id, quirk })
      },
    })
    this.connection = connect(this)
  }

  has(capability: string): boolean {
    return this.connection.capabilities?.has(capability) ?? false
  }

  isEnabled(capability: string): boolean {
    return this.enabled.has(capability.toUpperCase())
  }

  /** ENABLE was answered with these (RFC 5161 §3.1). */
  markEnabled(capabilities: Iterable<string>): void {
    for (const each of capabilities) {
      const name = each.toUpperCase()
      this.enabled.add(name)
      // RFC 7162 §3.2.3: QRESYNC brings CONDSTORE with it.
      if (name === 'QRESYNC') this.enabled.add('CONDSTORE')
      if (name !== 'UTF8=ACCEPT' && name !== 'IMAP4REV2') continue
      this.connection.useUtf8()
      this.parsing.utf8 = true
    }
  }

  /** The server knows who we are: by PREAUTH, LOGIN or AUTHENTICATE. */
  markAuthenticated(): void {
    this.state = 'authenticated'
    this.connection.markAuthenticated()
  }

  /** UNAUTHENTICATE was answered (RFC 8437 §3): as after the greeting, and nothing is enabled any more. */
  markUnauthenticated(): void {
    this.state = 'not authenticated'
    this.mailbox = null
    this.enabled.clear()
    this.parsing.utf8 = false
    this.referrals = []
    this.connection.useUtf8(false)
    this.connection.markAuthenticated(false)
    // What was offered to one user says nothing of what another is offered.
    this.connection.forgetCapabilities()
  }

  /** A mailbox was selected, or none is any more. */
  markSelected(mailbox: MailboxState | null): void {
    this.mailbox = mailbox
    if (this.state !== 'logout') this.state = mailbox === null ? 'authenticated' : 'selected'
  }

  listen(listener: SessionListener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /**
   * Sends a command and resolves to its result.
   *
   * @throws ImapError `ESTATE` or {@link MissingCapability} before a byte is sent; what the command throws while it is
   * written; `NO` or `BAD` with the server's words; `ABORT_ERR`, `ETIMEDOUT`; the reason when the connection ends
   */
  run<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
    collector?: Collector<Result>,
  ): Promise<Result> {
    if (command.division === undefined) return this.start(command, args, options, collector).promise
    return withinLimit(this, command, command.division, args, options, collector)
  }

  /** The same, for callers who want to let go of it later. */
  start<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
    collector?: Collector<Result>,
  ): Run<Args, Result> {
    const run = new Run(command, args, this, collector)
    const problem = this.obstacle(command, args)
    if (problem !== null) {
      run.failed(problem)
      return run
    }
    run.heed(options, this.connection)
    if (!run.abandoned) this.send(run)
    return run
  }

  /** Queues any exchange, and makes way for it. */
  send(exchange: ClaimingExchange): void {
    if (this.throttled.size > 0) for (const reader of this.throttled) reader.release()
    this.connection.run(exchange)
  }

  /** A reader has stopped the flow of bytes; it is told to let it go on as soon as a command waits behind it. */
  throttle(reader: { release(): void }): void {
    if (this.throttled.has(reader)) return
    this.throttled.add(reader)
    this.connection.pause()
  }

  unthrottle(reader: { release(): void }): void {
    if (this.throttled.delete(reader)) this.connection.resume()
  }

  untagged(frame: Frame): void {
    const response = parseUntagged(frame, this.parsing)
    if (response.type === 'unparsed') this.reportUnparsed(response)
    if (this.state === 'not authenticated' && !heardBeforeAuthentication.has(response.type)) return
    if (response.type === 'LIST' || response.type === 'LSUB' || response.type === 'XLIST')
      this.connection.rememberName(response.mailbox, response.rawMailbox)
    const claimed = this.reportProgress(response) || this.offer(response)
    applyNews(this, response, claimed, this.listeners)
  }

  literal(head: Frame, size: number): LiteralConsumer | null {
    if (this.state === 'not authenticated') return null
    for (const exchange of this.connection.running()) {
      const consumer = exchange.literal?.(head, size) ?? null
      if (consumer !== null) return consumer
    }
    return null
  }

  closed(error: ImapError | null): void {
    this.state = 'logout'
    this.mailbox = null
    for (const listener of this.listeners) listener.closed?.(error)
    this.listeners.clear()
    this.throttled.clear()
  }

  /** RFC 9585 §4: the server works on; without a tag it means the command that it has begun first. */
  private reportProgress(response: Response): boolean {
    if (response.type !== 'OK' || response.code?.name !== 'INPROGRESS') return false
    const { tag, progress: done, goal } = response.code
    const exchange = tag === null ? this.connection.oldest : this.connection.tagged(tag)
    exchange?.progress?.({ done, goal })
    return true
  }

  private offer(response: Response): boolean {
    // It names its command, which need not be the oldest (RFC 9051 §7.3.4, §5.5).
    const named =
      response.type === 'ESEARCH' && response.tag !== null ? this.connection.tagged(response.tag) : undefined
    if (named !== undefined) return named.claim?.(response) === true
    const oldest = this.connection.oldest
    if (oldest === undefined) return false
    if (oldest.claim?.(response) === true) return true
    for (const exchange of this.connection.running())
      if (exchange !== oldest && exchange.claim?.(response) === true) return true
    return false
  }

  private obstacle<Args extends readonly unknown[]>(command: Command<Args, unknown>, args: Args): Error | null {
    if (this.state !== 'logout' && !command.states.includes(this.state)) {
      const states = command.states.join(', ')
      const message = `${command.name} is not legal in the state "${this.state}", only in: ${states}.`
      return new ImapError('ESTATE', message, { command: command.name })
    }
    // RFC 9586 §3: the server would answer BAD [UIDREQUIRED].
    if (this.isEnabled('UIDONLY') && command.order(args) === 'numbers')
      return new ImapError('ESTATE', `${command.name} by sequence numbers is not legal under UIDONLY.`, {
        command: command.name,
        responseCode: 'UIDREQUIRED',
      })
    const needs = command.needs(args)
    if (needs.length > 0 && !needs.some((capability) => this.has(capability)))
      return new MissingCapability(needs, command.name)
    return null
  }

  private reportUnparsed(response: Extract<Response, { type: 'unparsed' }>): void {
    this.counters.unparsed += 1
    if (!channels.unparsed.hasSubscribers) return
    const { name, raw, expected, position } = response
    const error = new ImapError('EUNPARSED', `Expected ${expected} at position ${position}.`)
    channels.unparsed.publish({ connection: this.connection.id, name, raw, error })
  }
}
