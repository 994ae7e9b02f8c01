import { ImapError } from '../errors/imap-error.ts'

/** Codes that say: the connection is gone, and the command with it. */
const gone = new Set(['ECLOSED', 'EEOF', 'EBYE'])

/** Whether a call failed because its connection was lost, and not for a reason of its own. */
export const isConnectionLost = (error: unknown): error is ImapError =>
  error instanceof ImapError && gone.has(error.code)
