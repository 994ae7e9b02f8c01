import type { FetchModifiers } from '../commands/fetch.ts'
import { askedItems, type FetchQuery, type Message } from '../commands/fetch-items/index.ts'
import type { CallOptions } from '../commands/run.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import { FetchStream } from './fetch-stream.ts'
import type { Lease } from './lanes.ts'
import { inPieces, toSet, type Uids } from './uids.ts'

export interface FetchOptions extends CallOptions, FetchModifiers {
  /** Told of UIDs that are gone, with `changedSince` and `vanished`. */
  onVanished?: ((uids: SequenceSet) => void) | undefined
}

/** What an operation on messages needs of its mailbox. */
export interface MailboxAccess {
  lease(options: CallOptions): Promise<Lease>
  readonly maxBacklog: number
}

/**
 * Starts a fetch: nothing is sent before the first row is asked for.
 * @throws ImapError `EINVALID` for an empty set, an empty query, or a key that is none
 */
export const fetchMessages = <Query extends FetchQuery>(
  access: MailboxAccess,
  uids: Uids,
  query: Query,
  options: FetchOptions,
): AsyncIterableIterator<Message<Query>> & AsyncDisposable => {
  const items = askedItems(query)
  const { signal, timeout, onProgress, onVanished, ...modifiers } = options
  const call = { signal, timeout, onProgress }
  const asked = items.length === 0 ? askedItems({ uid: true }) : items
  return new FetchStream({
    sets: inPieces(toSet(uids)),
    items: asked,
    modifiers,
    call,
    onVanished,
    maxBacklog: access.maxBacklog,
    lease: () => access.lease(call),
    // The rows have what the query asks for, or they are not delivered: that is what FetchCollector sees to.
  }) as unknown as AsyncIterableIterator<Message<Query>> & AsyncDisposable
}

/** All rows at once. */
export const fetchAll = async <Query extends FetchQuery>(
  access: MailboxAccess,
  uids: Uids,
  query: Query,
  options: FetchOptions,
): Promise<Message<Query>[]> => {
  const found: Message<Query>[] = []
  for await (const message of fetchMessages(access, uids, query, options)) found.push(message)
  return found
}
