import { Idle } from '../commands/idle.ts'
import { noop } from '../commands/noop.ts'
import type { Session } from '../commands/session.ts'

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

  constructor(options: NewsWaitOptions) {
    this.options = options
  }

  /** Resolves when it is time to look: something was heard and {@link interrupt} called, or time is up. */
  async wait(session: Session): Promise<void> {
    if (session.has('IDLE') || session.has('IMAP4rev2')) return this.byIdle(session)
    await this.pause()
    if (!session.connection.closed && session.mailbox !== null) await session.run(noop, [])
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
    } finally {
      clearTimeout(timer)
      this.idle = null
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.wake = null
        resolve()
      }
      const timer = setTimeout(done, this.options.poll ?? 30_000)
      this.wake = done
    })
  }
}
