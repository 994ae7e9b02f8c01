import { invalid, ImapError } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'
import { partialRange } from './fetch.ts'
import { require } from './require.ts'
import { type SearchProgram, writeSearch } from './search-criteria.ts'

/** What a search tells of the messages found (RFC 9051 §6.4.4, RFC 4731 §3.1, RFC 5182, RFC 9394 §3.1). */
export interface SearchReturn {
  readonly items: readonly ('MIN' | 'MAX' | 'COUNT' | 'ALL' | 'SAVE')[]
  readonly partial?: readonly [from: number, to: number] | undefined
}

/** What came of a search. What the server did not tell is null. */
export interface SearchReply {
  /** The whole result; from a plain SEARCH always. Null: not told, be it because nothing was found. */
  readonly all: SequenceSet | null
  readonly min: number | null
  readonly max: number | null
  readonly count: number | null
  readonly partial: SequenceSet | null
  /** The highest mod-sequence of the messages found, when the search was for one (RFC 7162 §3.1.5). */
  readonly modSeq: bigint | null
  /** An answer came at all. */
  readonly answered: boolean
}

/** The reply to a search that was made in two parts. */
const joined = (a: SearchReply, b: SearchReply): SearchReply => {
  const both = <T>(x: T | null, y: T | null, join: (x: T, y: T) => T): T | null =>
    x === null ? y : y === null ? x : join(x, y)
  return {
    all: both(a.all, b.all, (x, y) => x.union(y)),
    min: both(a.min, b.min, Math.min),
    max: both(a.max, b.max, Math.max),
    count: both(a.count, b.count, (x, y) => x + y),
    partial: null,
    modSeq: both(a.modSeq, b.modSeq, (x, y) => (x > y ? x : y)),
    answered: a.answered || b.answered,
  }
}

/**
 * UID SEARCH (RFC 9051 §6.4.4). With `wanted` as an ESEARCH; null for the plain form, which every server knows.
 * Either kind of answer is understood, whatever was asked for.
 */
export const uidSearch = command({
  name: 'UID SEARCH',
  states: ['selected'],
  idempotent: true,
  // RFC 9051 §5.5: sequence numbers in it must mean the same when it arrives.
  order: ([program]: [program: SearchProgram, wanted: SearchReturn | null]) =>
    program.usesNumbers ? 'numbers' : 'free',
  write(out, [program, wanted], context) {
    if (wanted !== null) {
      const { items, partial } = wanted
      if (items.includes('SAVE')) require(context, ['SEARCHRES', 'IMAP4rev2'], 'SEARCH RETURN (SAVE)')
      if (items.includes('ALL') && partial !== undefined)
        throw invalid('SEARCH: the whole result and a part of it cannot be asked for together (RFC 9394 §3.1)')
      out.atom('RETURN').open()
      for (const item of items) out.atom(item)
      if (partial !== undefined) out.atom('PARTIAL').verbatim(partialRange(partial))
      out.close()
    }
    writeSearch(out, program, context)
  },
  claims: {
    SEARCH: () => true,
    // Updates are news of a search that was answered before (RFC 5267 §4.3).
    ESEARCH: (reply) => reply.mailbox === null && reply.updates === null,
    unparsed: (reply) => reply.name === 'SEARCH' || reply.name === 'ESEARCH',
  },
  result(replies): SearchReply {
    const reply = { ...nothing }
    for (const each of replies) {
      // An answer that is lost must not look like "nothing found".
      if (each.type === 'unparsed') throw notUnderstood('could not be understood')
      reply.answered = true
      reply.modSeq = each.modSeq ?? reply.modSeq
      if (each.type === 'SEARCH') {
        reply.all = each.messages.union(reply.all ?? SequenceSet.empty)
        continue
      }
      if (!each.uid && (each.all ?? each.min ?? each.max ?? each.partial) !== null)
        throw notUnderstood('gave sequence numbers instead of UIDs (RFC 9051 §7.3.4)')
      if (each.all !== null) reply.all = each.all.set.union(reply.all ?? SequenceSet.empty)
      reply.min = each.min ?? reply.min
      reply.max = each.max ?? reply.max
      reply.count = each.count ?? reply.count
      if (each.partial !== null) reply.partial = each.partial.messages?.set ?? SequenceSet.empty
    }
    return reply
  },
  division: {
    // A saved result, or a window of it, is of what the server has seen; there is no joining two of them.
    set: ([program, wanted]) =>
      wanted?.items.includes('SAVE') === true || wanted?.partial !== undefined
        ? null
        : (program.within ?? SequenceSet.all),
    only: ([program, wanted], within): [SearchProgram, SearchReturn | null] => [{ ...program, within }, wanted],
    merge: joined,
  },
})

const nothing = {
  all: null as SequenceSet | null,
  min: null as number | null,
  max: null as number | null,
  count: null as number | null,
  partial: null as SequenceSet | null,
  modSeq: null as bigint | null,
  answered: false,
}

const notUnderstood = (what: string) =>
  new ImapError('EUNPARSED', `The server's answer to the search ${what}.`, { command: 'UID SEARCH' })
