import type { CallOptions } from '../commands/run.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import {
  type FlagChange,
  type StoreModifiers,
  type StoreReply,
  uidStore,
  uidStoreRepeatable,
} from '../commands/store.ts'
import type { Session } from '../commands/session.ts'
import { CommandRefused } from '../errors/failures.ts'
import { invalid } from '../errors/imap-error.ts'
import type { Flags } from '../responses/flags.ts'
import { checkFlag, type Flag, sameFlag } from '../wire/flags.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { checkWritable, type SelectedMailbox } from './selected-mailbox.ts'
import { inPieces, toSet, type Uids } from './uids.ts'

/** Exactly one of the three. `set: []` removes all flags; the others need at least one flag. */
export type FlagUpdate =
  | { readonly add: readonly Flag[]; readonly remove?: never; readonly set?: never }
  | { readonly remove: readonly Flag[]; readonly add?: never; readonly set?: never }
  | { readonly set: readonly Flag[]; readonly add?: never; readonly remove?: never }

export interface StoreOptions extends CallOptions {
  /** Leave messages alone that have changed since this mod-sequence (RFC 7162 §3.1.3; needs CONDSTORE). */
  readonly unchangedSince?: bigint | undefined
  /** True: the server does not tell the flags afterwards. Default true. */
  readonly silent?: boolean | undefined
}

export interface StoreResult {
  /** UIDs that were left alone because they had changed. Empty without `unchangedSince`. */
  readonly modified: SequenceSet
  /** The flags afterwards by UID, as the server told them: with `silent: false`; otherwise empty. */
  readonly flags: ReadonlyMap<number, Flags>
  /** Flags of the update that the mailbox cannot keep for good (PERMANENTFLAGS). They have been sent all the same. */
  readonly unstorable: readonly string[]
}

/** Changes the flags of the messages with these UIDs; those that are not there are left out. */
export const storeFlags = async (
  mailbox: SelectedMailbox,
  uids: Uids,
  update: FlagUpdate,
  options: StoreOptions,
): Promise<StoreResult> => {
  const change = changeOf(update)
  const pieces = inPieces(toSet(uids))
  checkWritable(mailbox, 'UID STORE')
  const { unchangedSince, silent = true } = options
  const modifiers = { unchangedSince, silent }
  return mailbox.use(isRepeatable(change, modifiers), options, async ({ lane: { session } }, call) => {
    const replies = await Promise.all(pieces.map((piece) => storePiece(session, piece, change, modifiers, call())))
    return {
      modified: SequenceSet.of(...replies.map((reply) => reply.modified)),
      flags: new Map(replies.flatMap((reply) => [...reply.flags])),
      unstorable: session.mailbox === null ? [] : unstorable(change.flags, session.mailbox),
    }
  })
}

/** Adding or removing twice is as once; a condition, or other flags in between, would not be met the second time. */
const isRepeatable = ({ action }: FlagChange, { unchangedSince }: StoreModifiers): boolean =>
  unchangedSince === undefined && action !== ''

const storePiece = async (
  session: Session,
  piece: SequenceSet,
  change: FlagChange,
  modifiers: StoreModifiers,
  call: CallOptions,
): Promise<StoreReply> => {
  try {
    const command = isRepeatable(change, modifiers) ? uidStoreRepeatable : uidStore
    return await session.run(command, [piece, change, modifiers], call)
  } catch (error) {
    // Some servers say NO where RFC 7162 §3.1.3 has OK: the set in the code says the same.
    const set = error instanceof CommandRefused && error.responseCode === 'MODIFIED' ? error.codeArguments : undefined
    if (set === undefined) throw error
    return { modified: SequenceSet.parse(set.trim()), flags: new Map() }
  }
}

const changeOf = (update: FlagUpdate): FlagChange => {
  const given = (['add', 'remove', 'set'] as const).filter((key) => update?.[key] !== undefined)
  const key = given[0]
  if (key === undefined || given.length > 1) throw invalid('store: exactly one of add, remove and set must be given')
  const flags: unknown = update[key]
  if (!Array.isArray(flags)) throw invalid(`store: ${key} must be a list of flags`)
  if (flags.length === 0 && key !== 'set') throw invalid(`store: ${key} names no flags`)
  for (const flag of flags) {
    if (typeof flag !== 'string') throw invalid(`store: ${key} must be a list of flags`)
    checkFlag(flag)
  }
  return { action: key === 'add' ? '+' : key === 'remove' ? '-' : '', flags }
}

const unstorable = (flags: readonly string[], { permanentFlags, readOnly }: MailboxState): string[] => {
  // Some servers leave the list out, or empty, although flags work (quirks: 45).
  if (permanentFlags === undefined || (permanentFlags.length === 0 && !readOnly)) return []
  const any = permanentFlags.includes('\\*')
  return flags.filter(
    (flag) => !(any && !flag.startsWith('\\')) && !permanentFlags.some((permanent) => sameFlag(permanent, flag)),
  )
}
