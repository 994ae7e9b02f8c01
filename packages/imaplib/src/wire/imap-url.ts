import { invalid } from '../errors/imap-error.ts'

/** What an `imap://` URL says (RFC 5092). What it does not say is undefined. */
export interface ImapUrl {
  /** Without it the URL says nothing of who logs in. */
  readonly user?: string | undefined
  /** The SASL mechanism to be used; `*` any but anonymous. */
  readonly auth?: string | undefined
  readonly host: string
  /** Default 143. */
  readonly port?: number | undefined
  /** In Unicode. */
  readonly mailbox?: string | undefined
  readonly uidValidity?: number | undefined
  readonly uid?: number | undefined
  /** As in BODY[…]: `1.2`, `HEADER`. */
  readonly section?: string | undefined
  /** Octets of the part: from where, and how many if not all (RFC 5092 §6.1.2, RFC 5550 §3.1 URL-PARTIAL). */
  readonly partial?: { readonly offset: number; readonly length?: number | undefined } | undefined
  /** Until when an authorised URL is good: a date and time of RFC 3339. */
  readonly expire?: string | undefined
  /** To whom it is good (RFC 4467 §3): `submit+fred`, `user+fred`, `authuser`, `anonymous`. */
  readonly access?: string | undefined
  /** The mechanism and the token that make it good, `internal:9135…`. Whoever has them can read the part. */
  readonly token?: string | undefined
}

/** RFC 5092 §11, achar: what may stand unescaped in a user's name. */
const USER = /[^A-Za-z0-9\-._~!$'()*+,&=]/gu
/** bchar: the same with `:`, `@` and `/`, in mailboxes and sections. */
const PATH = /[^A-Za-z0-9\-._~!$'()*+,&=:@/]/gu

const escaped = (text: string, unsafe: RegExp): string => {
  if (!text.isWellFormed()) throw invalid('The text holds half of a surrogate pair')
  return text.replaceAll(unsafe, (character) =>
    Array.from(Buffer.from(character, 'utf8'), (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  )
}

/**
 * Writes an URL (RFC 5092 §11). Names are escaped.
 *
 * @throws ImapError `EINVALID` when the pieces do not go together
 * @example
 * formatImapUrl({ user: 'joe', host: 'example.com', mailbox: 'INBOX', uid: 20, section: '1.2' })
 * // imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2
 */
export const formatImapUrl = (url: ImapUrl): string => {
  const { user, auth, host, port, mailbox, uidValidity, uid, section, partial, expire, access, token } = url
  if (!/^(?:[A-Za-z0-9.\-_]+|\[[0-9A-Fa-f:.]+\])$/.test(host)) throw invalid(`${JSON.stringify(host)} is not a host`)
  if (uid === undefined && (section ?? partial ?? access) !== undefined)
    throw invalid('An URL of a part names the message by UID (RFC 5092 §11)')
  if (mailbox === undefined && uid !== undefined) throw invalid('An URL of a message names its mailbox')
  if (access !== undefined && !/^(?:(?:submit|user)\+[^;:/]+|authuser|anonymous)$/i.test(access))
    throw invalid(`${JSON.stringify(access)} is nobody to give access to (RFC 4467 §3)`)
  const who = user === undefined && auth === undefined ? '' : `${userOf(user)}${authOf(auth)}@`
  let text = `imap://${who}${host}${port === undefined ? '' : `:${port}`}/`
  if (mailbox !== undefined) text += escaped(mailbox, PATH)
  if (uidValidity !== undefined) text += `;UIDVALIDITY=${uidValidity}`
  if (uid !== undefined) text += `/;UID=${uid}`
  if (section !== undefined) text += `/;SECTION=${escaped(section, PATH)}`
  if (partial !== undefined)
    text += `/;PARTIAL=${partial.offset}${partial.length === undefined ? '' : `.${partial.length}`}`
  if (access !== undefined) {
    if (expire !== undefined) text += `;EXPIRE=${expire}`
    text += `;URLAUTH=${access}${token === undefined ? '' : `:${token}`}`
  }
  return text
}

const userOf = (user: string | undefined): string => (user === undefined ? '' : escaped(user, USER))
const authOf = (auth: string | undefined): string =>
  auth === undefined ? '' : `;AUTH=${auth === '*' ? auth : escaped(auth, USER)}`

const WHOLE = /^imap:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/@;]+)(?::(\d+))?(?:\/(.*))?$/is

/**
 * Reads an URL (RFC 5092 §11). Null when it is no `imap://` URL, or not a whole one. The names in it are a stranger's:
 * neither the host nor the access are to be trusted.
 */
export const parseImapUrl = (text: string): ImapUrl | null => {
  const found = WHOLE.exec(text)
  if (found === null) return null
  const [, who, host = '', port, path = ''] = found
  try {
    return { ...whoOf(who), host, ...(port === undefined ? {} : { port: Number(port) }), ...placeOf(path) }
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

const whoOf = (who: string | undefined): Pick<ImapUrl, 'user' | 'auth'> => {
  if (who === undefined) return {}
  const [, user = '', auth] = /^(.*?)(?:;AUTH=(.*))?$/is.exec(who) ?? []
  return {
    ...(user === '' ? {} : { user: decodeURIComponent(user) }),
    ...(auth === undefined ? {} : { auth: decodeURIComponent(auth) }),
  }
}

/** What stands behind the host; parameters in any case, each at most once, in the order of the grammar. */
const PLACE = new RegExp(
  [
    /^([^;]*?)/,
    /(?:;UIDVALIDITY=(\d+))?/,
    /(?:\/;UID=(\d+))?/,
    /(?:\/;SECTION=([^;]*?))?/,
    /(?:\/;PARTIAL=(\d+)(?:\.(\d+))?)?/,
    /(?:;EXPIRE=([^;]+))?/,
    /(?:;URLAUTH=([^:;]+)(?::(.+))?)?\/?$/,
  ]
    .map((piece) => piece.source)
    .join(''),
  'is',
)

const placeOf = (path: string): Partial<ImapUrl> => {
  const found = PLACE.exec(path)
  if (found === null) throw new URIError('no place')
  const [, mailbox = '', uidValidity, uid, section, offset, length, expire, access, token] = found
  return {
    ...(mailbox === '' ? {} : { mailbox: decodeURIComponent(mailbox) }),
    ...(uidValidity === undefined ? {} : { uidValidity: Number(uidValidity) }),
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(section === undefined ? {} : { section: decodeURIComponent(section) }),
    ...(offset === undefined
      ? {}
      : { partial: { offset: Number(offset), ...(length === undefined ? {} : { length: Number(length) }) } }),
    ...(expire === undefined ? {} : { expire }),
    ...(access === undefined ? {} : { access: decodeURIComponent(access) }),
    ...(token === undefined ? {} : { token }),
  }
}
