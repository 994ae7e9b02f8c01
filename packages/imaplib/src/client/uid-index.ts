import { SequenceSet } from '../wire/sequence-set.ts'

/**
 * Which UID stands at which sequence number: what a client must keep to understand `* 44 EXPUNGE` and `* 44 FETCH`
 * (RFC 9051 §2.3.1.2). UIDs ascend strictly.
 */
export class UidIndex {
  private uids: number[]

  constructor(uids: SequenceSet) {
    this.uids = [...uids]
  }

  get size(): number {
    return this.uids.length
  }

  /** The largest UID, 0 when there is none. */
  get last(): number {
    return this.uids[this.uids.length - 1] ?? 0
  }

  /** The UID of the message with this number; undefined when it is not known. */
  at(sequence: number): number | undefined {
    return this.uids[sequence - 1]
  }

  has(uid: number): boolean {
    return this.uids[this.place(uid)] === uid
  }

  /** The message with this number is gone; those above move down. Returns its UID. */
  expunge(sequence: number): number | undefined {
    const [uid] = sequence >= 1 ? this.uids.splice(sequence - 1, 1) : []
    return uid
  }

  /** Takes these out; returns those that were there. */
  remove(gone: SequenceSet): SequenceSet {
    const found = this.uids.filter((uid) => gone.has(uid))
    if (found.length > 0) this.uids = this.uids.filter((uid) => !gone.has(uid))
    return SequenceSet.ofNumbers(found)
  }

  /** Adds one that was not known. UIDs arrive in ascending order, but a server may forget that. */
  add(uid: number): boolean {
    if (uid > this.last) {
      this.uids.push(uid)
      return true
    }
    const place = this.place(uid)
    if (this.uids[place] === uid) return false
    this.uids.splice(place, 0, uid)
    return true
  }

  toSet(): SequenceSet {
    return SequenceSet.ofNumbers(this.uids)
  }

  /** Where the UID is, or belongs. */
  private place(uid: number): number {
    let low = 0
    let high = this.uids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.uids[middle] as number) < uid) low = middle + 1
      else high = middle
    }
    return low
  }
}
