import type { FetchedMessage } from '../../responses/fetched-message.ts'

/** When the message was sent, in ms since 1970: its Date field, or INTERNALDATE where no date can be made out (RFC 5256 §2.2). */
export const sentDate = (row: FetchedMessage): number =>
  row.envelope?.date?.getTime() ?? row.internalDate?.getTime() ?? 0
