import type { CallOptions } from '../commands/run.ts'
import type { Lease } from './lanes.ts'

/** What an operation on messages needs of its mailbox's handle. */
export interface SelectedMailbox {
  /** How many bytes may wait for a slow reader. */
  readonly maxBacklog: number
  /** Does something while the mailbox is selected; once more when a lost connection did no harm. */
  use<Result>(idempotent: boolean, options: CallOptions, task: (lease: Lease) => Promise<Result>): Promise<Result>
  /** A lane with the mailbox selected. */
  lease(options: CallOptions): Promise<Lease>
}
