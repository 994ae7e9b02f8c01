import { MissingCapability } from '../errors/failures.ts'
import { invalid } from '../errors/imap-error.ts'
import { getMetadata, setMetadata } from './metadata.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'

/** The annotation that names the Sieve script of a mailbox, or of the server (RFC 6785 §2.3). */
const ENTRY = '/shared/imapsieve/script'

const check = (runner: Runner): void => {
  if (!runner.has('IMAPSIEVE')) throw new MissingCapability(['IMAPSIEVE'], 'A Sieve script of a mailbox')
}

/**
 * Sieve scripts that run when messages of a mailbox change (RFC 6785). They are put on the server by ManageSieve; here
 * they are tied to mailboxes, by annotations (RFC 5464).
 *
 * @example
 * await client.sieve.setScript('Lists', 'sort-lists')
 */
export const sieve = ((runner: Runner) => ({
  /** Where the scripts are managed (RFC 5804), `sieve://mail.example`; undefined when the server says nothing. */
  url: (): string | undefined => runner.values('IMAPSIEVE')[0]?.toLowerCase(),
  /** The name of the script of a mailbox; `''`: of all that have none of their own. Null: there is none. */
  async script(mailbox: string, options?: CallOptions): Promise<string | null> {
    check(runner)
    const { entries } = await runner.run(getMetadata, [mailbox, [ENTRY], {}], options)
    return entries.get(ENTRY)?.toString() ?? null
  },
  /** Ties a script to a mailbox; null unties it. */
  async setScript(mailbox: string, script: string | null, options?: CallOptions): Promise<void> {
    check(runner)
    if (script === '') throw invalid('A script has a name')
    await runner.run(setMetadata, [mailbox, { [ENTRY]: script }], options)
  },
})) satisfies Extension<Runner, unknown>
