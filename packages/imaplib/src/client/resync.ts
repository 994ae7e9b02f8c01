import { allUids } from '../commands/all-uids.ts'
import { FetchCollector } from '../commands/fetch-collector.ts'
import { type FetchModifiers, uidFetch } from '../commands/fetch.ts'
import { askedItems } from '../commands/fetch-items/index.ts'
import type { MailboxState } from '../commands/mailbox-state.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { ImapError } from '../errors/imap-error.ts'
import { Flags } from '../responses/flags.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { inPieces } from './uids.ts'

/** What a caller knew of a mailbox when it last looked. */
export interface Known {
  readonly uidValidity: number
  /** The UIDs that it knows. */
  readonly uids: SequenceSet
  /** HIGHESTMODSEQ, as a resync or the handle told it; without it all flags are compared. */
  readonly highestModSeq?: bigint | undefined
  /**
   * The flags that it knows, by UID. Only used where the server keeps no mod-sequences: then a message counts as changed
   * when its flags differ from these, and without them every message does.
   */
  readonly flags?: ReadonlyMap<number, Iterable<string>> | undefined
}

/** A message whose flags are told. */
export interface ChangedFlags {
  readonly uid: number
  readonly flags: Flags
  /** With CONDSTORE. */
  readonly modseq: bigint | null
}

/** What has happened since. */
export interface Changes {
  /**
   * True when UIDVALIDITY is another: all that was known is void, `vanished` is all of it, `arrived` all that there is.
   */
  readonly reset: boolean
  readonly uidValidity: number | undefined
  /** UIDs that were not known. */
  readonly arrived: SequenceSet
  /** Known messages whose flags changed, with their flags now. */
  readonly changed: readonly ChangedFlags[]
  /** Known UIDs that are gone. */
  readonly vanished: SequenceSet
  /** To be kept, with the UIDs, when all of this has been stored safely (RFC 7162 §6): never before. */
  readonly highestModSeq: bigint | undefined
  /** How it was found out. */
  readonly by: 'QRESYNC' | 'CONDSTORE' | 'comparison'
}

const flagsOnly = askedItems({ uid: true, flags: true })

/**
 * Tells what arrived, changed and vanished since, by QRESYNC, CONDSTORE or full comparison, with the same answer.
 * The mailbox must be selected in the session, and stay so.
 */
export const findChanges = async (session: Session, known: Known, call: () => CallOptions): Promise<Changes> => {
  const state = session.mailbox
  if (state === null) throw new ImapError('ESTATE', 'No mailbox is selected.')
  const { uidValidity } = state
  if (uidValidity !== known.uidValidity) {
    const arrived = await session.run(allUids, [SequenceSet.all], call())
    const { highestModSeq } = state
    return { reset: true, uidValidity, arrived, changed: [], vanished: known.uids, highestModSeq, by: 'comparison' }
  }
  // Read before asking: what changes while we ask is told again next time, never skipped.
  const highestModSeq = state.noModSeq ? undefined : state.highestModSeq
  const since = known.highestModSeq
  const comparable = since !== undefined && highestModSeq !== undefined && since <= highestModSeq
  if (!comparable) return compare(session, state, known, call)
  return session.isEnabled('QRESYNC')
    ? byQresync(session, state, known, since, call)
    : byCondstore(session, state, known, since, call)
}

interface Row {
  readonly uid: number
  readonly flags: Flags
  readonly modseq: bigint | null
}

const fetchFlags = async (
  session: Session,
  set: SequenceSet,
  modifiers: FetchModifiers,
  call: () => CallOptions,
  vanished?: (uids: SequenceSet) => void,
): Promise<Row[]> => {
  const rows: Row[] = []
  for (const piece of inPieces(set)) {
    const collector = new FetchCollector(piece, flagsOnly, true, {
      row: (row) => rows.push({ uid: row.uid as number, flags: row.flags as Flags, modseq: row.modseq }),
      ...(vanished === undefined ? {} : { vanished }),
    })
    const outcome = await session.run(uidFetch, [piece, flagsOnly, modifiers], call(), collector)
    if (outcome.unparsed > 0)
      throw new ImapError('EUNPARSED', 'A part of what changed could not be understood.', { command: 'UID FETCH' })
  }
  return rows
}

/** RFC 7162 §3.2.6: one command tells what changed and what is gone. */
const byQresync = async (
  session: Session,
  state: MailboxState,
  known: Known,
  changedSince: bigint,
  call: () => CallOptions,
): Promise<Changes> => {
  let gone = SequenceSet.empty
  const before = state.highestModSeq
  const rows = await fetchFlags(session, SequenceSet.all, { changedSince, vanished: true }, call, (uids) => {
    gone = gone.union(uids)
  })
  return sorted(state, known, rows, gone.intersect(known.uids), before, 'QRESYNC')
}

/** RFC 7162 §3.1.4.1 tells what changed; what is gone is what is not there any more. */
const byCondstore = async (
  session: Session,
  state: MailboxState,
  known: Known,
  changedSince: bigint,
  call: () => CallOptions,
): Promise<Changes> => {
  const before = state.highestModSeq
  const [rows, present] = await Promise.all([
    fetchFlags(session, SequenceSet.all, { changedSince }, call),
    session.run(allUids, [SequenceSet.all], call()),
  ])
  return sorted(state, known, rows, known.uids.subtract(present), before, 'CONDSTORE')
}

const compare = async (
  session: Session,
  state: MailboxState,
  known: Known,
  call: () => CallOptions,
): Promise<Changes> => {
  const before = state.noModSeq ? undefined : state.highestModSeq
  const rows = state.exists === 0 ? [] : await fetchFlags(session, SequenceSet.all, {}, call)
  const present = SequenceSet.ofNumbers(rows.map((row) => row.uid))
  const differing = rows.filter((row) => !sameFlags(row.flags, known.flags?.get(row.uid)))
  const news = [...differing, ...rows.filter((row) => !known.uids.has(row.uid))]
  return sorted(state, known, news, known.uids.subtract(present), before, 'comparison')
}

const sorted = (
  state: MailboxState,
  known: Known,
  rows: readonly Row[],
  vanished: SequenceSet,
  highestModSeq: bigint | undefined,
  by: Changes['by'],
): Changes => {
  const arrived = SequenceSet.ofNumbers(rows.filter((row) => !known.uids.has(row.uid)).map((row) => row.uid))
  // A message may be told twice, when it changes while we ask: the last word counts.
  const changed = new Map(rows.filter((row) => known.uids.has(row.uid)).map((row) => [row.uid, row]))
  for (const uid of changed.keys()) if (vanished.has(uid)) changed.delete(uid)
  return {
    reset: false,
    uidValidity: state.uidValidity,
    arrived,
    changed: [...changed.values()],
    vanished,
    highestModSeq,
    by,
  }
}

/** `\Recent` is the session's, not the message's. */
const sameFlags = (flags: Flags, known: Iterable<string> | undefined): boolean => {
  if (known === undefined) return false
  const others = new Flags([...known].filter((flag) => flag.toLowerCase() !== '\\recent'))
  const own = flags.names.filter((flag) => flag.toLowerCase() !== '\\recent')
  return own.length === others.size && own.every((flag) => others.has(flag))
}
