import { invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { allUids } from './all-uids.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'

/** Batches by their number: 1 is the one with the newest messages. */
export type BatchRange = readonly [from: number, to: number]

/** UIDBATCHES (RFC 10022): cuts the mailbox into ranges of UIDs that hold about as many messages each, the newest first. */
export const uidBatches = command({
  name: 'UIDBATCHES',
  states: ['selected'],
  needs: 'UIDBATCHES',
  idempotent: true,
  write(out, [size, range]: [size: number, range: BatchRange | undefined]) {
    out.number(size)
    if (range !== undefined) out.verbatim(`${range[0]}:${range[1]}`)
  },
  claims: { UIDBATCHES: () => true },
  result: (replies): SequenceSet[] =>
    replies.flatMap(({ batches }) => batches.map(({ first, last }) => SequenceSet.ofRanges([[first, last]]))),
})

const wholeFromOne = (value: number, what: string): void => {
  if (!Number.isInteger(value) || value < 1 || value > 0xffff_ffff)
    throw invalid(`${what} must be a whole number from 1 on`)
}

/**
 * Ranges of UIDs with about `size` messages each, the newest first: for going through a large mailbox bit by bit. By the
 * server where it has UIDBATCHES, which may refuse sizes below 500; otherwise made here of the UIDs, in the same way.
 *
 * @param options `range`: only these batches, the first is 1
 * @example
 * for (const batch of await inbox.batches(1000))
 *   for await (const message of inbox.fetch(batch, { envelope: true })) …
 */
export const batches =
  (runner: MailboxRunner) =>
  async (
    size: number,
    options: CallOptions & { readonly range?: BatchRange } = {},
  ): Promise<readonly SequenceSet[]> => {
    const { range, ...call } = options
    wholeFromOne(size, 'The size of a batch')
    for (const each of range ?? []) wholeFromOne(each, 'The number of a batch')
    if (runner.has('UIDBATCHES')) return runner.run(uidBatches, [size, range], call)
    const all = cut(await runner.run(allUids, [SequenceSet.all], call), size)
    return range === undefined ? all : all.slice(Math.min(...range) - 1, Math.max(...range))
  }

/** Each range goes down to where the next one begins. */
const cut = (uids: SequenceSet, size: number): SequenceSet[] => {
  const found: SequenceSet[] = []
  const { size: total } = uids
  for (let above = total; above > 0; above -= size) {
    const lowest = above - size
    const from = lowest > 0 ? (uids.at(lowest - 1) as number) + 1 : 1
    found.push(SequenceSet.ofRanges([[from, uids.at(above - 1) as number]]))
  }
  return found
}
