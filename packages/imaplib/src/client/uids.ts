import { invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'

/** Messages by UID: a set, one number, a list of numbers, or text such as `1:5,9` or `1:*`. */
export type Uids = SequenceSet | number | Iterable<number> | string

/**
 * The set that is meant.
 * @throws ImapError `EINVALID` for the empty set, which must never be taken for all
 */
export const toSet = (uids: Uids): SequenceSet => {
  if (uids === undefined || uids === null) throw invalid('uids: no messages are named')
  const set =
    uids instanceof SequenceSet
      ? uids
      : typeof uids === 'string'
        ? SequenceSet.parse(uids)
        : typeof uids === 'number'
          ? SequenceSet.of(uids)
          : SequenceSet.ofNumbers(uids)
  if (set.isEmpty) throw invalid('uids: the set is empty')
  return set
}

/**
 * A set in pieces that make commands of a length that every server takes: 8,000 octets (RFC 7162 §4 asks for 8192 at the
 * least; older servers stop at a thousand, but none that is still met).
 */
export const inPieces = (set: SequenceSet): SequenceSet[] => set.split(MAX_SET_TEXT)

const MAX_SET_TEXT = 7500
