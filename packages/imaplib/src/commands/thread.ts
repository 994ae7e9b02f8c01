import { invalid } from '../errors/imap-error.ts'
import type { ThreadNode } from '../responses/thread.ts'
import { command } from './command.ts'
import { fetchRows } from './fetch-rows.ts'
import { findUids } from './find-uids.ts'
import { asThreads, type Container, type Threadable } from './ordering/thread-node.ts'
import { threadable, threadQuery } from './ordering/threadable.ts'
import { threadByReferences, threadByReferencesAlone } from './ordering/thread-by-references.ts'
import { threadBySubject } from './ordering/thread-by-subject.ts'
import type { CallOptions } from './run.ts'
import type { MailboxRunner } from './runner.ts'
import { compileSearch, type SearchProgram } from './search-criteria.ts'
import type { SearchCriteria } from './search-keys/index.ts'
import { writeSortSearch } from './sort.ts'

/**
 * How messages are put into threads.
 *
 * - `REFERENCES`: by who answers whom, and by subject where that is unknown (RFC 5256 §3)
 * - `ORDEREDSUBJECT`: by subject alone (RFC 5256 §3)
 * - `REFS`: by who answers whom alone; the thread with the latest arrival comes last
 */
export type ThreadAlgorithm = 'REFERENCES' | 'ORDEREDSUBJECT' | 'REFS'

const algorithms = new Map<ThreadAlgorithm, (messages: readonly Threadable[]) => Container[]>([
  ['REFERENCES', threadByReferences],
  ['ORDEREDSUBJECT', threadBySubject],
  ['REFS', threadByReferencesAlone],
])

/** UID THREAD (RFC 5256 §3). */
export const uidThread = command({
  name: 'UID THREAD',
  states: ['selected'],
  idempotent: true,
  needs: ([algorithm]: [algorithm: ThreadAlgorithm, program: SearchProgram]) => `THREAD=${algorithm}`,
  order: ([, program]) => (program.usesNumbers ? 'numbers' : 'free'),
  write(out, [algorithm, program], context) {
    out.atom(algorithm)
    writeSortSearch(out, program, context)
  },
  claims: { THREAD: () => true },
  result: (replies): readonly ThreadNode[] => replies.flatMap(({ threads }) => threads),
})

/**
 * The messages that match, as threads: by the server where it has the algorithm (THREAD=…), otherwise here, by the same
 * algorithm. Messages are UIDs; null stands for one that others answer and that is not among them.
 *
 * @throws ImapError `EINVALID` for an algorithm that is none, and for bad criteria
 * @example
 * for (const { message, replies } of await inbox.thread('REFERENCES', { since: '2026-01-01' })) …
 */
export const thread =
  (runner: MailboxRunner) =>
  async (
    algorithm: ThreadAlgorithm = 'REFERENCES',
    criteria: SearchCriteria = { all: true },
    options: CallOptions = {},
  ): Promise<readonly ThreadNode[]> => {
    const here = algorithms.get(algorithm)
    if (here === undefined) throw invalid(`thread: ${JSON.stringify(algorithm)} is no algorithm`)
    const program = compileSearch(criteria)
    if (runner.has(`THREAD=${algorithm}`)) return runner.run(uidThread, [algorithm, program], options)
    const found = await findUids(runner, program, options)
    if (found.isEmpty) return []
    const rows = await fetchRows(runner, found, threadQuery, options)
    return asThreads(here(rows.map(threadable)))
  }
