import type { StatusLine } from '../connection/status-line.ts'
import type { Collector, Command } from '../commands/command.ts'
import { type FetchArguments, noModifiers, uidFetch } from '../commands/fetch.ts'
import { FetchCollector, type RowSink } from '../commands/fetch-collector.ts'
import { type AskedItem, askedItems, type FetchQuery, type Message } from '../commands/fetch-items/index.ts'
import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Response } from '../responses/registry.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { type FetchOptions, fetchMessages, type MailboxAccess } from './fetch-messages.ts'
import type { Lane } from './lane.ts'

/** What {@link fetchOne} needs of its mailbox. */
export interface OneMessageAccess extends MailboxAccess {
  /** A lane on which the mailbox is selected, with one user more; null if that takes time. */
  laneNow(): Lane | null
  /** Whether what failed with this error is to be tried again. */
  mayRepeat(error: unknown): boolean
}

type Found = FetchedMessage | undefined

/**
 * The message with this UID, or undefined when there is none.
 *
 * Programs ask for thousands of messages one by one. So when the mailbox is selected and nothing else is to be heeded, a
 * message costs one command and one promise, and nothing of what makes an iterator: no queue, no back-pressure, no lease.
 */
export const fetchOne = <Query extends FetchQuery>(
  access: OneMessageAccess,
  uid: number,
  query: Query,
  options: FetchOptions | undefined,
): Promise<Message<Query> | undefined> => {
  const lane = options === undefined ? access.laneNow() : null
  const found = lane === null ? iterated(access, uid, query, options) : directly(lane, access, uid, query)
  const again = found.catch((error: unknown) => {
    // Asking twice does no harm: on a connection that is lost once more on another one.
    if (access.mayRepeat(error)) return iterated(access, uid, query, options)
    throw error
  })
  // It has what the query asks for: that is what FetchCollector sees to.
  return again as Promise<unknown> as Promise<Message<Query> | undefined>
}

const iterated = async (
  access: MailboxAccess,
  uid: number,
  query: FetchQuery,
  options: FetchOptions | undefined,
): Promise<Found> => {
  let found: Found
  for await (const message of fetchMessages(access, uid, query, options ?? {}))
    found = message as unknown as FetchedMessage
  return found
}

const directly = (lane: Lane, access: MailboxAccess, uid: number, query: FetchQuery): Promise<Found> => {
  try {
    const asked = askedItems(query)
    const items = asked.length === 0 ? uidAlone : asked
    const set = SequenceSet.one(uid)
    // Whatever is odd about the answer is left to the iterator, which asks again and says what was wrong.
    const again = () => iterated(access, uid, query, undefined)
    const run = lane.session.start(uidFetchOne, [set, items, noModifiers, again])
    if (run.wireEnded) lane.leave()
    else run.onWireEnd = lane.leave
    return run.promise as Promise<Found>
  } catch (error) {
    lane.leave()
    return Promise.reject(error as Error)
  }
}

const uidAlone = askedItems({ uid: true })

type OneArguments = [...FetchArguments, again: () => Promise<Found>]

const uidFetchOne: Command<OneArguments, Found | Promise<Found>> = {
  name: uidFetch.name,
  states: uidFetch.states,
  idempotent: uidFetch.idempotent,
  order: () => 'free',
  needs: () => [],
  write: (out, args, context) => uidFetch.write(out, args as unknown as FetchArguments, context),
  collect: (args) => new OneRow(args[0], args[1], args[3]),
}

/** Takes the one row of a FETCH. Its result is the row, or the promise of another attempt. */
class OneRow implements Collector<Found | Promise<Found>>, RowSink {
  private readonly rows: FetchCollector
  private readonly again: () => Promise<Found>
  private found: Found

  constructor(set: SequenceSet, items: readonly AskedItem[], again: () => Promise<Found>) {
    this.rows = new FetchCollector(set, items, true, this)
    this.again = again
  }

  row(row: FetchedMessage): void {
    this.found = row
  }

  claim(response: Response): boolean {
    return this.rows.claim(response)
  }

  result(completion: StatusLine): Found | Promise<Found> {
    const { incomplete, unparsed } = this.rows.result(completion)
    return incomplete.length > 0 || unparsed > 0 ? this.again() : this.found
  }
}
