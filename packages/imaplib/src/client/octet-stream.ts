import { fetchSection, type SectionArguments } from '../commands/fetch-section.ts'
import type { CallOptions, Run } from '../commands/run.ts'
import type { SectionOutcome, SectionSink } from '../commands/section-collector.ts'
import type { SectionRequest } from '../commands/section-request.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { Tenant } from './lane.ts'
import type { Lease } from './lanes.ts'
import { RowQueue } from './row-queue.ts'

/** Octets that may wait before the server is made to wait, and how few there must be before it may go on. */
const HIGH = 1024 * 1024
const LOW = 256 * 1024

/** Octets that are read together, if so many have come; and what of it is not worth another read. */
const PIECE = 64 * 1024
const LEAST_PIECE = 32 * 1024

/** After the reader has gone, so much is still read and dropped; for more, a new connection is cheaper. */
const DRAINED = 8 * 1024 * 1024

/**
 * The octets of one section of one message, with back-pressure to the socket.
 *
 * When they are not taken, reading stops. As soon as another command waits behind them, reading goes on and they wait
 * here, up to a limit: so a command is answered while a part is half read, and never hangs.
 */
export class OctetStream implements SectionSink, Tenant {
  /** Octets that have come, of those that were asked for. */
  received = 0
  private readonly request: SectionRequest
  private readonly maxBacklog: number
  private readonly queue = new RowQueue<Buffer>()
  private queued = 0
  /** Octets are read into it, and handed out where they lie. */
  private memory: Buffer | null = null
  private lease: Lease | null = null
  private run: Run<SectionArguments, SectionOutcome> | null = null
  /** Octets to drop first, and how many to take then: some servers ignore the range and send the whole. */
  private skip = 0
  private wanted = Infinity
  private throttled = false
  /** The flow must not be stopped: somebody waits behind it. */
  private released = false
  private over = false
  private drained = 0
  private problem: ImapError | null = null

  constructor(request: SectionRequest, maxBacklog: number) {
    this.request = request
    this.maxBacklog = maxBacklog
  }

  /** Sends the command; the lane is given back when the answer is complete. */
  ask(lease: Lease, call: CallOptions): void {
    if (this.over) return lease.release()
    const { lane } = lease
    this.lease = lease
    lane.admit(this)
    const run = lane.session.start(fetchSection, [this.request, this], call)
    this.run = run
    run.promise.then(
      (outcome) => this.answered(outcome),
      (error: Error) => this.stop(error),
    )
    run.onWireEnd = () => this.letGo()
    if (run.wireEnded) this.letGo()
  }

  /** The next octets; the error of whatever went wrong comes after those that came before it. */
  async next(): Promise<Buffer | null> {
    const result = await this.queue.next()
    if (result.done === true) return null
    this.queued -= result.value.length
    if (this.queued === 0) this.released = false
    if (this.queued <= LOW) this.flow()
    return result.value
  }

  /** Nobody wants the rest. */
  leave(): void {
    this.queue.clear()
    if (this.over) return
    this.stop(new ImapError('ABORT_ERR', 'The download was left.', { command: 'UID FETCH' }))
  }

  /** Ends it with an error. */
  stop(error: Error): void {
    if (this.over) return
    this.over = true
    this.queue.fail(error)
    this.run?.abandon(error)
    this.flow()
  }

  // --- called by the session and the lanes

  release(): void {
    this.released = true
    this.flow()
  }

  yield(): void {
    this.release()
  }

  // --- called while the answer is read

  mayStream(certain: boolean): boolean {
    const connection = this.lease?.lane.session.connection
    // A command before this one may have asked for the same octets, and gets none if they are taken here.
    if (connection === undefined || connection.oldest !== this.run) return false
    return certain || connection.pending === 1
  }

  begin(_size: number, origin: number | null): void {
    const { range } = this.request
    if (range === null) return
    this.wanted = range.length
    if (origin === null) this.skip = range.start
    else if (origin !== range.start)
      this.problem = unparsed(`octets from ${origin} on, although those from ${range.start} on were asked for`)
  }

  room(): Buffer | null {
    if (this.over || this.problem !== null) return null
    if (this.memory === null || this.memory.length < LEAST_PIECE) this.memory = Buffer.allocUnsafeSlow(PIECE)
    return this.memory
  }

  chunk(bytes: Buffer): void {
    const { memory } = this
    const ours = memory !== null && memory.buffer === bytes.buffer && memory.byteOffset === bytes.byteOffset
    if (ours) this.memory = memory.subarray(bytes.length)
    if (this.over) return this.drain(bytes.length)
    const from = Math.min(this.skip, bytes.length)
    this.skip -= from
    const to = Math.min(bytes.length, from + this.wanted)
    if (to <= from || this.problem !== null) return
    this.wanted -= to - from
    this.received += to - from
    this.queued += to - from
    const taken = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
    // Memory of the connection will be used again.
    this.queue.push(ours ? taken : copyOf(taken))
    this.hold()
  }

  private hold(): void {
    const session = this.lease?.lane.session
    if (session === undefined) return
    if (this.released) {
      if (this.queued > this.maxBacklog) this.stop(tooMuch(this.queued))
    } else if (!this.throttled && this.queued > HIGH) {
      // Whoever waits behind already must not be made to wait for the reader.
      if (session.connection.pending > 1) this.released = true
      else {
        this.throttled = true
        session.throttle(this)
      }
    }
  }

  private flow(): void {
    if (!this.throttled) return
    this.throttled = false
    this.lease?.lane.session.unthrottle(this)
  }

  private drain(octets: number): void {
    this.drained += octets
    const connection = this.lease?.lane.session.connection
    if (this.drained > DRAINED && connection !== undefined && connection.pending <= 1)
      connection.destroy(new ImapError('EEOF', 'A long answer that nobody reads was cut off.', { retryable: true }))
  }

  private answered({ section, astray, unparsed: lost }: SectionOutcome): void {
    if (this.over) return
    if (astray) this.problem ??= unparsed('the octets of another message')
    else if (section === 'nothing' && lost > 0) this.problem ??= unparsed('what could not be understood')
    else if (section === 'nothing') this.problem ??= missing(`There is no message with the UID ${this.request.uid}.`)
    else if (section === 'absent') this.problem ??= missing(`Message ${this.request.uid} has no ${this.request.name}.`)
    this.over = true
    if (this.problem === null) this.queue.end()
    else this.queue.fail(this.problem)
  }

  private letGo(): void {
    this.flow()
    const { lease } = this
    if (lease === null) return
    this.lease = null
    lease.lane.tenants.delete(this)
    lease.release()
  }
}

const missing = (message: string) => new ImapError('EMISSING', message, { command: 'UID FETCH' })

const unparsed = (what: string) => new ImapError('EUNPARSED', `The server sent ${what}.`, { command: 'UID FETCH' })

const tooMuch = (octets: number) =>
  new ImapError(
    'EBACKLOG',
    `${octets} octets of a message wait unread while another command is to be answered (option maxBacklog). ` +
      'Read them first, or allow another connection.',
    { command: 'UID FETCH' },
  )

const copyOf = (bytes: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
