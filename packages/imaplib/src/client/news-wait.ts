import { Idle } from '../commands/idle.ts'
import { noop } from '../commands/noop.ts'
import type { Session } from '../commands/session.ts'
import { CommandRefused } from '../errors/failures.ts'

export interface NewsWaitOptions {
  /** After how long IDLE is begun anew, in ms. Default 290,000: servers end it after 30 minutes, routers sooner. */
  readonly renew?: number | undefined
  /** How often to ask where the server has no IDLE, in ms. Default 30,000. */
  readonly poll?: number | undefined
}

/** Waits for news of the selected mailbox: by IDLE (RFC 2177), elsewhere by asking now and then. */
export class NewsWait {
  private readonly options: NewsWaitOptions
  private idle: Idle | null = null
  private wake: (() => void) | null = null
  /** The server announces IDLE, and refuses it. */
  private refused = false

  constructor(options: NewsWaitOptions) {
    this.options = options
  }

  /** How long to wait between two questions, in ms. */
  get interval(): number {
    return this.options.poll ?? 30_000
  }

  /** Resolves when it is time to look: something was heard and {@link interrupt} called, or time is up. */
  async wait(session: Session): Promise<void> {
    if (!this.refused && (session.has('IDLE') || session.has('IMAP4rev2'))) return this.byIdle(session)
    const interrupted = await this.pause()
    if (!interrupted && !session.connection.closed && session.mailbox !== null) await session.run(noop, [])
  }

  /** Ends the wait of the moment. */
  interrupt(): void {
    this.idle?.stop()
    this.wake?.()
  }

  private async byIdle(session: Session): Promise<void> {
    const idle = new Idle(session)
    this.idle = idle
    const timer = setTimeout(() => idle.stop(), this.options.renew ?? 290_000)
    try {
      idle.start()
      await idle.done
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error
      this.refused = true
    } finally {
      clearTimeout(timer)
      this.idle = null
    }
    // A server that ends it by itself must not be asked again and again at the speed of the network.
    if (!idle.stopped) await this.pause()
  }

  /** True when it was interrupted. */
  private pause(): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (interrupted: boolean) => {
        clearTimeout(timer)
        this.wake = null
        resolve(interrupted)
      }
      const timer = setTimeout(() => end(false), this.interval)
      this.wake = () => end(true)
    })
  }
}
