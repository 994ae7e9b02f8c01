import type { MailboxState } from '../commands/mailbox-state.ts'
import type { CallOptions } from '../commands/run.ts'
import type { FetchQuery, Message } from '../commands/fetch-items/index.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { Flags } from '../responses/flags.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Connections } from './connections.ts'
import { type FetchOptions, fetchMessages, fetchOne } from './fetch-messages.ts'
import type { Lane, Target } from './lane.ts'
import type { Lease } from './lanes.ts'
import type { Uids } from './uids.ts'

export interface OpenOptions extends CallOptions {
  /** Open it so that nothing can be changed, not even by reading (EXAMINE). Default false. */
  readOnly?: boolean | undefined
}
