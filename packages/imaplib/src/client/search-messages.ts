import type { MailboxState } from '../commands/mailbox-state.ts'
import type { CallOptions } from '../commands/run.ts'
import { compileSearch, type SearchProgram } from '../commands/search-criteria.ts'
import { messageSet } from '../commands/search-keys/messages.ts'
import type { SearchCriteria } from '../commands/search-keys/index.ts'
import { type SearchReply, type SearchReturn, uidSearch } from '../commands/search.ts'
import type { Session } from '../commands/session.ts'
import { CommandRefused } from '../errors/failures.ts'
import { invalid, ImapError } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import type { SelectedMailbox } from './selected-mailbox.ts'
import { inPieces } from './uids.ts'
import { windowOf } from './window-of.ts'

/** What can be asked of a search, and what it is then. */
interface SearchValues {
  /** The UIDs, as ranges. */
  readonly all: SequenceSet
  /** The lowest UID found; null when none was. */
  readonly min: number | null
  readonly max: number | null
  readonly count: number
}

export type SearchItem = keyof SearchValues | 'save'

/** By places among the UIDs found: `[1, 100]` the first hundred, `[-1, -100]` the last (RFC 9394 §3.1). */
export type Places = readonly [from: number, to: number]

export interface SearchReturnOptions {
  /**
   * `min`, `max`, `count`, `all`: computed by the server where it can (ESEARCH, RFC 4731), otherwise here. `save` keeps the
   * result at the server as `{ uid: '$' }` for later searches in this mailbox (RFC 5182; needs SEARCHRES).
   */
  readonly return?: readonly SearchItem[] | undefined
  /** Also the UIDs at these places. */
  readonly partial?: Places | undefined
}

export type SearchOptions = CallOptions & SearchReturnOptions

/** The result of a search that says what to return: what was asked for is there. */
export type SearchResult<Options extends SearchReturnOptions> = {
  /** The highest mod-sequence of the messages found; null unless the search was for one. */
  readonly modSeq: bigint | null
} & (Options extends { readonly return: readonly (infer Item)[] }
  ? Pick<SearchValues, Item & keyof SearchValues>
  : unknown) &
  (Options extends { readonly partial: Places } ? { readonly partial: SequenceSet } : unknown)

/** Servers whose ESEARCH has been found to leave the result out (Strato, after it has accepted IMAP4rev2). */
const withoutEsearch = new WeakSet<Session>()

/** Selections in which a result was saved: `$` is gone with them (RFC 5182 §2.1). */
const withSaved = new WeakSet<MailboxState>()

const items: readonly SearchItem[] = ['all', 'min', 'max', 'count', 'save']

/** The UIDs of the messages for which all criteria hold; or what `return` and `partial` say. */
export const searchMessages = async (
  mailbox: SelectedMailbox,
  criteria: SearchCriteria,
  options: SearchOptions,
): Promise<SequenceSet | Record<string, unknown>> => {
  const { return: wanted, partial } = options
  const plain = wanted === undefined && partial === undefined
  const asked = new Set<SearchItem>(plain ? ['all'] : wanted)
  for (const item of asked)
    if (!items.includes(item)) throw invalid(`search: ${JSON.stringify(item)} cannot be returned`)
  if (asked.size === 0 && partial === undefined) throw invalid('search: nothing is to be returned')
  const programs = programsFor(criteria)
  if (partial !== undefined) windowOf(SequenceSet.empty, partial)
  if (programs.length > 1 && asked.has('save'))
    throw invalid('search: too many UIDs are named for the result to be saved')
  const { usesSaved } = programs[0] as SearchProgram
  // Another session has another `$`, or none: such a search is not repeated there.
  return mailbox.use(!usesSaved, options, async ({ lane: { session } }, call) => {
    const state = session.mailbox
    if (usesSaved && (state === null || !withSaved.has(state)))
      throw new ImapError(
        'ESTALE',
        'There is no saved search result in this session: search with { return: ["save"] } first.',
      )
    const ask = new Asking(session, asked, partial, call())
    const found = await Promise.all(programs.map((each) => ask.run(each, programs.length === 1)))
    if (asked.has('save') && state !== null) withSaved.add(state)
    const reply = found.length === 1 ? (found[0] as SearchReply) : merged(found)
    return plain ? (reply.all ?? SequenceSet.empty) : resultOf(reply, asked, partial)
  })
}

/** The same within one session, for steps of other operations. The UIDs that are named must be few enough for one command. */
export const findUids = async (session: Session, criteria: SearchCriteria, call: CallOptions): Promise<SequenceSet> => {
  const reply = await new Asking(session, new Set(['all']), undefined, call).run(compileSearch(criteria), true)
  return reply.all ?? SequenceSet.empty
}

/** UIDs named at the top are cut into pieces, of which each makes a search of its own. */
const programsFor = (criteria: SearchCriteria): SearchProgram[] => {
  const whole = compileSearch(criteria)
  const { uid } = criteria
  if (uid === undefined || uid === '$') return [whole]
  const pieces = inPieces(messageSet(uid, 'search.uid'))
  return pieces.length === 1 ? [whole] : pieces.map((piece) => compileSearch({ ...criteria, uid: piece }))
}

