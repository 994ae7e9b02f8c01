import { type CopyArguments, uidCopy, uidMove } from '../commands/copy.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { MissingCapability } from '../errors/failures.ts'
import { invalid, ImapError } from '../errors/imap-error.ts'
import type { CopyUidCode } from '../responses/codes/message-codes.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { type Copied, copiedOf } from './copied.ts'
import { canExpungeByUid, checkRemovable, markDeleted, remove, type WithoutUidPlus } from './expunge-messages.ts'
import { PartlyDone } from './partly-done.ts'
import { findUids } from './search-messages.ts'
import { checkWritable, type SelectedMailbox } from './selected-mailbox.ts'
import { inPieces, toSet, type Uids } from './uids.ts'

export interface MoveOptions extends CallOptions {
  /**
   * What to do where the server has neither MOVE nor UIDPLUS. As with `expunge()`, and also `leave-deleted`: the messages are
   * copied and those here marked `\Deleted`, but not removed. Default `refuse`.
   */
  readonly withoutUidPlus?: WithoutUidPlus | 'leave-deleted' | undefined
}

/** What has been done so far, for the case that it goes wrong. */
class Progress {
  readonly told: CopyUidCode[] = []
  copied = SequenceSet.empty
  moved = SequenceSet.empty

  /** Runs the next step. Once something has been done, its failure says so. */
  async step<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      // A MOVE that failed may have told of the messages that it moved before (RFC 6851 §3.3).
      const moved = this.moved.union(
        this.copied.isEmpty ? (copiedOf(this.told)?.uids.sources ?? this.moved) : this.moved,
      )
      if (!(error instanceof ImapError) || (this.copied.isEmpty && moved.isEmpty)) throw error
      throw new PartlyDone(error, { copied: this.copied, moved, result: copiedOf(this.told) })
    }
  }
}

/** Copies the messages. Resolves to their UIDs at the destination, or null when the server does not tell. */
export const copyMessages = async (
  mailbox: SelectedMailbox,
  uids: Uids,
  destination: string,
  options: CallOptions,
): Promise<Copied | null> => {
  const pieces = inPieces(toSet(uids))
  checkDestination(destination)
  return mailbox.use(false, options, async ({ lane: { session } }, call) => {
    const progress = new Progress()
    for (const piece of pieces) {
      await progress.step(() => session.run<CopyArguments, void>(uidCopy, [piece, destination, progress.told], call()))
      progress.copied = progress.copied.union(piece)
    }
    return copiedOf(progress.told)
  })
}

/** Moves the messages: by MOVE, or by copying, and then removing exactly what was copied. */
export const moveMessages = async (
  mailbox: SelectedMailbox,
  uids: Uids,
  destination: string,
  options: MoveOptions,
): Promise<Copied | null> => {
  const pieces = inPieces(toSet(uids))
  checkDestination(destination)
  checkWritable(mailbox, 'UID MOVE')
  const { withoutUidPlus = 'refuse' } = options
  if (!['refuse', 'leave-deleted', 'if-only-these', 'all-deleted'].includes(withoutUidPlus))
    throw invalid(`withoutUidPlus: ${JSON.stringify(withoutUidPlus)} is no choice`)
  return mailbox.use(false, options, async ({ lane: { session } }, call) => {
    const progress = new Progress()
    const native = session.has('MOVE') || session.has('IMAP4rev2')
    if (!native) await checkFallback(session, SequenceSet.of(...pieces), withoutUidPlus, call)
    for (const piece of pieces) {
      if (native) {
        await progress.step(() =>
          session.run<CopyArguments, void>(uidMove, [piece, destination, progress.told], call()),
        )
        progress.moved = progress.moved.union(piece)
        continue
      }
      const present = await progress.step(() => settled(session, piece, call))
      for (const part of inPieces(present)) await moveByCopy(session, part, destination, withoutUidPlus, progress, call)
    }
    return copiedOf(progress.told)
  })
}

const checkDestination = (destination: string): void => {
  if (typeof destination !== 'string' || destination === '')
    throw invalid('The destination must be the name of a mailbox')
}

const checkFallback = async (
  session: Session,
  set: SequenceSet,
  withoutUidPlus: NonNullable<MoveOptions['withoutUidPlus']>,
  call: () => CallOptions,
): Promise<void> => {
  if (withoutUidPlus === 'leave-deleted' || canExpungeByUid(session)) return
  if (withoutUidPlus === 'refuse') throw new MissingCapability(['MOVE', 'UIDPLUS', 'IMAP4rev2'], 'UID MOVE')
  await checkRemovable(session, set, { withoutUidPlus }, call)
}

/**
 * COPY, and only after its tagged OK: STORE `\Deleted` and EXPUNGE, on those UIDs alone that were copied for certain. A
 * message that arrives within the set between the two is not among them.
 */
const moveByCopy = async (
  session: Session,
  present: SequenceSet,
  destination: string,
  withoutUidPlus: NonNullable<MoveOptions['withoutUidPlus']>,
  progress: Progress,
  call: () => CallOptions,
): Promise<void> => {
  const told: CopyUidCode[] = []
  await progress.step(() => session.run<CopyArguments, void>(uidCopy, [present, destination, told], call()))
  progress.told.push(...told)
  const sources = copiedOf(told)?.uids.sources
  const copied = sources === undefined ? present : present.intersect(sources)
  progress.copied = copied
  if (copied.isEmpty) return
  await progress.step(() => markDeleted(session, copied, call))
  if (withoutUidPlus === 'leave-deleted' && !canExpungeByUid(session)) {
    progress.copied = SequenceSet.empty
    progress.moved = progress.moved.union(copied)
    return
  }
  const options = { withoutUidPlus: withoutUidPlus === 'leave-deleted' ? 'refuse' : withoutUidPlus } as const
  await progress.step(() => remove(session, copied, options, call))
  progress.copied = SequenceSet.empty
  progress.moved = progress.moved.union(copied)
}

/**
 * A set that means the same messages for as long as they are there: none of its UIDs can be given to a message that
 * arrives. UIDs below UIDNEXT are such; otherwise the server is asked which there are.
 */
const settled = (session: Session, set: SequenceSet, call: () => CallOptions): Promise<SequenceSet> => {
  const uidNext = session.mailbox?.uidNext
  if (uidNext !== undefined && (set.last ?? Infinity) < uidNext) return Promise.resolve(set)
  return findUids(session, { uid: set }, call())
}
