/**
 * Notices that nothing has come for too long. One timer for a connection, armed only while something is awaited; a
 * byte's arrival costs one assignment. Time is the monotonic clock, so that a suspended machine does not fool it.
 */
export class Watchdog {
  private readonly expired: () => void
  private limit: number
  private timer: NodeJS.Timeout | null = null
  private last = 0

  /** @param limit milliseconds; 0 switches it off */
  constructor(limit: number, expired: () => void) {
    this.limit = limit
    this.expired = expired
  }

  /** Begins to watch, unless it does already. */
  watch(): void {
    if (this.timer !== null || this.limit === 0) return
    this.last = performance.now()
    this.arm(this.limit)
  }

  /** Something came. */
  alive(): void {
    if (this.timer !== null) this.last = performance.now()
  }

  rest(): void {
    if (this.timer === null) return
    clearTimeout(this.timer)
    this.timer = null
  }

  /** Changes the limit; what is being watched is measured from now. */
  setLimit(limit: number): void {
    const watching = this.timer !== null
    this.rest()
    this.limit = limit
    if (watching) this.watch()
  }

  private arm(delay: number): void {
    this.timer = setTimeout(() => {
      const left = this.limit - (performance.now() - this.last)
      this.timer = null
      if (left > 1) this.arm(left)
      else this.expired()
    }, delay)
  }
}
