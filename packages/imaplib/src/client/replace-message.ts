import { append } from '../commands/append.ts'
import { uidReplace } from '../commands/replace.ts'
import { MissingCapability } from '../errors/failures.ts'
import { ImapError, invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { type AppendOptions, endOf, placesOf, prepare } from './append-messages.ts'
import type { Appended } from './appended.ts'
import { canExpungeByUid, markDeleted, remove } from './expunge-messages.ts'
import type { MessageSource } from './message-source.ts'
import { PartlyAppended } from './partly-appended.ts'
import type { SelectedMailbox } from './selected-mailbox.ts'

export interface ReplaceOptions extends AppendOptions {
  /** Where the new message goes. Default: the mailbox of the old one. */
  readonly mailbox?: string | undefined
  /**
   * What to do where the server has no REPLACE. `refuse`: MissingCapability. `append-then-expunge`: the new message is
   * stored first, and then exactly the old one removed (needs UIDPLUS): for a moment, or when the connection is lost
   * between the two, both are there, but never neither. Default `refuse`.
   */
  readonly withoutReplace?: 'refuse' | 'append-then-expunge' | undefined
}

/** Puts a message in the place of another. */
export const replaceMessage = async (
  mailbox: SelectedMailbox & { readonly name: string },
  uid: number,
  message: MessageSource,
  options: ReplaceOptions,
): Promise<Appended | null> => {
  const {
    mailbox: destination = mailbox.name,
    withoutReplace = 'refuse',
    signal,
    timeout,
    onProgress: _,
    ...attributes
  } = options
  if (withoutReplace !== 'refuse' && withoutReplace !== 'append-then-expunge')
    throw invalid(`withoutReplace: ${JSON.stringify(withoutReplace)} is no choice`)
  const old = SequenceSet.of(uid)
  const prepared = prepare({ message, ...attributes }, endOf({ signal, timeout }))
  try {
    await mailbox.underWay(({ signal: gone }) => prepared.begin(gone))
    return await mailbox.use(false, options, async ({ lane: { session } }, call) => {
      if (session.has('REPLACE')) {
        const code = await session.run(uidReplace, [uid, destination, prepared.message], call())
        return placesOf(code, 1)[0] ?? null
      }
      if (withoutReplace === 'refuse') throw new MissingCapability(['REPLACE'], 'UID REPLACE')
      if (!canExpungeByUid(session)) throw new MissingCapability(['REPLACE', 'UIDPLUS', 'IMAP4rev2'], 'UID REPLACE')
      const code = await session.run(append, [destination, [prepared.message]], call())
      const place = placesOf(code, 1)[0] ?? null
      try {
        await markDeleted(session, old, call)
        await remove(session, old, { withoutUidPlus: 'refuse' }, call)
      } catch (error) {
        // Repeating the call would store the message twice.
        throw error instanceof ImapError ? new PartlyAppended(error, [place]) : error
      }
      return place
    })
  } finally {
    prepared.discard()
  }
}