/** Asks one server, in the way that it understands. */
class Asking {
  private readonly session: Session
  private readonly asked: ReadonlySet<SearchItem>
  private readonly partial: Places | undefined
  private readonly call: CallOptions

  constructor(session: Session, asked: ReadonlySet<SearchItem>, partial: Places | undefined, call: CallOptions) {
    this.session = session
    this.asked = asked
    this.partial = partial
    this.call = call
  }

  /** @param alone whether this is the whole search; of a piece the UIDs are needed, whatever was asked for */
  async run(program: SearchProgram, alone: boolean): Promise<SearchReply> {
    const { session, call } = this
    if (this.canExtend()) {
      const wanted = this.wanted(alone)
      const reply = await this.extended(program, wanted)
      if (reply !== null && complete(reply, wanted)) return reply
      if (wanted.items.includes('SAVE')) throw leftOut()
    } else if (this.asked.has('save')) return session.run(uidSearch, [program, this.wanted(alone)], call)
    const reply = await session.run(uidSearch, [program, null], call)
    // Some servers send no answer at all when there is nothing; one that answers without UIDs has not told them.
    if (reply.all === null && reply.answered && reply.count !== 0) throw leftOut()
    if (this.canExtend()) withoutEsearch.add(session)
    return reply
  }

  /** Null where the server announces the extension and does not know it, as some bridges do. */
  private async extended(program: SearchProgram, wanted: SearchReturn): Promise<SearchReply | null> {
    try {
      return await this.session.run(uidSearch, [program, wanted], this.call)
    } catch (error) {
      if (error instanceof CommandRefused && error.code === 'BAD' && !wanted.items.includes('SAVE')) return null
      throw error
    }
  }

  private canExtend(): boolean {
    const { session } = this
    return (session.has('ESEARCH') || session.has('IMAP4rev2')) && !withoutEsearch.has(session)
  }

  private wanted(alone: boolean): SearchReturn {
    const { asked, session } = this
    // Windows at the end are cut out of the whole result: Cyrus 3.12 counts them from the beginning.
    const forwards = this.partial !== undefined && this.partial[0] > 0
    const places = forwards && !asked.has('all') && session.has('PARTIAL') ? this.partial : undefined
    const uids = asked.has('all') || !alone || (this.partial !== undefined && places === undefined)
    const named = new Set<SearchReturn['items'][number]>()
    if (asked.has('min')) named.add('MIN')
    if (asked.has('max')) named.add('MAX')
    if (uids) named.add('ALL')
    // COUNT is sent even when it is 0 (RFC 4731 §3.1): it tells "nothing found" from "not told". But with SAVE it would
    // change what is saved (RFC 5182 §2.4).
    if (asked.has('count') || !asked.has('save')) named.add('COUNT')
    if (asked.has('save')) named.add('SAVE')
    return { items: [...named], partial: alone ? places : undefined }
  }
}

/** Whether a server told what it was asked, or that there is nothing. */
const complete = (reply: SearchReply, { items: named, partial }: SearchReturn): boolean => {
  if (named.includes('SAVE') && !named.includes('COUNT')) return true
  if (reply.count === 0) return true
  // A plain SEARCH in answer has it all.
  if (reply.all !== null && reply.count === null && reply.min === null && reply.max === null) return true
  if (reply.count === null) return false
  if (named.includes('ALL') && reply.all === null) return false
  if (named.includes('MIN') && reply.min === null) return false
  if (named.includes('MAX') && reply.max === null) return false
  return partial === undefined || reply.partial !== null
}

const leftOut = () =>
  new ImapError('EUNPARSED', 'The server answered the search without telling which messages it found.', {
    command: 'UID SEARCH',
  })

const merged = (replies: readonly SearchReply[]): SearchReply => {
  const sets = replies.map((reply) => reply.all ?? SequenceSet.empty)
  const modSeqs = replies.flatMap(({ modSeq }) => modSeq ?? [])
  return {
    all: SequenceSet.of(...sets),
    min: null,
    max: null,
    count: null,
    partial: null,
    modSeq: modSeqs.length === 0 ? null : modSeqs.reduce((a, b) => (a > b ? a : b)),
    answered: true,
  }
}

/** What was asked for; what the server did not compute is computed from the UIDs. */
const resultOf = (
  reply: SearchReply,
  asked: ReadonlySet<SearchItem>,
  places: Places | undefined,
): Record<string, unknown> => {
  const { all } = reply
  const result: Record<string, unknown> = { modSeq: reply.modSeq }
  if (asked.has('all')) result.all = all ?? SequenceSet.empty
  if (asked.has('min')) result.min = reply.min ?? all?.first ?? null
  if (asked.has('max')) result.max = reply.max ?? all?.last ?? null
  if (asked.has('count')) result.count = reply.count ?? all?.size ?? 0
  if (places !== undefined) result.partial = reply.partial ?? windowOf(all ?? SequenceSet.empty, places)
  return result
}
