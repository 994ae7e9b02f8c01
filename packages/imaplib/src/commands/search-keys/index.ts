import { annotation } from './annotation.ts'
import * as dates from './dates.ts'
import { filter } from './filter.ts'
import * as flags from './flags.ts'
import * as gmail from './gmail.ts'
import { and, fuzzy, not, or } from './groups.ts'
import * as messages from './messages.ts'
import { raw } from './raw.ts'
import type { SearchKey } from './search-key.ts'
import * as text from './text.ts'

/** One line for each key of the criteria that holds no further criteria. */
const table = {
  all: flags.all,
  answered: flags.answered,
  unanswered: flags.unanswered,
  deleted: flags.deleted,
  undeleted: flags.undeleted,
  draft: flags.draft,
  undraft: flags.undraft,
  flagged: flags.flagged,
  unflagged: flags.unflagged,
  seen: flags.seen,
  unseen: flags.unseen,
  recent: flags.recent,
  old: flags.old,
  new: flags.fresh,
  keyword: flags.keyword,
  unkeyword: flags.unkeyword,
  before: dates.before,
  on: dates.on,
  since: dates.since,
  sentBefore: dates.sentBefore,
  sentOn: dates.sentOn,
  sentSince: dates.sentSince,
  savedBefore: dates.savedBefore,
  savedOn: dates.savedOn,
  savedSince: dates.savedSince,
  saveDateSupported: flags.saveDateSupported,
  older: dates.older,
  younger: dates.younger,
  from: text.from,
  to: text.to,
  cc: text.cc,
  bcc: text.bcc,
  subject: text.subject,
  body: text.body,
  text: text.text,
  header: text.header,
  uid: messages.uid,
  seq: messages.seq,
  larger: messages.larger,
  smaller: messages.smaller,
  modSeq: messages.modSeq,
  emailId: messages.emailId,
  threadId: messages.threadId,
  annotation,
  filter,
  gmailRaw: gmail.gmailRaw,
  gmailLabels: gmail.gmailLabels,
  gmailMessageId: gmail.gmailMessageId,
  gmailThreadId: gmail.gmailThreadId,
  raw,
} as const

type Table = typeof table
type ValueOf<Key> = Key extends SearchKey<infer Value> ? Value : never
type PlainCriteria = { readonly [K in keyof Table]?: ValueOf<Table[K]> }

/**
 * Which messages to find: those for which every key of the object holds (RFC 9051 §6.4.4).
 *
 * - Days (`since`, `before`, `on`, `sentSince` …) are `'2026-01-31'` or a Date, of which the day in UTC counts. The server
 *   compares days in its own zone. `older` and `younger` are seconds (RFC 5032).
 * - Text (`from`, `subject`, `body`, `text` …) is found anywhere in the field, in any case. Empty text is refused.
 * - `unseen: false` is `seen: true`, and so with the other flags.
 * - `not` negates its whole object; `or` needs one of its entries to hold, each an object or a list of objects that must
 *   all hold; `and` is for keys that are needed twice.
 * - `raw` is for keys of extensions, as IMAP writes them.
 *
 * Nothing is ever left out silently: `undefined`, an empty object or list throw `EINVALID`.
 *
 * @example
 * { unseen: true, since: '2026-01-01', not: { from: 'noreply' }, or: [{ subject: 'invoice' }, { larger: 1_000_000 }] }
 */
export interface SearchCriteria extends PlainCriteria {
  readonly and?: readonly SearchCriteria[]
  readonly or?: readonly (SearchCriteria | readonly SearchCriteria[])[]
  readonly not?: SearchCriteria
  readonly fuzzy?: SearchCriteria
}

/** All keys by name. */
export const searchKeys: ReadonlyMap<string, SearchKey<unknown>> = new Map(
  Object.entries({ ...table, and, or, not, fuzzy }) as [string, SearchKey<unknown>][],
)
