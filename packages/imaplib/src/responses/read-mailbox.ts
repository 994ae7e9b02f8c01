import { isUtf8 } from 'node:buffer'
import { decodeMailboxName } from '../wire/mailbox-name.ts'
import { isAsciiText, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/** A mailbox as a response names it. */
export interface NamedMailbox {
  /** In Unicode. `INBOX` in upper case, whatever the server writes (RFC 9051 §5.1). */
  readonly mailbox: string
  /** The octets that the server sent, each a character: for names that cannot be decoded, and to send them back unchanged. */
  readonly rawMailbox: RawText
}

/** A mailbox name: an atom, quoted string or literal. */
export const readMailbox = (scan: Scanner, context: ParseContext): NamedMailbox =>
  namedMailbox(scan.rawAstring(), context)

/** @param raw the name's octets, without quotes */
export const namedMailbox = (raw: RawText, context: ParseContext): NamedMailbox => ({
  mailbox: isInbox(raw) ? 'INBOX' : decodeName(raw, context),
  rawMailbox: raw,
})

/** Modified UTF-7, or UTF-8 where it is enabled: `&` stands for itself then (RFC 9051 §5.1). */
export const decodeName = (raw: RawText, context: ParseContext): string => {
  if (!context.utf8) return decodeMailboxName(raw).name
  if (isAsciiText(raw)) return raw
  const octets = Buffer.from(raw, 'latin1')
  return isUtf8(octets) ? octets.toString('utf8') : raw
}

const isInbox = (raw: RawText): boolean => raw.length === 5 && raw.toUpperCase() === 'INBOX'
