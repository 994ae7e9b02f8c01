import { ImapError } from '../errors/imap-error.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Lease } from './lanes.ts'

/** What an operation on messages needs of its mailbox's handle. */
export interface SelectedMailbox {
  readonly name: string
  /** It was opened so that nothing can be changed. */
  readonly readOnly: boolean
  /** How many bytes may wait for a slow reader. */
  readonly maxBacklog: number
  /** Does something while the mailbox is selected; once more when a lost connection did no harm. */
  use<Result>(
    idempotent: boolean,
    options: CallOptions,
    task: (lease: Lease, left: () => CallOptions) => Promise<Result>,
  ): Promise<Result>
  /** Does something that ends with the client: the controller fires then. */
  underWay<Result>(task: (controller: AbortController) => Promise<Result>): Promise<Result>
  /** A lane with the mailbox selected. */
  lease(options: CallOptions): Promise<Lease>
}

/** Some servers say OK to a change of what was opened by EXAMINE, and change nothing (Dovecot). */
export const checkWritable = ({ name, readOnly }: SelectedMailbox, command: string): void => {
  if (!readOnly) return
  throw new ImapError('ESTATE', `${name} was opened read-only, so nothing in it can be changed.`, { command })
}
