/**
 * Python's `imaplib`: its names, its results, its rules, on promises.
 *
 * It follows Python 3.14.7, with `idle()` of 3.14 and `id`, `move`, `login_plain`, `uid=`, `params=` and structured message
 * sets of 3.16. It differs on purpose in these points:
 *
 * - Every command is a promise. Commands called without `await` go out in order, one at a time. `connect()` stands for
 *   Python's constructor, which here does no I/O.
 * - `typ` and names are strings, data are Buffers, `null` stands for `None`, `[Buffer, Buffer]` for a tuple.
 *   `untagged_responses` and `tagged_commands` are Maps.
 * - Certificates are verified, unless `rejectUnauthorized` is false. STARTTLS forgets what was said before it.
 * - Times are in milliseconds: `timeout`, the duration of `idle()`. (`Time2Internaldate` and `append` take seconds since
 *   1970 where they are given a number, as in Python; or a `Date`.)
 * - The sizes of lines and literals are limited, by options.
 * - Python's ValueError is a RangeError, its TypeError a TypeError, both with `code: 'EINVALID'`. NUL, CR and LF are
 *   refused in every quoting mode.
 * - A network failure before the greeting is Node's own error; later it is an `abort` with that error as its `cause`. A
 *   timeout is an ImapError with `code: 'ETIMEDOUT'`.
 * - Secrets are masked in debug output. A callback of `authenticate()` that throws cancels the exchange.
 * - `M.sock` and `M.socket()` are a transport, not a socket; `M.file` is null.
 * - `{n+}` at the end of a line is a literal, and so is `{n}` in a tagged line: a server that follows the RFCs sends
 *   neither.
 */
export type { IdFields } from './account-commands.ts'
export type { ListArgument } from './arguments.ts'
export {
  AllowedVersions,
  type Argument as IMAP4Argument,
  Commands,
  __version__,
  CRLF,
  HAVE_SSL,
  type DataItem as IMAP4DataItem,
  IMAP4_PORT,
  IMAP4_SSL_PORT,
  type Result as IMAP4Result,
  type State as IMAP4State,
  settings,
  type TextResult as IMAP4TextResult,
} from './command-table.ts'
export type { IMAP4Options } from './conversation.ts'
export { type DateTime, Internaldate2tuple, type StructTime, Time2Internaldate, type ZonedDate } from './dates.ts'
export type { IdleResponse } from './engine.ts'
export { Int2AP, ParseFlags, ParseNumbers } from './flags-and-numbers.ts'
export { Idler } from './idle.ts'
export { type AuthObject, IMAP4 } from './imap4.ts'
export { type IMAP4ErrorDetails, IMAP4Abort, IMAP4Error, IMAP4Readonly } from './imap4-errors.ts'
export { IMAP4_SSL, type IMAP4_SSL_Options } from './imap4-ssl.ts'
export { IMAP4_stream } from './imap4-stream.ts'
export type { AppendOptions as IMAP4AppendOptions } from './mailbox-commands.ts'
export type {
  Criteria as IMAP4Criteria,
  ParamsOption,
  UidArgument,
  UidArguments,
  UidOption,
} from './message-commands.ts'
export type { MessageSet, SetPart } from './message-set.ts'
export {
  Continuation,
  Flags,
  InternalDate,
  Literal,
  MapCRLF,
  Mon2num,
  Months,
  Response_code,
  Untagged_response,
  Untagged_status,
} from './patterns.ts'
export type { Quoting } from './quoting.ts'
export { type Param, substitute } from './substitute.ts'
export type { FileTlsOptions, KeyFiles } from './tls-files.ts'
