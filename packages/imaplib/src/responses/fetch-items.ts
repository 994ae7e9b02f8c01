import type { FetchItem } from './fetch-item.ts'
import type { FetchItemParser } from './fetch-item-parser.ts'
import { annotation } from './fetch-items/annotation.ts'
import { bodySection, binarySection, binarySize, wholeMessage } from './fetch-items/sections.ts'
import { gmailLabels, gmailMessageId, gmailThreadId } from './fetch-items/gmail.ts'
import { envelope, bodyStructure } from './fetch-items/structure.ts'
import { flags, internalDate, modseq, size, uid } from './fetch-items/attributes.ts'
import { emailId, threadId } from './fetch-items/object-id.ts'
import { preview, snippet } from './fetch-items/preview.ts'
import { saveDate } from './fetch-items/save-date.ts'

/** The items of the base protocol, which have a place of their own in a row (RFC 9051 §7.5.2, RFC 7162 §3.1.4). */
const core: readonly (readonly [string, FetchItemParser])[] = [
  ['UID', uid],
  ['FLAGS', flags],
  ['INTERNALDATE', internalDate],
  ['RFC822.SIZE', size],
  ['MODSEQ', modseq],
  ['ENVELOPE', envelope],
  ['BODYSTRUCTURE', bodyStructure],
  ['BODY', bodySection],
  ['BINARY', binarySection],
  ['BINARY.SIZE', binarySize],
  ['RFC822', wholeMessage('RFC822')],
  ['RFC822.HEADER', wholeMessage('RFC822.HEADER')],
  ['RFC822.TEXT', wholeMessage('RFC822.TEXT')],
]

/** One line for each item that an extension brings. */
const extensions: readonly FetchItem<unknown>[] = [
  annotation,
  emailId,
  gmailLabels,
  gmailMessageId,
  gmailThreadId,
  preview,
  saveDate,
  snippet,
  threadId,
]

const stored =
  (item: FetchItem<unknown>): FetchItemParser =>
  (scan, row, context) =>
    row.addExtra(item.name, item.parse(scan, context))

export const fetchItems: ReadonlyMap<string, FetchItemParser> = new Map([
  ...core,
  ...extensions.map((item) => [item.name, stored(item)] as const),
])
