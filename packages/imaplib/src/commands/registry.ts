import { acl } from './acl.ts'
import { annotate } from './annotate.ts'
import { catenate } from './catenate.ts'
import { comparator } from './comparator.ts'
import { conversions, convert } from './convert.ts'
import { labels } from './gmail-labels.ts'
import { sieve } from './imap-sieve.ts'
import { jmap } from './jmap-access.ts'
import { language } from './language.ts'
import { metadata } from './metadata.ts'
import { searchMailboxes } from './multi-search.ts'
import { page } from './page.ts'
import { quota } from './quota.ts'
import { rank } from './ranked-search.ts'
import { sort } from './sort.ts'
import { thread } from './thread.ts'
import { batches } from './uid-batches.ts'
import { urls } from './url-auth.ts'

/** One line for each extension whose methods stand on the client: `client.acl.get(…)`. */
export const clientExtensions = {
  acl,
  catenate,
  comparator,
  conversions,
  jmap,
  language,
  metadata,
  quota,
  searchMailboxes,
  sieve,
  urls,
} as const

/** One line for each extension whose methods stand on a mailbox handle: `inbox.sort(…)`. */
export const mailboxExtensions = {
  annotate,
  batches,
  convert,
  labels,
  page,
  rank,
  sort,
  thread,
} as const
