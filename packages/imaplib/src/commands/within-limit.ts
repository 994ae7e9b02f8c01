import type { StatusLine } from '../connection/status-line.ts'
import { CommandRefused } from '../errors/failures.ts'
import { responseCode } from '../responses/response-code.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { allUids } from './all-uids.ts'
import type { Collector, Command, Division } from './command.ts'
import type { CallOptions, Run } from './run.ts'

/** What of a session is needed here. */
interface Sender {
  run<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options?: CallOptions,
  ): Promise<Result>
  start<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options?: CallOptions,
    collector?: Collector<Result>,
  ): Run<Args, Result>
}

/**
 * What is left of a set after a command that the server has done for the messages with the highest UIDs only
 * (RFC 9738 §3.1): those below the last one done. Null when it was done for all.
 */
export const leftOver = (completion: StatusLine | null, set: SequenceSet): SequenceSet | null => {
  const code = completion === null || completion.code !== 'MESSAGELIMIT' ? null : responseCode(completion)
  if (code?.name !== 'MESSAGELIMIT' || code.lastUid === null || code.lastUid <= 1) return null
  const rest = set.intersect(SequenceSet.ofRanges([[1, code.lastUid - 1]]))
  // Without `*`, a set that the server has not made smaller would be asked for for ever.
  return rest.isEmpty || rest.equals(set) ? null : rest
}

/**
 * Runs a command, and again for the messages that the server has left over because it does only so many at a time
 * (RFC 9738). Where it refuses to begin with so many (COPY, MOVE), they are told off in groups of as many as it takes.
 */
export const withinLimit = async <Args extends readonly unknown[], Result>(
  session: Sender,
  command: Command<Args, Result>,
  division: Division<Args, Result>,
  args: Args,
  options: CallOptions,
  collector?: Collector<Result>,
): Promise<Result> => {
  const run = session.start(command, args, options, collector)
  const set = division.set(args)
  if (set === null) return run.promise
  let result: Result
  try {
    result = await run.promise
  } catch (error) {
    const groups = await smallerGroups(session, error, run.completion, set, options)
    let merged: Result | undefined
    for (const [index, group] of groups.entries()) {
      const next = await withinLimit(session, command, division, division.only(args, group), options, collector)
      merged = index === 0 ? next : division.merge(merged as Result, next)
    }
    return merged as Result
  }
  const rest = leftOver(run.completion, set)
  if (rest === null) return result
  const more = await withinLimit(session, command, division, division.only(args, rest), options, collector)
  // A collector that was given has seen all the rows already.
  return collector === undefined ? division.merge(result, more) : more
}

/** More than that no mailbox holds that limits commands to a few messages; a set can hold four thousand million. */
const MOST_TOLD_OFF = 5_000_000

/** @throws the error itself unless it is a refusal that smaller groups avoid */
const smallerGroups = async (
  session: Sender,
  error: unknown,
  completion: StatusLine | null,
  set: SequenceSet,
  options: CallOptions,
): Promise<SequenceSet[]> => {
  if (!(error instanceof CommandRefused) || completion?.code !== 'MESSAGELIMIT') throw error
  const code = responseCode(completion)
  if (code?.name !== 'MESSAGELIMIT' || code.limit < 1) throw error
  const present = await session.run(allUids, [set], options)
  if (present.size <= code.limit || present.size > MOST_TOLD_OFF) throw error
  const uids = present.toArray(MOST_TOLD_OFF)
  const groups: SequenceSet[] = []
  for (let at = 0; at < uids.length; at += code.limit)
    groups.push(SequenceSet.ofNumbers(uids.slice(at, at + code.limit)))
  return groups
}
