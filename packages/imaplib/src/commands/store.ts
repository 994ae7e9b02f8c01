import { invalid } from '../errors/imap-error.ts'
import type { Flags } from '../responses/flags.ts'
import { responseCode } from '../responses/response-code.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'
import { require } from './require.ts'

/** What is done with flags: added, removed, or put in place of those that are there. */
export interface FlagChange {
  readonly action: '+' | '-' | ''
  /** None only with `''`: then all flags go. */
  readonly flags: readonly string[]
}

export interface StoreModifiers {
  /** Only messages that have not changed since this mod-sequence (RFC 7162 §3.1.3). */
  readonly unchangedSince?: bigint | undefined
  /** Do not tell the flags that come of it. */
  readonly silent: boolean
}

export interface StoreReply {
  /** Left alone because they had changed: UIDs. */
  readonly modified: SequenceSet
  /** The flags afterwards, by UID, as far as the server told. */
  readonly flags: ReadonlyMap<number, Flags>
}

const storing = (idempotent: boolean) =>
  command({
    name: 'UID STORE',
    states: ['selected'],
    idempotent,
    write(out, [set, change, modifiers]: [set: SequenceSet, change: FlagChange, modifiers: StoreModifiers], context) {
      const { action, flags } = change
      const { unchangedSince, silent } = modifiers
      if (flags.length === 0 && action !== '') throw invalid('STORE: no flags are named')
      out.set(set)
      if (unchangedSince !== undefined) {
        require(context, ['CONDSTORE', 'QRESYNC'], 'STORE UNCHANGEDSINCE')
        out.open().atom('UNCHANGEDSINCE').number(unchangedSince).close()
      }
      out.verbatim(`${action}FLAGS${silent ? '.SILENT' : ''}`).flags(flags)
    },
    claims: {
      // With SILENT, flags that come are somebody else's doing, and news; a row with its mod-sequence alone is an answer.
      FETCH: ({ uid, flags }, [set, , { silent }]) => uid !== null && set.has(uid) && (flags === null) === silent,
    },
    result(replies, { completion }): StoreReply {
      const code = responseCode(completion)
      const flags = new Map<number, Flags>()
      for (const row of replies) if (row.uid !== null && row.flags !== null) flags.set(row.uid, row.flags)
      return { modified: code?.name === 'MODIFIED' ? code.messages : SequenceSet.empty, flags }
    },
    division: {
      set: ([set]) => set,
      only: ([, change, modifiers], set): [SequenceSet, FlagChange, StoreModifiers] => [set, change, modifiers],
      merge: (first, second) => ({
        modified: first.modified.union(second.modified),
        flags: new Map([...first.flags, ...second.flags]),
      }),
    },
  })

/** UID STORE: changes the flags of messages (RFC 9051 §6.4.6, §6.4.9; UNCHANGEDSINCE: RFC 7162 §3.1.3). */
export const uidStore = storing(false)

/** The same for a change that is as good done twice: adding or removing, without a condition. */
export const uidStoreRepeatable = storing(true)
