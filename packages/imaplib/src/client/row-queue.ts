interface Asker<Row> {
  resolve(result: IteratorResult<Row, undefined>): void
  reject(error: Error): void
  /** Who asked next, before this one was answered: an iterator's answers come in order. */
  next: Asker<Row> | null
}

/** Rows that wait between the wire and a consumer who takes them one by one. */
export class RowQueue<Row> {
  private rows: Row[] = []
  private head = 0
  private ended = false
  private failure: Error | null = null
  private waiting: Asker<Row> | null = null
  private last: Asker<Row> | null = null

  get length(): number {
    return this.rows.length - this.head
  }

  /** True when a consumer waits for a row that is not there. */
  get hungry(): boolean {
    return this.waiting !== null
  }

  push(row: Row): void {
    const { waiting } = this
    if (waiting === null) {
      this.rows.push(row)
      return
    }
    this.waiting = waiting.next
    waiting.resolve({ value: row, done: false })
  }

  /** No more rows will come; those that are here are still handed out. */
  end(): void {
    this.ended = true
    this.dismiss(this.waiting)
  }

  /** The rows that are here are handed out, then the consumer gets the error, once. */
  fail(error: Error): void {
    if (this.ended) return
    this.ended = true
    const { waiting } = this
    if (waiting === null) this.failure = error
    else waiting.reject(error)
    this.dismiss(waiting?.next ?? null)
  }

  /** To all who have asked from this one on, the end. */
  private dismiss(first: Asker<Row> | null): void {
    this.waiting = null
    this.last = null
    for (let each = first; each !== null; each = each.next) each.resolve(DONE)
  }

  /** A row that is here, or undefined. */
  take(): Row | undefined {
    if (this.head === this.rows.length) return undefined
    const row = this.rows[this.head] as Row
    // The place is emptied at once: a row that was handed out must not live on in a long queue.
    this.rows[this.head] = undefined as Row
    this.head += 1
    if (this.head === this.rows.length) {
      this.rows = []
      this.head = 0
    }
    return row
  }

  next(): Promise<IteratorResult<Row, undefined>> {
    const row = this.take()
    if (row !== undefined) return Promise.resolve({ value: row, done: false })
    const { failure } = this
    this.failure = null
    if (failure !== null) return Promise.reject(failure)
    if (this.ended) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      const asker = { resolve, reject, next: null }
      if (this.waiting === null || this.last === null) this.waiting = asker
      else this.last.next = asker
      this.last = asker
    })
  }

  /** The consumer went away. */
  clear(): void {
    this.rows = []
    this.head = 0
    this.failure = null
    this.end()
  }
}

const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true })
