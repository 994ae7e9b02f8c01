import * as response from '../../responses/fetch-items/gmail.ts'
import { decodeMailboxName } from '../../wire/mailbox-name.ts'
import { extensionItem, type RequestItem } from './request-item.ts'

const needs = 'X-GM-EXT-1'

/** X-GM-MSGID: the message, in whatever mailbox. */
export const gmailMessageId: RequestItem<true, bigint> = extensionItem(response.gmailMessageId, { needs })

/** X-GM-THRID: its conversation. */
export const gmailThreadId: RequestItem<true, bigint> = extensionItem(response.gmailThreadId, { needs })

/** X-GM-LABELS: `\Inbox`, `\Sent`, `\Starred` … and the user's own, in Unicode. */
export const gmailLabels: RequestItem<true, readonly string[]> = {
  needs,
  write: (out) => void out.atom('X-GM-LABELS'),
  present: (row) => row.get(response.gmailLabels) !== undefined,
  // Labels are named as mailboxes are (Gmail's documentation: "UTF-7 encoding as in mailbox names").
  read: (row) => (row.get(response.gmailLabels) ?? []).map((label) => decodeMailboxName(label).name),
}
