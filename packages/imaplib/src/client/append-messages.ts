import { append, type AppendedMessage } from '../commands/append.ts'
import { type CallOptions, LONGEST_TIMER } from '../commands/run.ts'
import { status } from '../commands/status.ts'
import { invalid, ImapError } from '../errors/imap-error.ts'
import type { AppendUidCode } from '../responses/codes/message-codes.ts'
import { countUids, uidPairs } from '../responses/uid-ranges.ts'
import type { DateTimeValue } from '../wire/date-time.ts'
import { checkFlag, type Flag } from '../wire/flags.ts'
import type { Appended } from './appended.ts'
import type { Connections } from './connections.ts'
import { type LineEnds, type MessageSource, prepareMessage, type PreparedMessage } from './message-source.ts'
import { PartlyAppended } from './partly-appended.ts'

export interface AppendAttributes {
  readonly flags?: readonly Flag[] | undefined
  /** The internal date: when the message was received. Default: now, by the server's clock. */
  readonly date?: Date | DateTimeValue | string | undefined
  readonly lineEnds?: LineEnds | undefined
  /**
   * Sends the message as `UTF8 (~{…}`, which servers after RFC 6855 want for headers in UTF-8. Default false: RFC 9755 App. B.1
   * has done away with it, and IMAP4rev2 does not know it. Needs UTF8=ACCEPT enabled.
   */
  readonly utf8DataItem?: boolean | undefined
}

export interface AppendOptions extends AppendAttributes, CallOptions {}

/** One of several messages. */
export interface MessageToAppend extends AppendAttributes {
  readonly message: MessageSource
}

/** Messages of one MULTIAPPEND, and the octets in them; also what may be on the wire at once without it. */
const MOST_MESSAGES = 50
const MOST_OCTETS = 4 * 1024 * 1024

/** Messages smaller than this are not worth a round trip to ask what a mailbox takes. */
const WORTH_ASKING = 1024 * 1024

interface Prepared extends PreparedMessage {
  readonly message: AppendedMessage
}

/** Puts one message into a mailbox. */
export const appendMessage = async (
  connections: Connections,
  mailbox: string,
  message: MessageSource,
  options: AppendOptions,
): Promise<Appended | null> => {
  const { signal, timeout, onProgress, ...attributes } = options
  const ended = endOf({ signal, timeout })
  const prepared = prepare({ message, ...attributes }, ended)
  try {
    await checkLimit(connections, mailbox, prepared.size, { signal, timeout })
    await connections.underWay(({ signal: gone }) => prepared.begin(gone))
    const code = await connections.run(append, [mailbox, [prepared.message]], { signal, timeout, onProgress })
    return placesOf(code, 1)[0] ?? null
  } finally {
    prepared.discard()
  }
}

/** Puts messages into a mailbox, in order; many in one command where the server can. */
export const appendMessages = async (
  connections: Connections,
  mailbox: string,
  messages: Iterable<MessageToAppend> | AsyncIterable<MessageToAppend>,
  options: CallOptions,
): Promise<(Appended | null)[]> => {
  const { signal, timeout, onProgress } = options
  const ended = endOf(options)
  const done: (Appended | null)[] = []
  let batch: Prepared[] = []
  let octets = 0
  const flush = async () => {
    const now = batch
    batch = []
    octets = 0
    if (now.length > 0) await appendBatch(connections, mailbox, now, { signal, timeout, onProgress }, done)
  }
  try {
    await connections.any(options)
    // RFC 9738 §3.1: a server that does only so many messages at a time refuses an APPEND of more.
    const limits = connections.values('MESSAGELIMIT').map(Number).filter(Number.isSafeInteger)
    const most = Math.max(1, Math.min(MOST_MESSAGES, ...limits))
    for await (const each of messages) {
      const prepared = prepare(each, ended)
      batch.push(prepared)
      await checkLimit(connections, mailbox, prepared.size, options)
      await connections.underWay(({ signal: gone }) => prepared.begin(gone))
      octets += prepared.size
      if (batch.length === most || octets >= MOST_OCTETS) await flush()
    }
    await flush()
  } catch (error) {
    if (done.length === 0 || error instanceof PartlyAppended) throw error
    throw new PartlyAppended(error as Error, done)
  } finally {
    for (const prepared of batch) prepared.discard()
  }
  return done
}

