import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Response } from '../responses/registry.ts'
import type { StatusLine } from '../connection/status-line.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Collector } from './command.ts'
import type { AskedItem } from './fetch-items/index.ts'
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
 * has only a part is kept until the rest has come (some servers split answers); one that has nothing but flags, while
 * more was asked for, is news of the mailbox.
 */
export class FetchCollector implements Collector<FetchOutcome> {
  private readonly set: SequenceSet
  private readonly items: readonly AskedItem[]
  private readonly uid: boolean
  private readonly sink: RowSink
  /** Rows of which a part is missing, by {@link placeOf}. */
  private pieces: Map<number, FetchedMessage> | null = null
  /**
   * Where nothing is asked but what servers also send unasked, a second row of a message is news. Null where a row can
   * be told by what it has.
   */
  private readonly seen: Set<number> | null
  private unparsed = 0

  constructor(set: SequenceSet, items: readonly AskedItem[], uid: boolean, sink: RowSink) {
    this.set = set
    this.items = items
    this.uid = uid
    this.sink = sink
    this.seen = items.every(({ item }) => item.alsoNews === true) ? new Set() : null
  }

  claim(response: Response): boolean {
    if (response.type === 'FETCH') return this.claimRow(response)
    if (response.type === 'VANISHED' && response.earlier) {
      this.sink.vanished?.(response.uids)
      return true
    }
    if (response.type === 'unparsed' && (response.name === 'FETCH' || response.name === 'UIDFETCH')) this.unparsed += 1
    return false
  }

  result(completion: StatusLine | null = null): FetchOutcome {
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
      if (this.seen !== null) {
        if (this.seen.has(number)) return false
        this.seen.add(number)
      }
      this.pieces?.delete(placeOf(row))
      this.deliver(row)
      return true
    }
    return this.keepPiece(row)
  }

  private keepPiece(row: FetchedMessage): boolean {
    const earlier = this.pieces?.get(placeOf(row))
    const answers = this.items.some(({ item, option }) => item.alsoNews !== true && item.present(row, option))
    if (!answers) return false
    if (earlier === undefined) {
      this.pieces ??= new Map()
      this.pieces.set(placeOf(row), row)
    }
    return true
  }

  private complete(row: FetchedMessage): boolean {
    for (const { item, option } of this.items) if (!item.present(row, option)) return false
    return true
  }

  private deliver(row: FetchedMessage): void {
    // Set in the same order for every row, so that all rows of a query share one shape.
    for (const { key, item, option } of this.items)
      if (item.read !== undefined) (row as unknown as Record<string, unknown>)[key] = item.read(row, option)
    this.sink.row(row)
  }
}

/** The sequence number; under UIDONLY, where there is none, the UID (RFC 9586 §3.3). */
const placeOf = ({ seq, uid }: FetchedMessage): number => (seq > 0 ? seq : -(uid ?? 0))
