import { invalid } from '../errors/imap-error.ts'
import { responseCode } from '../responses/response-code.ts'
import type { DateTimeValue } from '../wire/date-time.ts'
import { formatImapUrl } from '../wire/imap-url.ts'
import type { Flag } from '../wire/flags.ts'
import { command } from './command.ts'
import { checkSection } from './fetch-items/sections.ts'
import type { CallOptions } from './run.ts'
import type { Runner } from './runner.ts'

/** A message at the server, or a part of one. */
export interface StoredPart {
  /** In Unicode. */
  readonly mailbox: string
  readonly uid: number
  /** With it the server refuses if the UID would mean another message. */
  readonly uidValidity?: number | undefined
  /** As in BODY[…]: `HEADER`, `TEXT`, `1.2`, `2.MIME`. Default: all of the message. */
  readonly section?: string | undefined
}

/** A piece of a message to be put together: text or bytes, what is at the server already, or an IMAP URL. */
export type Piece = { readonly text: string | Uint8Array } | { readonly part: StoredPart } | { readonly url: string }

export interface CatenateOptions extends CallOptions {
  readonly flags?: readonly Flag[] | undefined
  readonly date?: Date | DateTimeValue | string | undefined
}

/** Where the new message is. */
export interface Catenated {
  readonly uidValidity: number
  readonly uid: number
}

const ORIGIN = 'imap://localhost'

/** An URL relative to the session (RFC 4469 §3, RFC 5092 §7.1). */
const urlOf = (piece: Exclude<Piece, { text: unknown }>): string => {
  if ('url' in piece) {
    if (typeof piece.url !== 'string' || !/^[\x21-\x7e]+$/.test(piece.url)) throw invalid('catenate: this is no URL')
    return piece.url
  }
  const { mailbox, uid, uidValidity, section } = piece.part
  const place = { mailbox, uid, uidValidity, section: section === undefined ? undefined : checkSection(section) }
  return formatImapUrl({ host: 'localhost', ...place }).slice(ORIGIN.length)
}

/** APPEND CATENATE (RFC 4469): a message put together at the server. */
export const appendCatenate = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  needs: 'CATENATE',
  write(
    out,
    [mailbox, pieces, { flags = [], date }]: [mailbox: string, pieces: readonly Piece[], options: CatenateOptions],
  ) {
    if (pieces.length === 0) throw invalid('catenate: there are no pieces')
    out.mailbox(mailbox)
    if (flags.length > 0) out.flags(flags)
    if (date !== undefined) out.dateTime(date)
    out.atom('CATENATE').open()
    for (const piece of pieces) {
      // The text is sent as it is: pieces are joined by the server without anything in between (RFC 4469 §3).
      if ('text' in piece) out.atom('TEXT').literal(bytesOf(piece.text))
      else out.atom('URL').astring(urlOf(piece))
    }
    out.glue().close()
  },
  result(_replies, { completion }): Catenated | null {
    const code = responseCode(completion)
    const uid = code?.name === 'APPENDUID' ? code.uids[0]?.first : undefined
    return code?.name === 'APPENDUID' && uid !== undefined ? { uidValidity: code.uidValidity, uid } : null
  },
})

const bytesOf = (text: string | Uint8Array): Uint8Array => {
  if (typeof text !== 'string') return text
  if (!text.isWellFormed()) throw invalid('catenate: the text holds half of a surrogate pair')
  return Buffer.from(text, 'utf8')
}

/**
 * Puts a message together at the server, out of text and of parts that are there already, so that these need not be
 * fetched and sent again (RFC 4469). Text must have CRLF line ends and is joined to the parts as it is.
 *
 * @throws MissingCapability; CommandRefused with the code `BADURL` when a part is not there, `TOOBIG`
 * @example
 * await client.catenate('Drafts', [
 *   { part: { mailbox: 'Drafts', uid: 20, section: 'HEADER' } },
 *   { text: '\r\n--mark\r\n' },
 *   { part: { mailbox: 'Drafts', uid: 20, section: '1.MIME' } },
 *   { part: { mailbox: 'Drafts', uid: 20, section: '1' } },
 * ])
 */
export const catenate =
  (runner: Runner) =>
  (mailbox: string, pieces: readonly Piece[], options: CatenateOptions = {}): Promise<Catenated | null> =>
    runner.run(appendCatenate, [mailbox, pieces, options], options)