const appendBatch = async (
  connections: Connections,
  mailbox: string,
  batch: readonly Prepared[],
  call: CallOptions,
  done: (Appended | null)[],
): Promise<void> => {
  try {
    if (batch.length > 1 && connections.has('MULTIAPPEND')) {
      const messages = batch.map(({ message }) => message)
      const code = await connections.run(append, [mailbox, messages], call)
      done.push(...placesOf(code, batch.length))
      return
    }
    const results = await Promise.allSettled(
      batch.map(({ message }) => connections.run(append, [mailbox, [message]], call)),
    )
    settle(results, done)
  } finally {
    for (const prepared of batch) prepared.discard()
  }
}

/** Messages on the wire together succeed or fail each for itself: what is told must be true of each. */
const settle = (results: readonly PromiseSettledResult<AppendUidCode | null>[], done: (Appended | null)[]): void => {
  const failed = results.find((each) => each.status === 'rejected')
  if (failed === undefined) {
    for (const each of results) done.push(each.status === 'fulfilled' ? (placesOf(each.value, 1)[0] ?? null) : null)
    return
  }
  const places = results.map((each) => (each.status === 'fulfilled' ? (placesOf(each.value, 1)[0] ?? null) : undefined))
  if (done.length === 0 && places.every((place) => place === undefined)) throw failed.reason as Error
  throw new PartlyAppended(failed.reason as Error, [...done, ...places])
}

export const prepare = (each: MessageToAppend, signal: AbortSignal | undefined): Prepared => {
  const { message, flags = [], date, lineEnds, utf8DataItem = false } = each
  if (!Array.isArray(flags)) throw invalid('append: flags must be a list')
  for (const flag of flags as readonly unknown[]) {
    if (typeof flag !== 'string') throw invalid('append: flags must be a list of flags')
    checkFlag(flag)
  }
  const prepared = prepareMessage(message, lineEnds, signal)
  return { ...prepared, message: { octets: prepared.octets, flags, date, utf8: utf8DataItem } }
}

/** What ends the source of a literal under way: the caller's signal, or time. */
export const endOf = ({ signal, timeout }: CallOptions): AbortSignal | undefined => {
  if (timeout === undefined || timeout > LONGEST_TIMER) return signal
  const time = AbortSignal.timeout(timeout)
  return signal === undefined ? time : AbortSignal.any([signal, time])
}

/** RFC 7889: the limit of the server, or else that of the mailbox, if a message may be beyond it. */
const checkLimit = async (
  connections: Connections,
  mailbox: string,
  size: number,
  call: CallOptions,
): Promise<void> => {
  await connections.any(call)
  if (!connections.has('APPENDLIMIT')) return
  const told = connections.values('APPENDLIMIT').map(Number).filter(Number.isSafeInteger)
  let limit: number | null | undefined = told[0]
  if (limit === undefined && size >= WORTH_ASKING)
    limit = (await connections.run(status, [mailbox, ['appendLimit']], call)).appendLimit
  if (limit === undefined || limit === null || size <= limit) return
  throw new ImapError('EINVALID', `The message has ${size} octets; the server takes ${limit} at the most (RFC 7889).`, {
    command: 'APPEND',
    responseCode: 'TOOBIG',
  })
}

/** As many places as there are messages; null for all when the server told none, or not as many (RFC 4315 §3). */
export const placesOf = (code: AppendUidCode | null, count: number): (Appended | null)[] => {
  if (code === null || countUids(code.uids) !== count) return Array.from({ length: count }, () => null)
  return Array.from(uidPairs(code.uids, code.uids), ([uid]) => ({ uidValidity: code.uidValidity, uid }))
}
