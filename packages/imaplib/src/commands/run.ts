import type { Exchange, Order } from '../connection/exchange.ts'
import type { StatusLine } from '../connection/status-line.ts'
import { refusal } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { Response } from '../responses/registry.ts'
import type { Frame, LiteralConsumer } from '../wire/frame.ts'
import type { CommandWriter } from '../wire/writer.ts'
import type { Collector, Command, CommandContext } from './command.ts'

/** How far a command has come that takes long (RFC 9585). */
export interface Progress {
  /** How much has been done; null when the server does not tell. */
  readonly done: number | null
  /** What {@link done} will be at the end; null when the server does not know. */
  readonly goal: number | null
}

/** What every call takes. */
export interface CallOptions {
  /** Aborts the call: it rejects at once with `ABORT_ERR`. A command already sent runs on at the server, unheard. */
  signal?: AbortSignal | undefined
  /** How long the call may take, from now, in ms. Default: no limit but the connection's inactivity limit. */
  timeout?: number | undefined
  /** Told while a command takes long, by servers with INPROGRESS (RFC 9585). */
  onProgress?: ((progress: Progress) => void) | undefined
}

/** What a timer of Node can measure, in ms. A longer one, Infinity too, would fire at once; it is taken as no limit. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** What a session's connection carries: exchanges, some of which claim untagged responses. */
export interface ClaimingExchange extends Exchange {
  /** True takes the response. */
  claim?(response: Response): boolean
  literal?(head: Frame, size: number): LiteralConsumer | null
  /** True when its caller has gone away: its responses are of no use to anybody. */
  readonly abandoned?: boolean
  progress?(progress: Progress): void
}

/** Where commands wait until they are sent. */
interface CommandQueue {
  withdraw(exchange: ClaimingExchange): boolean
}

/**
 * One execution of a command: from the queue to its result, which it settles exactly once, whether by the server's
 * answer, the end of the connection, the caller's signal, or time.
 */
export class Run<Args extends readonly unknown[], Result> implements ClaimingExchange {
  readonly name: string
  readonly order: Order
  readonly promise: Promise<Result>
  abandoned = false
  /** Called once when the server has answered, or never will: then nothing of this command is on the wire any more. */
  onWireEnd: (() => void) | null = null
  /** Nothing of it is on the wire, or will be. */
  wireEnded = false
  /** The server's tagged answer, once it is there. */
  completion: StatusLine | null = null
  private readonly command: Command<Args, Result>
  private readonly args: Args
  private readonly context: CommandContext
  private readonly collector: Collector<Result>
  private resolve!: (result: Result) => void
  private reject!: (error: Error) => void
  private settled = false
  private timer: NodeJS.Timeout | null = null
  private signal: AbortSignal | null = null
  private queue: CommandQueue | null = null
  private onProgress: CallOptions['onProgress']

  constructor(command: Command<Args, Result>, args: Args, context: CommandContext, collector?: Collector<Result>) {
    this.name = command.name
    this.order = command.order(args)
    this.command = command
    this.args = args
    this.context = context
    this.collector = collector ?? command.collect(args, context)
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** Lets a signal or a time limit end the call, and takes the command out of the queue then, if it is still there. */
  heed(options: CallOptions, queue: CommandQueue): void {
    this.queue = queue
    const { signal, timeout } = options
    this.onProgress = options.onProgress
    if (signal === undefined && timeout === undefined) return
    if (timeout !== undefined && timeout <= LONGEST_TIMER)
      this.timer = setTimeout(
        () =>
          this.abandon(
            new ImapError('ETIMEDOUT', `${this.name} took more than ${timeout} ms.`, { command: this.name }),
          ),
        timeout,
      )
    if (signal === undefined) return
    if (signal.aborted) return this.onAbort(signal)
    this.signal = signal
    signal.addEventListener('abort', this)
  }

  /** EventListener of the signal: an object, so that no closure is made for a command. */
  handleEvent(): void {
    if (this.signal !== null) this.onAbort(this.signal)
  }

  write(out: CommandWriter): void {
    this.command.write(out, this.args, this.context)
  }

  claim(response: Response): boolean {
    if (!this.abandoned) return this.collector.claim(response)
    // Nobody listens any more, but the row is still this command's and no news of the mailbox.
    return this.collector.claim(response)
  }

  literal(head: Frame, size: number): LiteralConsumer | null {
    return this.abandoned ? discard : (this.collector.literal?.(head, size) ?? null)
  }

  progress(progress: Progress): void {
    if (!this.settled) this.onProgress?.(progress)
  }

  completed(completion: StatusLine): void {
    this.completion = completion
    this.command.onCompletion?.(completion, this.args)
    this.endOnWire()
    if (this.settled) return
    if (completion.status !== 'OK') {
      const status = completion.status === 'NO' ? 'NO' : 'BAD'
      return this.fail(refusal(status, completion.code, completion.text, this.name, completion.codeArguments))
    }
    let result: Result
    try {
      result = this.collector.result(completion, this.context)
    } catch (error) {
      return this.fail(error as Error)
    }
    this.settle()
    this.resolve(result)
  }

  failed(error: Error, sent = false): void {
    this.endOnWire()
    // What does the same however often it is done may be tried again; of the rest nobody knows whether it was done.
    this.fail(sent && !this.command.idempotent && error instanceof ImapError ? unknownOutcome(this.name, error) : error)
  }

  /** The caller goes away: the call ends now, whatever the server is doing. */
  abandon(error: Error): void {
    if (this.settled) return
    this.abandoned = true
    if (this.queue?.withdraw(this) === true) this.endOnWire()
    this.fail(error)
  }

  private endOnWire(): void {
    const { onWireEnd } = this
    this.onWireEnd = null
    this.wireEnded = true
    onWireEnd?.()
  }

  private onAbort(signal: AbortSignal): void {
    this.abandon(new ImapError('ABORT_ERR', `${this.name} was aborted.`, { command: this.name, cause: signal.reason }))
  }

  private fail(error: Error): void {
    if (this.settled) return
    this.settle()
    this.collector.failed?.(error)
    this.reject(error)
  }

  private settle(): void {
    this.settled = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.signal?.removeEventListener('abort', this)
    this.signal = null
    this.queue = null
  }
}

const unknownOutcome = (name: string, cause: ImapError): ImapError =>
  cause.code === 'EUNKNOWNOUTCOME'
    ? cause
    : new ImapError(
        'EUNKNOWNOUTCOME',
        `${name}: the connection ended before the server answered, so it may have been done or not: ${cause.message}`,
        { command: name, cause, responseCode: cause.responseCode, serverText: cause.serverText },
      )

/** Takes octets that nobody wants any more. */
const discard: LiteralConsumer = { chunk: () => undefined, end: () => undefined, abort: () => undefined }
