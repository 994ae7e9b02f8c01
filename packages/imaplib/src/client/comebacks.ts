import { ImapError } from '../errors/imap-error.ts'

/** Connections lost one after the other, each before anything could be learnt, are no accident. */
const MOST_BARREN = 5

/** A connection that has lasted so long, in ms, was a good one. */
const GOOD = 60_000

/**
 * Decides whether, and after what pause, something goes on that lives on a connection and has lost it.
 *
 * The first time it goes on at once; a server that takes everybody in and drops them soon after is given more and more
 * time, and one that tells nothing before it does so is given up.
 */
export class Comebacks {
  private readonly pause: (attempt: number) => Promise<void>
  private barren = 0
  private soon = 0
  private since = 0

  /** @param pause waits before the n-th attempt, counted from 1 */
  constructor(pause: (attempt: number) => Promise<void>) {
    this.pause = pause
  }

  /** A connection is there. */
  begin(): void {
    this.since = performance.now()
  }

  /** Something of worth has been learnt from the server. */
  learnt(): void {
    this.barren = 0
  }

  /** The connection was found to be gone. As {@link lost}. */
  async ended(): Promise<void> {
    await this.lost(new ImapError('EEOF', 'The connection has ended.', { retryable: true }))
  }

  /**
   * The connection was lost. Resolves when it is time to go on.
   * @throws the error itself, when there is no point in going on
   */
  async lost(error: unknown): Promise<void> {
    this.barren += 1
    if (!(error instanceof ImapError && error.retryable) || this.barren > MOST_BARREN) throw error
    this.soon = performance.now() - this.since > GOOD ? 1 : this.soon + 1
    if (this.soon > 1) await this.pause(this.soon - 1)
  }
}
