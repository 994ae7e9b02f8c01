import type { NotifyMailboxes } from '../commands/notify.ts'
import { sameMailbox } from '../commands/same-mailbox.ts'
import { invalid } from '../errors/imap-error.ts'
import type { NamespaceResponse } from '../responses/namespace.ts'

/**
 * Which mailboxes are watched: the user's own, those subscribed to, those into which mail is delivered, a mailbox and all
 * below it, or those named.
 */
export type WatchedMailboxes =
  | 'personal'
  | 'subscribed'
  | 'inboxes'
  | { readonly subtree: string | readonly string[] }
  | readonly string[]

/** The same in the words of NOTIFY, of LIST, and as a test of a name. */
export interface WatchScope {
  readonly notify: NotifyMailboxes
  readonly patterns: readonly string[]
  readonly subscribed: boolean
  includes(name: string): boolean
}

/** @throws ImapError `EINVALID` when no mailbox is named */
export const scopeOf = (mailboxes: WatchedMailboxes, namespaces: NamespaceResponse): WatchScope => {
  if (typeof mailboxes === 'string') return wideScope(mailboxes, namespaces)
  const delimiter = namespaces.personal?.[0]?.delimiter ?? null
  if (!isNames(mailboxes)) {
    const tops = typeof mailboxes.subtree === 'string' ? [mailboxes.subtree] : mailboxes.subtree
    check(tops)
    const below = (name: string, top: string) => delimiter !== null && name.startsWith(top + delimiter)
    return {
      notify: { subtree: tops },
      patterns: tops.flatMap((top) => (delimiter === null ? [top] : [top, `${top}${delimiter}*`])),
      subscribed: false,
      includes: (name) => tops.some((top) => sameMailbox(name, top) || below(name, top)),
    }
  }
  check(mailboxes)
  return {
    notify: { mailboxes },
    patterns: mailboxes,
    subscribed: false,
    // A name with * or % is a pattern to LIST, and may match others.
    includes: (name) => mailboxes.some((each) => sameMailbox(name, each)),
  }
}

const isNames = (mailboxes: { readonly subtree: unknown } | readonly string[]): mailboxes is readonly string[] =>
  Array.isArray(mailboxes)

const wideScope = (word: 'personal' | 'subscribed' | 'inboxes', namespaces: NamespaceResponse): WatchScope => {
  const foreign = [...(namespaces.other ?? []), ...(namespaces.shared ?? [])].map(({ prefix }) => prefix)
  return {
    notify: word,
    patterns: ['*'],
    subscribed: word === 'subscribed',
    // RFC 5465 §6.3: who does not know where mail is delivered takes all personal mailboxes for inboxes.
    includes: (name) => word === 'subscribed' || !foreign.some((prefix) => prefix !== '' && name.startsWith(prefix)),
  }
}

const check = (names: readonly string[]): void => {
  if (names.length === 0 || names.some((name) => typeof name !== 'string' || name === ''))
    throw invalid('watch: no mailbox is named')
}
