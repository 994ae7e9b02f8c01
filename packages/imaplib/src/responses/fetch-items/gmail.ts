import type { FetchItem } from '../fetch-item.ts'

/** X-GM-MSGID (Gmail's extension X-GM-EXT-1): the message, in whatever mailbox. */
export const gmailMessageId: FetchItem<bigint> = { name: 'X-GM-MSGID', parse: (scan) => scan.bigint() }

/** X-GM-THRID: its conversation. */
export const gmailThreadId: FetchItem<bigint> = { name: 'X-GM-THRID', parse: (scan) => scan.bigint() }

/** X-GM-LABELS: `\Inbox`, `\Sent` and the user's own, as sent (modified UTF-7). */
export const gmailLabels: FetchItem<readonly string[]> = {
  name: 'X-GM-LABELS',
  parse: (scan, context) => {
    const labels: string[] = []
    if (!scan.openList()) {
      if (!scan.takeNil()) scan.fail('a list of labels')
      return labels
    }
    while (!scan.closeList()) {
      if (scan.takeNil()) context.repaired('label-nil')
      else labels.push(scan.astring())
    }
    return labels
  },
}
