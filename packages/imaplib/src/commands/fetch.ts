import { invalid } from '../errors/imap-error.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import type { Command, CommandContext } from './command.ts'
import { FetchCollector, type FetchOutcome } from './fetch-collector.ts'
import type { AskedItem } from './fetch-items/index.ts'
import { require } from './require.ts'

export interface FetchModifiers {
  /** Only messages that changed after this mod-sequence (RFC 7162 §3.1.4.1). */
  readonly changedSince?: bigint | undefined
  /** With {@link changedSince}: also tell which of the UIDs are gone (RFC 7162 §3.2.6 VANISHED; needs QRESYNC enabled). */
  readonly vanished?: boolean | undefined
  /**
   * Only the messages at these places among those of the set (RFC 9394 §3.2 PARTIAL): `[1, 100]` the first hundred,
   * `[-1, -100]` the last.
   */
  readonly partial?: readonly [from: number, to: number] | undefined
}

export type FetchArguments = [set: SequenceSet, items: readonly AskedItem[], modifiers: FetchModifiers]

const write = (out: CommandWriter, args: FetchArguments, context: CommandContext, uid: boolean) => {
  // By index, as everything here that runs for each of thousands of commands: taking an array apart makes an iterator.
  const items = args[1]
  if (items.length === 0) throw invalid('FETCH: nothing is asked of the messages')
  out.set(args[0])
  out.open()
  let written = 0
  for (let at = 0; at < items.length; at += 1) {
    const { key, item, option } = items[at] as AskedItem
    // A UID FETCH is answered with UIDs in any case (RFC 9051 §6.4.9).
    if (uid && key === 'uid') continue
    if (item.needs !== undefined) require(context, item.needs, `FETCH ${key}`)
    item.write(out, option)
    written += 1
  }
  if (written === 0) out.atom('UID')
  out.close()
  const modifiers = args[2]
  if (modifiers !== noModifiers) writeModifiers(out, modifiers, context)
}

/** Of a FETCH without any. */
export const noModifiers: FetchModifiers = Object.freeze({})

const writeModifiers = (out: CommandWriter, modifiers: FetchModifiers, context: CommandContext): void => {
  const { changedSince, vanished, partial } = modifiers
  if (changedSince === undefined && partial === undefined) {
    if (vanished === true) throw invalid('FETCH: vanished needs changedSince (RFC 7162 §3.2.6)')
    return
  }
  out.open()
  if (changedSince !== undefined) {
    require(context, ['CONDSTORE', 'QRESYNC'], 'FETCH CHANGEDSINCE')
    out.atom('CHANGEDSINCE').number(changedSince)
  }
  if (vanished === true) {
    if (!context.isEnabled('QRESYNC')) throw invalid('FETCH: vanished needs QRESYNC to be enabled (RFC 7162 §3.2.6)')
    out.atom('VANISHED')
  }
  if (partial !== undefined) {
    require(context, 'PARTIAL', 'FETCH PARTIAL')
    out.atom('PARTIAL').verbatim(partialRange(partial))
  }
  out.close()
}

/** `1:100`, `-1:-100`: both counted from the same end, none zero (RFC 9394 §4). */
export const partialRange = ([from, to]: readonly [number, number]): string => {
  const good = (n: number) => Number.isInteger(n) && n !== 0 && Math.abs(n) <= 0xffff_ffff
  if (!good(from) || !good(to) || from > 0 !== to > 0) throw invalid(`${from}:${to} is not a range of places`)
  return `${from}:${to}`
}

const fetchBy = (uid: boolean): Command<FetchArguments, FetchOutcome> => ({
  name: uid ? 'UID FETCH' : 'FETCH',
  states: ['selected'],
  idempotent: true,
  // RFC 9051 §5.5: a FETCH by numbers must not run beside what may expunge.
  order: () => (uid ? 'free' : 'numbers'),
  needs: () => [],
  write(out, args, context) {
    if (uid) out.atom('UID')
    out.atom('FETCH')
    write(out, args, context, uid)
  },
  ...(uid && {
    division: {
      set: ([set]: FetchArguments) => set,
      only: ([, items, modifiers]: FetchArguments, set: SequenceSet): FetchArguments => [set, items, modifiers],
      merge: (first: FetchOutcome, second: FetchOutcome): FetchOutcome => ({
        incomplete: [...first.incomplete, ...second.incomplete],
        unparsed: first.unparsed + second.unparsed,
        rest: null,
      }),
    },
  }),
  collect: ([set, items], _context) => new FetchCollector(set, items, uid, { row: () => undefined }),
})

/** UID FETCH: data of messages named by UID (RFC 9051 §6.4.9). Give it a {@link FetchCollector} to have the rows. */
export const uidFetch: Command<FetchArguments, FetchOutcome> = fetchBy(true)

/** FETCH: data of messages named by sequence number (RFC 9051 §6.4.5). */
export const fetch: Command<FetchArguments, FetchOutcome> = fetchBy(false)
