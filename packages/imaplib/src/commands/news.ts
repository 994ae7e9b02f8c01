import type { Response } from '../responses/registry.ts'
import type { ResponseCode } from '../responses/response-code.ts'
import type { MailboxState } from './mailbox-state.ts'
import type { SessionState } from './command.ts'
import type { SessionListener } from './session-listener.ts'

type ResponseOf<T extends Response['type']> = Extract<Response, { type: T }>
/** What of a session is changed, or needed to know what counts. */
export interface Told {
  readonly mailbox: MailboxState | null
  readonly state: SessionState
  readonly connection: { readonly secure: boolean }
}

type Apply<T extends Response['type']> = (
  session: Told,
  response: ResponseOf<T>,
  listeners: Iterable<SessionListener>,
) => void

/**
 * What the responses change that mean something whether or not a command asked for them (RFC 9051 §5.2): a server may
 * send them at any time. A response about a mailbox counts only while one is selected (§11.3).
 */
const changes: { readonly [T in Response['type']]?: Apply<T> } = {
  EXISTS: (session, { count }, listeners) => {
    const { mailbox } = session
    if (mailbox === null) return
    const previous = mailbox.exists
    mailbox.exists = count
    for (const listener of listeners) listener.exists?.(mailbox, count, previous)
  },
  RECENT: ({ mailbox }, { count }) => {
    if (mailbox !== null) mailbox.recent = count
  },
  EXPUNGE: ({ mailbox }, { seq }, listeners) => {
    // Some gateways expunge numbers beyond the last: then nothing that we know of is gone.
    if (mailbox === null || seq < 1 || seq > mailbox.exists) return
    mailbox.exists -= 1
    for (const listener of listeners) listener.expunged?.(mailbox, seq)
  },
  VANISHED: ({ mailbox }, { uids, earlier }, listeners) => {
    if (mailbox === null) return
    // RFC 7162 §3.2.10.2: only messages that were there until now make the mailbox smaller.
    if (!earlier) mailbox.exists = Math.max(0, mailbox.exists - uids.size)
    for (const listener of listeners) listener.vanished?.(mailbox, uids, earlier)
  },
  FETCH: ({ mailbox }, row, listeners) => {
    if (mailbox === null) return
    for (const listener of listeners) listener.fetched?.(mailbox, row)
  },
  FLAGS: ({ mailbox }, { flags }, listeners) => {
    if (mailbox === null) return
    mailbox.flags = flags.names
    for (const listener of listeners) listener.changed?.(mailbox)
  },
  STATUS: (_session, status, listeners) => {
    for (const listener of listeners) listener.status?.(status)
  },
  OK: (session, { code, text }, listeners) => applyCode(session, code, text, listeners),
  NO: (session, { code, text }, listeners) => applyCode(session, code, text, listeners),
  BAD: (session, { code, text }, listeners) => applyCode(session, code, text, listeners),
}

/** Applies an untagged response; one that a command has claimed tells nothing new of the mailbox, except its size. */
export const applyNews = (
  session: Told,
  response: Response,
  claimed: boolean,
  listeners: Iterable<SessionListener>,
): void => {
  if (!claimed) {
    // The table's type ties each function to its response; the compiler cannot follow that through the lookup.
    const apply = Object.hasOwn(changes, response.type)
      ? (changes[response.type] as Apply<Response['type']> | undefined)
      : undefined
    apply?.(session, response as never, listeners)
    for (const listener of listeners) listener.unclaimed?.(response)
  }
}

const applyCode = (
  session: Told,
  code: ResponseCode | null,
  text: string,
  listeners: Iterable<SessionListener>,
): void => {
  if (code === null) return
  if (code.name === 'ALERT') {
    // In the clear and before login anybody on the way could put words into the server's mouth (RFC 9051 §11.3).
    if (session.connection.secure || session.state !== 'not authenticated')
      for (const listener of listeners) listener.alert?.(text)
    return
  }
  const { mailbox } = session
  if (mailbox === null || !applyMailboxCode(mailbox, code)) return
  for (const listener of listeners) listener.changed?.(mailbox)
}

/** Takes over what a response code says of the selected mailbox (RFC 9051 §7.1). False when it says nothing of it. */
export const applyMailboxCode = (mailbox: MailboxState, code: ResponseCode): boolean => {
  switch (code.name) {
    case 'UIDVALIDITY':
      mailbox.uidValidity = code.value
      return true
    case 'UIDNEXT':
      mailbox.uidNext = code.value
      return true
    case 'UNSEEN':
      mailbox.unseen = code.value
      return true
    case 'PERMANENTFLAGS':
      mailbox.permanentFlags = code.flags.names
      return true
    case 'HIGHESTMODSEQ':
      mailbox.highestModSeq = code.value
      return true
    case 'NOMODSEQ':
      mailbox.noModSeq = true
      return true
    case 'MAILBOXID':
      mailbox.mailboxId = code.id
      return true
    case 'UIDNOTSTICKY':
      mailbox.uidNotSticky = true
      return true
    case 'READ-ONLY':
      mailbox.readOnly = true
      return true
    case 'READ-WRITE':
      mailbox.readOnly = false
      return true
    default:
      return false
  }
}
