/**
 * Notices that nothing has come for too long. One timer for a connection, armed only while something is awaited; a
 * byte's arrival costs one assignment. Time is the monotonic clock, so that a suspended machine does not fool it.
 */
export class Watchdog {
  private readonly expired: () => void
  private limit: number
  private watching = false
  private timer: NodeJS.Timeout | null = null
  private last = 0

  /** @param limit milliseconds; 0 switches it off */
  constructor(limit: number, expired: () => void) {
    this.limit = limit
    this.expired = expired
  }

  /** Begins to watch, unless it does already. */
  watch(): void {
    if (this.watching || this.limit === 0) return
    this.watching = true
    this.last = performance.now()
    if (this.timer === null) this.arm(this.limit)
  }

  /** Something came. */
  alive(): void {
    if (this.watching) this.last = performance.now()
  }

  /** Ceases to watch. The timer runs on for the next command, which mostly comes before it ends. */
  rest(): void {
    this.watching = false
  }

  /** Ceases to watch for good. */
  stop(): void {
    this.watching = false
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  /** Changes the limit; what is being watched is measured from now. */
  setLimit(limit: number): void {
    const { watching } = this
    this.stop()
    this.limit = limit
    if (watching) this.watch()
  }

  private arm(delay: number): void {
    this.timer = setTimeout(() => {
      this.timer = null
      if (!this.watching) return
      const left = this.limit - (performance.now() - this.last)
      if (left > 1) return this.arm(left)
      this.watching = false
      this.expired()
    }, delay)
    // What is awaited has a socket, which keeps the process alive by itself.
    this.timer.unref()
  }
}
