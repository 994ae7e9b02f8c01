import { invalid } from '../errors/imap-error.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { command } from './command.ts'
import { checkEntry } from './fetch-items/annotation.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import type { MessageNumbers } from './search-keys/messages.ts'
import { piecesOf } from './uid-pieces.ts'

/** Values of one entry: for oneself, for all; null removes. */
export interface AnnotationValues {
  readonly private?: string | Uint8Array | null | undefined
  readonly shared?: string | Uint8Array | null | undefined
}

/** Entries such as `/comment` with what is to be noted. */
export type Annotations = { readonly [entry: string]: AnnotationValues }

/** UID STORE ANNOTATION (RFC 5257 §4.4): notes something on messages. */
export const storeAnnotation = command({
  name: 'UID STORE',
  states: ['selected'],
  needs: 'ANNOTATE-EXPERIMENT-1',
  // The second time nothing changes any more.
  idempotent: true,
  write(out, [set, annotations]: [set: SequenceSet, annotations: Annotations]) {
    const entries = Object.entries(annotations)
    if (entries.length === 0) throw invalid('annotate: no entries are named')
    out.set(set).atom('ANNOTATION').open()
    for (const [entry, values] of entries) {
      const given = (['private', 'shared'] as const).filter((scope) => values[scope] !== undefined)
      if (given.length === 0) throw invalid(`annotate: ${entry} is to be neither private nor shared`)
      out.astring(checkEntry(entry)).open()
      for (const scope of given)
        out.atom(scope === 'private' ? 'value.priv' : 'value.shared').nstring(values[scope] as string | null)
      out.close()
    }
    out.close()
  },
  result: () => undefined,
  division: {
    set: ([set]) => set,
    only: ([, annotations], set): [SequenceSet, Annotations] => [set, annotations],
    merge: () => undefined,
  },
})

/**
 * Notes something on messages, for oneself or for all who read the mailbox (RFC 5257; ANNOTATE-EXPERIMENT-1). Read with
 * `fetch(uids, { annotation: … })`, found with `search({ annotation: … })`.
 *
 * @throws MissingCapability; CommandRefused with the code `ANNOTATE` for values that are too big, or too many entries
 * @example
 * await inbox.annotate(7, { '/comment': { private: 'call back' } })
 */
export const annotate =
  (runner: MailboxRunner) =>
  async (uids: MessageNumbers, annotations: Annotations, options: CallOptions = {}): Promise<void> => {
    await Promise.all(piecesOf(uids).map((piece) => runner.run(storeAnnotation, [piece, annotations], options)))
  }
