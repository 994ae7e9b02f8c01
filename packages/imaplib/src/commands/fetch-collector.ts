import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Response } from '../responses/registry.ts'
import type { StatusLine } from '../connection/status-line.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Collector } from './command.ts'
import type { AskedItem } from './fetch-items/index.ts'
import { SeenNumbers } from './seen-numbers.ts'
import { leftOver } from './within-limit.ts'

/** What a FETCH leaves behind when its rows have been taken. */
export interface FetchOutcome {
  /** Messages of which only a part of what was asked has come: UIDs, or sequence numbers for FETCH. */
  readonly incomplete: readonly number[]
  /** How many answers could not be understood. */
  readonly unparsed: number
  /** UIDs that the server has not come to (RFC 9738): to be asked for again. Null for none. */
  readonly rest: SequenceSet | null
}

const allDone: FetchOutcome = Object.freeze({ incomplete: [], unparsed: 0, rest: null })

/** Who takes the rows, synchronously, as they come. */
export interface RowSink {
  row(row: FetchedMessage): void
  /** UIDs of the set that are gone (RFC 7162 §3.2.10.1 VANISHED EARLIER). */
  vanished?(uids: SequenceSet): void
}

/**
 * Tells the answers to a FETCH from the news that come in between.
 *
 * A row belongs to the command when it is of a message that was asked for and has all that was asked of it. A row that
 * has only a part is kept until the rest has come (some servers split answers). One that has nothing but flags, while
 * more was asked for, is news of the mailbox; if the row next to it has the rest, it was a part of the answer too.
 */
export class FetchCollector implements Collector<FetchOutcome> {
  private readonly set: SequenceSet
  private readonly items: readonly AskedItem[]
  private readonly uid: boolean
  private readonly sink: RowSink
  /** Rows of which a part is missing, by {@link placeOf}. */
  private pieces: Map<number, FetchedMessage> | null = null
  /** Nothing is asked but what servers also send unasked: then a second row of a message is news. */
  private readonly likeNews: boolean
  /** With {@link likeNews}: the messages of which a row has come. */
  private seen: SeenNumbers | null = null
  private unparsed = 0
  /** The row before this one, when it looked like news. One is enough: parts of an answer come one after the other. */
  private latestNews: FetchedMessage | null = null
  /** Sequence numbers mean what they did when the command was sent. */
  private numbered = true

  constructor(set: SequenceSet, items: readonly AskedItem[], uid: boolean, sink: RowSink) {
    this.set = set
    this.items = items
    this.uid = uid
    this.sink = sink
    this.likeNews = isLikeNews(items)
  }

  claim(response: Response): boolean {
    if (response.type === 'FETCH') return this.claimRow(response)
    if (response.type === 'EXPUNGE') this.numbered = false
    if (response.type === 'VANISHED' && response.earlier) {
      this.sink.vanished?.(response.uids)
      return true
    }
    if (response.type === 'unparsed' && (response.name === 'FETCH' || response.name === 'UIDFETCH')) this.unparsed += 1
    return false
  }

  result(completion: StatusLine | null = null): FetchOutcome {
    if (this.pieces === null && this.unparsed === 0 && (completion === null || completion.code === '')) return allDone
    const incomplete: number[] = []
    for (const row of this.pieces?.values() ?? []) {
      const number = this.uid ? row.uid : row.seq
      if (number !== null) incomplete.push(number)
    }
    return { incomplete, unparsed: this.unparsed, rest: this.uid ? leftOver(completion, this.set) : null }
  }

  private claimRow(row: FetchedMessage): boolean {
    const number = this.uid ? row.uid : row.seq
    if (number !== null && !this.set.has(number)) return false
    if (number !== null && this.complete(row)) {
      if (this.likeNews) {
        if (this.seen === null) this.seen = new SeenNumbers(number)
        else if (!this.seen.add(number)) return false
      }
      this.pieces?.delete(placeOf(row))
      this.deliver(row)
      return true
    }
    return this.keepPiece(row)
  }

  private keepPiece(row: FetchedMessage): boolean {
    const place = placeOf(row)
    const answers = this.items.some(({ item, option }) => item.alsoNews !== true && item.present(row, option))
    const earlier = this.pieces?.get(place)
    const before = earlier ?? (this.latestNews !== null && placeOf(this.latestNews) === place ? this.latestNews : null)
    this.latestNews = null
    if (before !== null && this.sameMessage(before, row) && (answers || earlier !== undefined)) {
      before.absorb(row)
      return this.keep(place, before) || answers
    }
    if (answers) return this.keep(place, row) || answers
    this.latestNews = row
    return false
  }

  /** True when all has come, and the row was delivered. */
  private keep(place: number, row: FetchedMessage): boolean {
    const number = this.uid ? row.uid : row.seq
    if (number !== null && this.complete(row)) {
      this.pieces?.delete(place)
      this.deliver(row)
      return true
    }
    this.pieces ??= new Map()
    this.pieces.set(place, row)
    return false
  }

  private sameMessage(a: FetchedMessage, b: FetchedMessage): boolean {
    if (a.uid === null || b.uid === null) return this.numbered
    return a.uid === b.uid
  }

  private complete(row: FetchedMessage): boolean {
    const { items } = this
    for (let at = 0; at < items.length; at += 1) {
      const { item, option } = items[at] as AskedItem
      if (!item.present(row, option)) return false
    }
    return true
  }

  private deliver(row: FetchedMessage): void {
    // Set in the same order for every row, so that all rows of a query share one shape.
    const { items } = this
    for (let at = 0; at < items.length; at += 1) {
      const { key, item, option } = items[at] as AskedItem
      if (item.read !== undefined) (row as unknown as Record<string, unknown>)[key] = item.read(row, option)
    }
    this.sink.row(row)
  }
}

const isLikeNews = (items: readonly AskedItem[]): boolean => {
  for (let at = 0; at < items.length; at += 1) if ((items[at] as AskedItem).item.alsoNews !== true) return false
  return true
}

/** The sequence number; under UIDONLY, where there is none, the UID (RFC 9586 §3.3). */
const placeOf = ({ seq, uid }: FetchedMessage): number => (seq > 0 ? seq : -(uid ?? 0))
