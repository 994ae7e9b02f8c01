import { invalid } from '../errors/imap-error.ts'

/** What a right of RFC 4314 §2.1 lets somebody do, and its letter. */
const letters = {
  /** See the mailbox in LIST, subscribe to it. */
  lookup: 'l',
  /** Select it, read its messages. */
  read: 'r',
  /** Keep `\Seen` between sessions. */
  keepSeen: 's',
  /** Change flags other than `\Seen` and `\Deleted`. */
  write: 'w',
  /** Append and copy into it. */
  insert: 'i',
  /** Send mail to its address. */
  post: 'p',
  /** Make mailboxes below it. */
  createMailboxes: 'k',
  /** Delete or rename the mailbox. */
  deleteMailbox: 'x',
  /** Change `\Deleted`. */
  deleteMessages: 't',
  expunge: 'e',
  /** Change the access control list. */
  administer: 'a',
  /** Change shared annotations of messages (RFC 5257 §4.6). */
  annotate: 'n',
} as const

export type Right = keyof typeof letters

/**
 * RFC 4314 §2.1.1: servers of RFC 2086 say `c` and `d` for what are several rights since; `d` may or may not have held
 * `x`, and which of them did, a client cannot know.
 */
const older: Readonly<Partial<Record<Right, string>>> = {
  createMailboxes: 'c',
  deleteMailbox: 'c',
  deleteMessages: 'd',
  expunge: 'd',
}

/**
 * Whether `rights`, as the server tells them, hold a right.
 *
 * @example
 * allows(await client.acl.mine('INBOX'), 'expunge')
 */
export const allows = (rights: string, right: Right): boolean => {
  if (!Object.hasOwn(letters, right)) throw invalid(`${JSON.stringify(right)} is no right`)
  if (rights.includes(letters[right])) return true
  // Whoever sends any of the new letters means what RFC 4314 says; c and d are then only there for older clients.
  if (/[kxte]/.test(rights)) return false
  const letter = older[right]
  return letter !== undefined && rights.includes(letter)
}

/**
 * Checks rights that are to be sent.
 * @throws ImapError `EINVALID`: RFC 4314 §2 has lower-case letters and digits only
 */
export const checkRights = (rights: string): string => {
  if (!/^[a-z0-9]*$/.test(rights)) throw invalid(`${JSON.stringify(rights)} are no rights (RFC 4314 §2)`)
  return rights
}
