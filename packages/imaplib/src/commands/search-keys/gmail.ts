import { invalid } from '../../errors/imap-error.ts'
import { encodeMailboxName } from '../../wire/mailbox-name.ts'
import type { SearchKey } from './search-key.ts'
import { searchText } from './text.ts'

const needs = 'X-GM-EXT-1'

/** X-GM-RAW: a search as it is typed into Gmail: `has:attachment in:unread`. */
export const gmailRaw: SearchKey<string> = {
  needs,
  clauses: (value, { path }) => [['X-GM-RAW', searchText(value, path)]],
}

/** X-GM-LABELS: one label, or several that must all be there. */
export const gmailLabels: SearchKey<string | readonly string[]> = {
  needs,
  clauses(value, { path }) {
    const labels = typeof value === 'string' ? [value] : value
    if (!Array.isArray(labels) || labels.length === 0) throw invalid(`${path} must be a label, or several`)
    // Named as mailboxes are, in modified UTF-7.
    return labels.map((label: unknown) => ['X-GM-LABELS', { text: encodeMailboxName(searchText(label, path).text) }])
  },
}

const idKey = (word: string): SearchKey<bigint> => ({
  needs,
  clauses(value, { path }) {
    if (typeof value !== 'bigint' || value < 0n || value >= 2n ** 64n)
      throw invalid(`${path} must be a bigint of 64 bits`)
    return [[word, String(value)]]
  },
})

export const gmailMessageId = idKey('X-GM-MSGID')
export const gmailThreadId = idKey('X-GM-THRID')
