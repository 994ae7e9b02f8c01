/** `state` of a connection. `IDLING` only inside `idle()`. */
export type State = 'NONAUTH' | 'AUTH' | 'SELECTED' | 'LOGOUT' | 'IDLING'

const inAuth: readonly State[] = ['AUTH', 'SELECTED']
const inSelected: readonly State[] = ['SELECTED']
const anywhere: readonly State[] = ['NONAUTH', 'AUTH', 'SELECTED', 'LOGOUT']

/**
 * The commands, and the states in which each may be sent. It may be changed, and `xatom()` does so: a command is refused
 * before it is sent if its name is not here, or its state is another.
 *
 * @example
 * Commands.GENURLAUTH = ['AUTH', 'SELECTED']
 */
export const Commands: Record<string, readonly State[]> = Object.assign(Object.create(null), {
  APPEND: inAuth,
  AUTHENTICATE: ['NONAUTH'],
  CAPABILITY: anywhere,
  CHECK: inSelected,
  CLOSE: inSelected,
  COMPRESS: inAuth,
  COPY: inSelected,
  CREATE: inAuth,
  DELETE: inAuth,
  DELETEACL: inAuth,
  ENABLE: ['AUTH'],
  EXAMINE: inAuth,
  EXPUNGE: inSelected,
  FETCH: inSelected,
  GETACL: inAuth,
  GETANNOTATION: inAuth,
  GETQUOTA: inAuth,
  GETQUOTAROOT: inAuth,
  ID: ['NONAUTH', 'AUTH', 'SELECTED'],
  IDLE: inAuth,
  LIST: inAuth,
  LOGIN: ['NONAUTH'],
  LOGOUT: anywhere,
  LSUB: inAuth,
  MOVE: inSelected,
  MYRIGHTS: inAuth,
  NAMESPACE: inAuth,
  NOOP: anywhere,
  // RFC 1730 only.
  PARTIAL: inSelected,
  PROXYAUTH: ['AUTH'],
  RENAME: inAuth,
  SEARCH: inSelected,
  SELECT: inAuth,
  SETACL: inAuth,
  SETANNOTATION: inAuth,
  SETQUOTA: inAuth,
  SORT: inSelected,
  STARTTLS: ['NONAUTH'],
  STATUS: inAuth,
  STORE: inSelected,
  SUBSCRIBE: inAuth,
  THREAD: inSelected,
  UID: inSelected,
  UNSELECT: inSelected,
  UNSUBSCRIBE: inAuth,
})

/** The protocol versions that are taken, best first: the order decides `PROTOCOL_VERSION`. It may be changed. */
export const AllowedVersions: string[] = ['IMAP4REV1', 'IMAP4']

export const IMAP4_PORT = 143
export const IMAP4_SSL_PORT = 993
/** Whether TLS can be had. It always can. */
export const HAVE_SSL = true
/** The version of Python's module at which it stood still. */
export const __version__ = '2.60'
export const CRLF: Buffer = Buffer.from('\r\n')

/**
 * The module variables of Python that programs set. (An imported name cannot be assigned to; the members of this can.)
 *
 * @example
 * settings.Debug = 4
 */
export const settings: { Debug: number; _MAXLINE: number } = {
  /** The `debug` that a new instance begins with: 0 to 5. */
  Debug: 0,
  /** The `maxLineLength` that a new instance begins with, in bytes, CRLF counted. */
  _MAXLINE: 1_000_000,
}

/** What a caller may hand in as an argument: bytes go out as they are, numbers in decimal. */
export type Argument = string | number | Uint8Array

/** One item of the data that a command answers with: bytes, or a literal with the bytes that led to it. */
export type DataItem = Buffer | [Buffer, Buffer]

/** `(typ, data)`. `data` is `[null]` where the server had nothing to say. */
export type Result<Item = DataItem | null> = [typ: string, data: Item[]]

/** A result that is the text of the tagged line. */
export type TextResult = Result<Buffer>
