import type { Scanner } from '../wire/scanner.ts'
import { type NamedMailbox, readMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** `* ACL INBOX Fred rwipslda -anyone x` (RFC 4314 §3.6): who may do what with a mailbox. */
export interface AclResponse extends NamedMailbox {
  readonly type: 'ACL'
  /**
   * Rights, a letter each (RFC 4314 §2.1), by identifier; one that begins with `-` names those whom the rights are
   * denied.
   */
  readonly rights: ReadonlyMap<string, string>
}

/** `* LISTRIGHTS ~/Mail/saved smith la r swicdkxte` (RFC 4314 §3.7): what rights an identifier could be given. */
export interface ListRightsResponse extends NamedMailbox {
  readonly type: 'LISTRIGHTS'
  readonly identifier: string
  /** Rights that it always has. */
  readonly required: string
  /** Rights that can be given, those of one string only together. */
  readonly optional: readonly string[]
}

/** `* MYRIGHTS INBOX rwiptsldaex` (RFC 4314 §3.8); also with LIST (RFC 8440). */
export interface MyRightsResponse extends NamedMailbox {
  readonly type: 'MYRIGHTS'
  readonly rights: string
}

export const parseAcl = (scan: Scanner, context: ParseContext): AclResponse => {
  const mailbox = readMailbox(scan, context)
  const rights = new Map<string, string>()
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) {
    const identifier = scan.astring()
    scan.space()
    rights.set(identifier, scan.astring())
  }
  return { type: 'ACL', ...mailbox, rights }
}

export const parseListRights = (scan: Scanner, context: ParseContext): ListRightsResponse => {
  const mailbox = readMailbox(scan, context)
  scan.space()
  const identifier = scan.astring()
  scan.skipSpaces()
  const required = scan.atEnd ? '' : scan.astring()
  const optional: string[] = []
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) optional.push(scan.astring())
  return { type: 'LISTRIGHTS', ...mailbox, identifier, required, optional }
}

export const parseMyRights = (scan: Scanner, context: ParseContext): MyRightsResponse => {
  const mailbox = readMailbox(scan, context)
  scan.skipSpaces()
  return { type: 'MYRIGHTS', ...mailbox, rights: scan.atEnd ? '' : scan.astring() }
}
