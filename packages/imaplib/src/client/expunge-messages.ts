import { expunge, uidExpunge } from '../commands/expunge.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { uidStoreRepeatable } from '../commands/store.ts'
import { MissingCapability } from '../errors/failures.ts'
import { invalid, ImapError } from '../errors/imap-error.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { findUids } from './search-messages.ts'
import { checkWritable, type SelectedMailbox } from './selected-mailbox.ts'
import { inPieces, toSet, type Uids } from './uids.ts'

/**
 * What to do where the server lacks UIDPLUS and can only expunge whatever is marked `\Deleted`:
 *
 * - `refuse` (default): nothing is sent; the call fails with `ECAPABILITY`.
 * - `if-only-these`: expunge if no other message is marked `\Deleted`; otherwise the call fails. Another client may still
 *   mark one in between.
 * - `all-deleted`: expunge all that is marked, whoever marked it.
 */
export type WithoutUidPlus = 'refuse' | 'if-only-these' | 'all-deleted'

export interface ExpungeOptions extends CallOptions {
  readonly withoutUidPlus?: WithoutUidPlus | undefined
}

const choices: readonly unknown[] = ['refuse', 'if-only-these', 'all-deleted']

export const canExpungeByUid = (session: Session): boolean => session.has('UIDPLUS') || session.has('IMAP4rev2')

/** Removes those of the messages that are marked `\Deleted`. */
export const expungeMessages = async (mailbox: SelectedMailbox, uids: Uids, options: ExpungeOptions): Promise<void> => {
  const set = checked(mailbox, uids, options)
  return mailbox.use(true, options, ({ lane: { session } }, call) => remove(session, set, options, call))
}

/** Marks the messages `\Deleted` and removes them. */
export const deleteMessages = async (mailbox: SelectedMailbox, uids: Uids, options: ExpungeOptions): Promise<void> => {
  const set = checked(mailbox, uids, options)
  return mailbox.use(true, options, async ({ lane: { session } }, call) => {
    await checkRemovable(session, set, options, call)
    await markDeleted(session, set, call)
    await remove(session, set, options, call)
  })
}

const checked = (mailbox: SelectedMailbox, uids: Uids, { withoutUidPlus = 'refuse' }: ExpungeOptions): SequenceSet => {
  checkWritable(mailbox, 'UID EXPUNGE')
  if (!choices.includes(withoutUidPlus)) throw invalid(`withoutUidPlus: ${JSON.stringify(withoutUidPlus)} is no choice`)
  return toSet(uids)
}

export const markDeleted = async (session: Session, set: SequenceSet, call: () => CallOptions): Promise<void> => {
  const change = { action: '+', flags: ['\\Deleted'] } as const
  await Promise.all(
    inPieces(set).map((piece) => session.run(uidStoreRepeatable, [piece, change, { silent: true }], call())),
  )
}

/** @throws ImapError when the messages could not be removed without others, before anything is changed */
export const checkRemovable = async (
  session: Session,
  set: SequenceSet,
  { withoutUidPlus = 'refuse' }: ExpungeOptions,
  call: () => CallOptions,
): Promise<void> => {
  if (canExpungeByUid(session) || withoutUidPlus === 'all-deleted') return
  if (withoutUidPlus === 'refuse') throw new MissingCapability(['UIDPLUS', 'IMAP4rev2'], 'UID EXPUNGE')
  await otherDeleted(session, set, call)
}

/** Which messages are marked; throws when there are others among them than those of the set. */
const otherDeleted = async (session: Session, set: SequenceSet, call: () => CallOptions): Promise<SequenceSet> => {
  const deleted = await findUids(session, { deleted: true }, call())
  const others = deleted.subtract(set)
  if (others.isEmpty) return deleted
  throw new ImapError(
    'ECAPABILITY',
    `Other messages are marked \\Deleted too (${others.toString().slice(0, 100)}), and the server, which lacks UIDPLUS, ` +
      'can only expunge all of them.',
    { command: 'EXPUNGE' },
  )
}

export const remove = async (
  session: Session,
  set: SequenceSet,
  options: ExpungeOptions,
  call: () => CallOptions,
): Promise<void> => {
  if (canExpungeByUid(session)) {
    await Promise.all(inPieces(set).map((piece) => session.run(uidExpunge, [piece], call())))
    return
  }
  const { withoutUidPlus = 'refuse' } = options
  if (withoutUidPlus === 'refuse') throw new MissingCapability(['UIDPLUS', 'IMAP4rev2'], 'UID EXPUNGE')
  if (withoutUidPlus === 'if-only-these' && (await otherDeleted(session, set, call)).isEmpty) return
  await session.run(expunge, [], call())
}
