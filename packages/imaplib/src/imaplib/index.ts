/** Python's `imaplib`: its names, on promises. */
export type { IdFields } from './account-commands.ts'
export type { ListArgument } from './arguments.ts'
export {
  AllowedVersions,
  type Argument as IMAP4Argument,
  Commands,
  CRLF,
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
export type { AppendOptions } from './mailbox-commands.ts'
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
