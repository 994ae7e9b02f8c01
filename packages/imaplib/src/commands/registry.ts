import { acl } from './acl.ts'
import { annotate } from './annotate.ts'
import { comparator } from './comparator.ts'
import { labels } from './gmail-labels.ts'
import { sieve } from './imap-sieve.ts'
import { jmap } from './jmap-access.ts'
import { language } from './language.ts'
import { metadata } from './metadata.ts'
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
  comparator,
  jmap,
  language,
  metadata,
  quota,
  sieve,
  urls,
} as const

/** One line for each extension whose methods stand on a mailbox handle: `inbox.sort(…)`. */
export const mailboxExtensions = {
  annotate,
  batches,
  labels,
  page,
  rank,
  sort,
  thread,
} as const
