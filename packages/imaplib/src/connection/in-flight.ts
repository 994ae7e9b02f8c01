import type { Exchange } from './exchange.ts'
import { Tags } from './tags.ts'

/** A command whose first byte has been handed to the link. */
export interface Flying<E extends Exchange> {
  readonly exchange: E
  readonly tag: string
  /** The counter in its tag. */
  readonly number: number
  /** Its last byte was handed over too. Until then no OK can be an honest answer. */
  written: boolean
}

/**
 * The commands on the wire, in the order of their tags.
 *
 * Tags are a counter, so a tag is an index into a queue: no map, and the oldest command, which is nearly always the one
 * that is answered, is found at once.
 */
export class InFlight<E extends Exchange> {
  private readonly tags = new Tags()
  private readonly limit: number
  private queue: (Flying<E> | null)[] = []
  /** Index in `queue` of the oldest command; all before it are null. */
  private head = 0
  /** The counter of the tag that stands at index 0. */
  private base = 1
  size = 0
  /** How many of them use sequence numbers, and how many let nothing follow. */
  numbers = 0
  blocking = 0

  /** @param limit how many commands may be on the wire at once */
  constructor(limit: number) {
    this.limit = limit
  }

  add(exchange: E): Flying<E> {
    const tag = this.tags.next()
    const flying = { exchange, tag, number: this.tags.count, written: false }
    this.queue.push(flying)
    this.size += 1
    this.count(exchange, 1)
    return flying
  }

  /** The oldest command on the wire. */
  get first(): Flying<E> | undefined {
    return this.queue[this.head] ?? undefined
  }

  find(tag: string): Flying<E> | undefined {
    const { prefix } = this.tags
    if (!tag.startsWith(prefix) || tag.length > prefix.length + 15) return undefined
    const found = this.queue[Number(tag.slice(prefix.length)) - this.base]
    return found?.tag === tag ? found : undefined
  }

  remove(flying: Flying<E>): void {
    const index = flying.number - this.base
    if (this.queue[index] !== flying) return
    this.queue[index] = null
    this.size -= 1
    this.count(flying.exchange, -1)
    while (this.head < this.queue.length && this.queue[this.head] === null) this.head += 1
    // Half of the queue is behind us: drop it, so that a long life costs no memory and each entry is moved at most once.
    if (this.head > 32 && this.head * 2 >= this.queue.length) {
      this.queue = this.queue.slice(this.head)
      this.base += this.head
      this.head = 0
    }
  }

  *[Symbol.iterator](): IterableIterator<Flying<E>> {
    for (let index = this.head; index < this.queue.length; index += 1) {
      const flying = this.queue[index]
      if (flying !== null && flying !== undefined) yield flying
    }
  }

  /** Whether the rules of pipelining let `exchange` join those on the wire. */
  admits(exchange: E): boolean {
    if (this.size === 0) return true
    if (this.blocking > 0 || this.size >= this.limit) return false
    if (exchange.order === 'alone') return false
    if (exchange.order === 'numbers') return this.numbers === this.size
    return this.numbers === 0
  }

  private count(exchange: E, by: 1 | -1): void {
    if (exchange.order === 'numbers') this.numbers += by
    else if (exchange.order !== 'free') this.blocking += by
  }
}
