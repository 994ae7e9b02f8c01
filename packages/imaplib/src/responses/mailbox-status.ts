import { decodeRaw } from '../wire/raw-text.ts'
import type { RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type NamedMailbox, namedMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** `* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)` (RFC 9051 §7.3.4). What was not sent is undefined. */
export class MailboxStatusResponse implements NamedMailbox {
  readonly type = 'STATUS'
  readonly mailbox: string
  readonly rawMailbox: RawText
  messages: number | undefined = undefined
  /** IMAP4rev1 only. */
  recent: number | undefined = undefined
  unseen: number | undefined = undefined
  uidNext: number | undefined = undefined
  uidValidity: number | undefined = undefined
  /** How many messages have `\Deleted`. */
  deleted: number | undefined = undefined
  /** Octets of all messages (RFC 8438). */
  size: number | undefined = undefined
  /** Octets that expunging would free (RFC 9208 §4.1.4). */
  deletedStorage: number | undefined = undefined
  /** RFC 7162 §3.1.7; 0 when the mailbox keeps no mod-sequences. */
  highestModSeq: bigint | undefined = undefined
  /** RFC 8474 §4.3 */
  mailboxId: string | undefined = undefined
  /** Most octets of a message to append (RFC 7889 §4); null when there is no limit of this mailbox's own. */
  appendLimit: number | null | undefined = undefined
  /** Items that are not known here, by upper-case name, as text. */
  others: Map<string, string> | undefined = undefined

  constructor({ mailbox, rawMailbox }: NamedMailbox) {
    this.mailbox = mailbox
    this.rawMailbox = rawMailbox
  }
}

type ItemReader = (scan: Scanner, status: MailboxStatusResponse, context: ParseContext) => void

type CountField = 'messages' | 'recent' | 'unseen' | 'uidNext' | 'uidValidity' | 'deleted' | 'size' | 'deletedStorage'

/** A number that makes no sense counts as not sent. */
const count =
  (field: CountField): ItemReader =>
  (scan, status) => {
    status[field] = scan.looseNumber() ?? undefined
  }

const highestModSeq: ItemReader = (scan, status, context) => {
  if (scan.peek() >= ZERO && scan.peek() <= NINE) {
    status.highestModSeq = scan.bigint()
    return
  }
  scan.skipValue()
  context.repaired('number-negative')
}

const mailboxId: ItemReader = (scan, status, context) => {
  if (!scan.openList()) {
    status.mailboxId = scan.astring()
    return
  }
  const { text, pos, end } = scan
  let close = text.indexOf(')', pos)
  // One that another item, or the end of the list, follows: a parenthesis may be among the wrong octets.
  while (isWithin(close + 1, end) && text.charCodeAt(close + 1) !== SPACE && text.charCodeAt(close + 1) !== CLOSE)
    close = text.indexOf(')', close + 1)
  if (!isWithin(close, end)) return scan.fail('")"')
  const id = text.slice(pos, close)
  if (isPlain(id)) status.mailboxId = id
  else context.repaired('mailbox-id-octets')
  scan.pos = close + 1
}

const isWithin = (at: number, end: number): boolean => at > 0 && at < end

/** More than RFC 8474 §7 lets an id have, but nothing that no text would have. */
const isPlain = (id: string): boolean => {
  for (let at = 0; at < id.length; at += 1) if (id.charCodeAt(at) <= SPACE || id.charCodeAt(at) > 0x7e) return false
  return id !== ''
}

const items: ReadonlyMap<string, ItemReader> = new Map([
  ['MESSAGES', count('messages')],
  ['RECENT', count('recent')],
  ['UNSEEN', count('unseen')],
  ['UIDNEXT', count('uidNext')],
  ['UIDVALIDITY', count('uidValidity')],
  ['DELETED', count('deleted')],
  ['SIZE', count('size')],
  ['DELETED-STORAGE', count('deletedStorage')],
  ['HIGHESTMODSEQ', highestModSeq],
  ['MAILBOXID', mailboxId],
  ['APPENDLIMIT', (scan, status) => void (status.appendLimit = scan.looseNumber())],
])

export const parseMailboxStatus = (scan: Scanner, context: ParseContext): MailboxStatusResponse => {
  const status = new MailboxStatusResponse(readName(scan, context))
  if (!scan.openList()) return scan.fail('a list of items')
  while (!scan.closeList()) readItem(scan, status, context)
  return status
}

const readItem = (scan: Scanner, status: MailboxStatusResponse, context: ParseContext): void => {
  const name = scan.upperAtom()
  scan.skipSpaces()
  const read = items.get(name)
  if (read !== undefined) return read(scan, status, context)
  const from = scan.pos
  scan.skipValue()
  status.others ??= new Map()
  status.others.set(name, decodeRaw(scan.rawCopy(from, scan.pos)))
}

/** The name; one with spaces that is not quoted reaches up to the last list. */
const readName = (scan: Scanner, context: ParseContext): NamedMailbox => {
  const start = scan.pos
  const raw = scan.rawAstring()
  scan.skipSpaces()
  if (scan.peek() === OPEN) return namedMailbox(raw, context)
  const open = scan.text.lastIndexOf(' (', scan.end)
  if (open <= start) return scan.fail('a list of items')
  context.repaired('name-unquoted')
  scan.pos = open + 1
  return namedMailbox(scan.text.slice(start, open).trimEnd(), context)
}

const SPACE = 0x20
const OPEN = 0x28
const CLOSE = 0x29
const ZERO = 0x30
const NINE = 0x39
