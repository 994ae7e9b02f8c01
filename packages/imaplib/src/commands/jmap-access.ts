import { command, only } from './command.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'

/** GETJMAPACCESS: where the same mail is to be had by JMAP (RFC 9698 §4). */
export const getJmapAccess = command({
  name: 'GETJMAPACCESS',
  // RFC 9698 §2: what it answers is for those who have logged in.
  states: ['authenticated', 'selected'],
  needs: 'JMAPACCESS',
  idempotent: true,
  write: (_out, _args: []) => undefined,
  claims: { JMAPACCESS: () => true },
  result: (replies): string => only(replies, 'GETJMAPACCESS').url,
})

/**
 * JMAPACCESS (RFC 9698): the messages are also to be had by JMAP, with the same ids, rights and credentials.
 *
 * @example
 * const session = await client.jmap.sessionUrl()
 */
export const jmap = ((runner: Runner) => ({
  /** The URL of JMAP's session resource (RFC 8620 §2). The server's word: look at it before a password is sent there. */
  sessionUrl: (options?: CallOptions) => runner.run(getJmapAccess, [], options),
})) satisfies Extension<Runner, unknown>
