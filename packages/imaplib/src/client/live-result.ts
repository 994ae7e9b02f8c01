import type { ResultUpdate } from '../responses/esearch.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { inOrder } from '../commands/sort.ts'

/** What happened to the result of a live search. */
export type LiveEvent =
  /** The whole result: at first, and when so much has changed that it is told anew. */
  | { readonly type: 'found'; readonly uids: readonly number[] }
  /** Messages came in, one after the other from this place on, counted from 0. */
  | { readonly type: 'added'; readonly at: number; readonly uids: readonly number[] }
  /** Messages are in it no more: gone, or the criteria do not hold any longer. */
  | { readonly type: 'removed'; readonly uids: readonly number[] }

/** The result of a search as it is now, and how it came to be so. */
export class LiveResult {
  private list: number[] = []
  private known = false
  private readonly sorted: boolean

  /** @param sorted the order is the server's; otherwise that of UIDs */
  constructor(sorted: boolean) {
    this.sorted = sorted
  }

  get uids(): readonly number[] {
    return this.list
  }

  /** The result is this now. Tells what is different. */
  become(uids: readonly number[]): LiveEvent[] {
    const before = this.list
    this.list = [...uids]
    if (!this.known) {
      this.known = true
      return [{ type: 'found', uids }]
    }
    const now = new Set(uids)
    const old = new Set(before)
    const stayed = before.filter((uid) => now.has(uid))
    const same = uids.filter((uid) => old.has(uid))
    // Those that stayed have changed places: no list of additions could say that.
    if (stayed.some((uid, index) => same[index] !== uid)) return [{ type: 'found', uids }]
    const gone = before.filter((uid) => !now.has(uid))
    const events: LiveEvent[] = gone.length > 0 ? [{ type: 'removed', uids: gone }] : []
    for (let at = 0; at < uids.length; at += 1) {
      let end = at
      while (end < uids.length && !old.has(uids[end] as number)) end += 1
      if (end > at) events.push({ type: 'added', at, uids: uids.slice(at, end) })
      at = end
    }
    return events
  }

  /** RFC 5267 §4.3: changes that the server tells, in their order. */
  update(updates: readonly ResultUpdate[]): LiveEvent[] {
    return updates.flatMap(({ change, position, messages }) =>
      change === 'ADDTO' ? this.add(position, inOrder(messages)) : this.remove((uid) => messages.set.has(uid)),
    )
  }

  /** These messages are gone. */
  vanish(uids: SequenceSet): LiveEvent[] {
    return this.remove((uid) => uids.has(uid))
  }

  private add(position: number, uids: readonly number[]): LiveEvent[] {
    const there = new Set(this.list)
    const fresh = uids.filter((uid) => !there.has(uid))
    if (fresh.length === 0) return []
    if (this.sorted && position > 0) {
      const at = Math.min(position - 1, this.list.length)
      this.list.splice(at, 0, ...fresh)
      return [{ type: 'added', at, uids: fresh }]
    }
    return this.become([...this.list, ...fresh].sort((a, b) => a - b))
  }

  private remove(gone: (uid: number) => boolean): LiveEvent[] {
    const uids = this.list.filter((uid) => gone(uid))
    if (uids.length === 0) return []
    this.list = this.list.filter((uid) => !gone(uid))
    return [{ type: 'removed', uids }]
  }
}
