import type { CopyUidCode } from '../responses/codes/message-codes.ts'
import { pairSets, type UidMap } from '../wire/uid-map.ts'

/** Where copied messages are now (RFC 4315 §3 COPYUID). */
export interface Copied {
  /** Of the destination mailbox. */
  readonly uidValidity: number
  /** From UIDs here to UIDs there, looked up as they are asked for. Messages that were gone already are not in it. */
  readonly uids: UidMap
}

/**
 * What the server told, put together; null when it told nothing that makes sense. That never fails: the messages have been
 * copied, whatever was said of them.
 */
export const copiedOf = (told: readonly CopyUidCode[]): Copied | null => {
  const useful = told.filter(({ source, destination }) => source.length > 0 && destination.length > 0)
  const first = useful[0]
  if (first === undefined || useful.some(({ uidValidity }) => uidValidity !== first.uidValidity)) return null
  try {
    const uids = pairSets(
      useful.flatMap(({ source }) => source),
      useful.flatMap(({ destination }) => destination),
    )
    return { uidValidity: first.uidValidity, uids }
  } catch {
    return null
  }
}
