import type { FetchItem } from '../fetch-item.ts'
import { readDateTime } from '../internal-date.ts'

/** SAVEDATE (RFC 8514): when the message came into this mailbox; null when the mailbox does not keep it. */
export const saveDate: FetchItem<Date | null> = {
  name: 'SAVEDATE',
  parse: (scan, context) => {
    if (scan.takeNil()) return null
    const date = readDateTime(scan, context)
    return date === null ? null : new Date(date.seconds * 1000)
  },
}
