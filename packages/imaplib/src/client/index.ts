/** The typed client. */
export type {
  CommandDefinition,
  Command,
  CommandContext,
  SessionState,
  ResponseOf,
  ResponseType,
} from '../commands/command.ts'
export { command } from '../commands/command.ts'
export type { CreateOptions } from '../commands/create.ts'
export type { AccessRights, GrantableRights } from '../commands/acl.ts'
export type { LanguageChoice } from '../commands/language.ts'
export type { Metadata, MetadataChanges, MetadataOptions } from '../commands/metadata.ts'
export { notifyNone, notifySet, type NotifyEvent, type NotifyGroup, type NotifyMailboxes } from '../commands/notify.ts'
export type { Quota, QuotaLimits, QuotaResource } from '../commands/quota.ts'
export { allows, type Right } from '../commands/rights.ts'
export type { FetchedUrl, UrlFetchQuery, UrlToAuthorise } from '../commands/url-auth.ts'
export type { FetchModifiers } from '../commands/fetch.ts'
export type { OctetRange } from '../commands/fetch-items/sections.ts'
export type { FetchKey, FetchQuery, Message } from '../commands/fetch-items/index.ts'
export type { Identification } from '../commands/id.ts'
export type { MailboxState } from '../commands/mailbox-state.ts'
export type { CallOptions } from '../commands/run.ts'
export type { SearchCriteria } from '../commands/search-keys/index.ts'
export type { KnownCounts, MailboxStatus, StatusItem } from '../commands/status.ts'
export { Capabilities } from '../connection/capabilities.ts'
export type {
  CloseMessage,
  CommandMessage,
  OpenMessage,
  RepairMessage,
  UnparsedMessage,
  WireMessage,
} from '../connection/diagnostics.ts'
export {
  AuthenticationError,
  CommandRefused,
  MissingCapability,
  NotFound,
  OverLimit,
  Throttled,
} from '../errors/failures.ts'
export { ImapError, type ImapErrorCode, type ImapErrorDetails } from '../errors/imap-error.ts'
export type { HeaderFields } from '../responses/header-fields.ts'
export type { UidMap } from '../wire/uid-map.ts'
export type { AppendAttributes, AppendOptions, MessageToAppend } from './append-messages.ts'
export type { Appended } from './appended.ts'
export type { Copied } from './copied.ts'
export type { MoveOptions } from './copy-messages.ts'
export type { Download, DownloadOptions, GatherOptions, TextOptions } from './download.ts'
export type { ExpungeOptions, WithoutUidPlus } from './expunge-messages.ts'
export type { FetchOptions } from './fetch-messages.ts'
export type { AccountEvent } from './account-events.ts'
export type { AccountWatchOptions } from './account-watch.ts'
export { ImapClient } from './imap-client.ts'
export type { ListedMailbox, ListOptions } from './list-mailboxes.ts'
export type { Mailbox, OpenOptions } from './mailbox.ts'
export type { MailboxNode } from './mailbox-tree.ts'
export type { LineEnds, MessageSource, StreamedMessage } from './message-source.ts'
export { PartlyAppended } from './partly-appended.ts'
export { PartlyDone } from './partly-done.ts'
export type {
  Auth,
  ConnectOptions,
  EnableOptions,
  Logger,
  ReconnectOptions,
  Security,
} from './options.ts'
export type { ChangedFlags, Changes, Known } from './resync.ts'
export { referralsOf } from './referrals.ts'
export type { Role, RoleSource } from './roles.ts'
export type { SearchOptions, SearchResult, SearchReturnOptions } from './search-messages.ts'
export type { FlagUpdate, StoreOptions, StoreResult } from './store-flags.ts'
export type { Uids } from './uids.ts'
export type { WatchedMailboxes } from './watch-scope.ts'
export type { WatchEvent, WatchOptions } from './watch.ts'
export type { Counters } from './connections.ts'
export type { AnnotationValues, Annotations } from '../commands/annotate.ts'
export type { Catenated, CatenateOptions, Piece, StoredPart } from '../commands/catenate.ts'
export type { ConversionTarget, ConvertedMessage } from '../commands/convert.ts'
export type { AnnotationQuery } from '../commands/fetch-items/annotation.ts'
export type { FoundInMailbox, MailboxFilter } from '../commands/multi-search.ts'
export type { SortField, SortKey } from '../commands/ordering/sort-keys.ts'
export type { Page, PageOptions } from '../commands/page.ts'
export type { RankedMessage } from '../commands/ranked-search.ts'
export type { Progress } from '../commands/run.ts'
export type { ThreadAlgorithm } from '../commands/thread.ts'
export type { BatchRange } from '../commands/uid-batches.ts'
export type { LiveEvent } from './live-result.ts'
export type { LiveOptions } from './live-search.ts'
export type { ReplaceOptions } from './replace-message.ts'
