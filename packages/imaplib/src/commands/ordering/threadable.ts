import type { FetchedMessage } from '../../responses/fetched-message.ts'
import { HeaderFields } from '../../responses/header-fields.ts'
import type { FetchQuery } from '../fetch-items/index.ts'
import { baseSubject } from './base-subject.ts'
import { sentDate } from './sent-date.ts'
import type { Threadable } from './thread-node.ts'
import { casemapKey } from './unicode-casemap.ts'

/** What must be known of messages to thread them here. */
export const threadQuery = {
  uid: true,
  envelope: true,
  internalDate: true,
  headers: ['References'],
} satisfies FetchQuery

const referencesSection = 'BODY[HEADER.FIELDS (REFERENCES)]'

export const threadable = (row: FetchedMessage): Threadable => {
  const { envelope } = row
  const { text, isReply } = baseSubject(envelope?.subject ?? '')
  const references = messageIds(
    new HeaderFields(row.bytes(referencesSection) ?? Buffer.alloc(0)).get('References') ?? '',
  )
  return {
    uid: row.uid as number,
    sent: sentDate(row),
    arrived: row.internalDate?.getTime() ?? 0,
    subject: casemapKey(text).toString('utf8'),
    isReply,
    messageId: messageIds(envelope?.messageId ?? '')[0] ?? null,
    // RFC 5256 §3: In-Reply-To counts only where References has nothing valid, and then its first.
    references: references.length > 0 ? references : messageIds(envelope?.inReplyTo ?? '').slice(0, 1),
  }
}

/** msg-id (RFC 5322 §3.6.4), its left part quoted or not; comments and other text between them do not count. */
const messageId = /<\s*("(?:[^"\\]|\\.)*"|[^\s<>"@]+)\s*@\s*([^\s<>]+)\s*>/g

/**
 * The message IDs in a field, without brackets. `"01KF"@x` and `01KF@x` are the same (RFC 5256 §3); case counts.
 */
export const messageIds = (field: string): string[] =>
  Array.from(field.matchAll(messageId), ([, left = '', right = '']) => `${unquoted(left)}@${right}`)

const unquoted = (left: string): string => (left.startsWith('"') ? left.slice(1, -1).replaceAll(/\\(.)/g, '$1') : left)
