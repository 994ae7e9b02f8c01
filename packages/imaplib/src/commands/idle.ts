import type { Order, Reply } from '../connection/exchange.ts'
import type { StatusLine } from '../connection/status-line.ts'
import { MissingCapability, refusal } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import { type CommandWriter, line } from '../wire/writer.ts'
import type { ClaimingExchange } from './run.ts'
import type { Session } from './session.ts'

/**
 * IDLE: lets the server tell what is new as it happens (RFC 2177, RFC 9051 §6.3.13).
 *
 * It ends by {@link stop}, or by itself when another command waits for the wire; then {@link done} resolves. What the
 * server tells reaches the session's listeners.
 */
export class Idle implements ClaimingExchange {
  readonly name = 'IDLE'
  readonly order: Order = 'alone'
  /** Resolves when the server has ended it, rejects when it refused or the connection ended. */
  readonly done: Promise<void>
  private readonly session: Session
  private reply: Reply | null = null
  private stopping = false
  private resolve!: () => void
  private reject!: (error: Error) => void

  constructor(session: Session) {
    this.session = session
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** Silence is what IDLE is for, from the server's `+` until DONE is sent. */
  get quiet(): boolean {
    return this.reply !== null && !this.stopping
  }

  /** Whether it was we who ended it. */
  get stopped(): boolean {
    return this.stopping
  }

  /** Sends it. Anything that keeps it from being sent rejects {@link done}. */
  start(): void {
    if (!this.session.has('IDLE') && !this.session.has('IMAP4rev2'))
      return this.reject(new MissingCapability(['IDLE'], 'IDLE'))
    if (this.session.state !== 'authenticated' && this.session.state !== 'selected')
      return this.reject(new ImapError('ESTATE', `IDLE is not legal in the state "${this.session.state}".`))
    this.session.send(this)
  }

  /** Ends it: DONE is sent as soon as the server has said `+`. */
  stop(): void {
    if (this.stopping) return
    this.stopping = true
    if (this.reply === null) {
      if (this.session.connection.withdraw(this)) this.resolve()
      return
    }
    this.reply(line('DONE'))
  }

  interrupt(): void {
    this.stop()
  }

  write(out: CommandWriter): void {
    out.atom('IDLE')
  }

  continuation(_text: string, reply: Reply): void {
    // Some servers say `+` more than once; to DONE said twice the second is no command.
    if (this.reply !== null) return
    this.reply = reply
    if (this.stopping) reply(line('DONE'))
  }

  completed(completion: StatusLine): void {
    if (completion.status === 'OK') return this.resolve()
    const { status, code, text, codeArguments } = completion
    this.reject(refusal(status === 'NO' ? 'NO' : 'BAD', code, text, this.name, codeArguments))
  }

  failed(error: Error): void {
    this.reject(error)
  }
}
