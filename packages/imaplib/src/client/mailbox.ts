import type { Command } from '../commands/command.ts'
import type { FetchQuery, Message } from '../commands/fetch-items/index.ts'
import { noop } from '../commands/noop.ts'
import { mailboxExtensions } from '../commands/registry.ts'
import type { CallOptions } from '../commands/run.ts'
import type { SearchCriteria } from '../commands/search-keys/index.ts'
import { extend, type Methods } from '../commands/runner.ts'
import { invalid } from '../errors/imap-error.ts'
import type { BodyPart } from '../responses/body-part.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Copied } from './copied.ts'
import { copyMessages, moveMessages, type MoveOptions } from './copy-messages.ts'
import { Download, type DownloadOptions } from './download.ts'
import { deleteMessages, type ExpungeOptions, expungeMessages } from './expunge-messages.ts'
import { fetchAll, type FetchOptions, fetchMessages } from './fetch-messages.ts'
import { fetchOne } from './fetch-one.ts'
import { MailboxHandle } from './mailbox-handle.ts'
import type { Appended } from './appended.ts'
import type { LiveEvent } from './live-result.ts'
import { type LiveOptions, LiveSearch } from './live-search.ts'
import type { MessageSource } from './message-source.ts'
import { replaceMessage, type ReplaceOptions } from './replace-message.ts'
import { type Changes, findChanges, type Known } from './resync.ts'
import { type SearchOptions, searchMessages, type SearchResult, type SearchReturnOptions } from './search-messages.ts'
import { type FlagUpdate, storeFlags, type StoreOptions, type StoreResult } from './store-flags.ts'
import type { Uids } from './uids.ts'
import { Watch, type WatchEvent, type WatchOptions } from './watch.ts'

export interface OpenOptions extends CallOptions {
  /** Open it so that nothing can be changed, not even by reading (EXAMINE). Default false. */
  readOnly?: boolean | undefined
}

/** The methods of extensions: see the registry. */
export interface Mailbox extends Methods<typeof mailboxExtensions> {}

/**
 * A mailbox in your hand. Several may be open at once; each operation sees to it that this mailbox is the selected one on
 * the connection that carries it.
 *
 * Messages are named by UID. When the mailbox's UIDVALIDITY changes, or it is deleted, the handle is stale and says so
 * (`ESTALE`): UIDs that you hold would mean other messages.
 *
 * @example
 * await using inbox = await client.open('INBOX')
 * const unseen = await inbox.search({ unseen: true })
 */
export class Mailbox extends MailboxHandle {
  static {
    extend(this.prototype, mailboxExtensions, (mailbox) => ({
      name: mailbox.name,
      has: (capability) => mailbox.connections.has(capability),
      values: (capability) => mailbox.connections.values(capability),
      isEnabled: (capability) => mailbox.connections.isEnabled(capability),
      run: (command, args, options) => mailbox.command(command, args, options),
    }))
  }

  /**
   * The messages with these UIDs, one by one as they come; those that are not there are left out. What the query asks
   * for is there in each message, and its type says so. `\Seen` is never set by it.
   *
   * Leaving the loop early is cheap; other commands inside of it are fine.
   *
   * @throws ImapError `EINVALID` at once; while iterating `EUNPARSED` at the end when a row could not be understood, and
   * the errors of any command
   * @example
   * for await (const message of inbox.fetch('1:*', { envelope: true, flags: true }))
   *   console.log(message.uid, message.envelope.subject)
   */
  fetch<const Query extends FetchQuery>(
    uids: Uids,
    query: Query,
    options: FetchOptions = {},
  ): AsyncIterableIterator<Message<Query>> & AsyncDisposable {
    this.check()
    return fetchMessages(this, uids, query, options)
  }

  /** One message; undefined when there is none with this UID. */
  fetchOne<const Query extends FetchQuery>(
    uid: number,
    query: Query,
    options?: FetchOptions,
  ): Promise<Message<Query> | undefined> {
    return fetchOne(this, uid, query, options)
  }

  /** All messages with these UIDs in an array, as {@link fetch} gives them one by one. */
  async fetchAll<const Query extends FetchQuery>(
    uids: Uids,
    query: Query,
    options: FetchOptions = {},
  ): Promise<Message<Query>[]> {
    this.check()
    return fetchAll(this, uids, query, options)
  }

  /**
   * One part of a message, by its number (`'1.2'`, see `bodyStructure`), name (`'HEADER'`, `'2.MIME'`) or body structure: to be
   * read as a stream, bytes or text, in constant memory. Nothing is sent before it is read; `\Seen` is not set.
   *
   * @throws ImapError while it is read: `EMISSING` when there is no such message or part, `EUNPARSED` when other octets came
   * than were asked for, `ELIMIT`, `EBACKLOG`, and the errors of any command
   * @example
   * await pipeline(inbox.download(uid, '2').stream(), createWriteStream(path))
   */
  download(uid: number, part: string | BodyPart, options: DownloadOptions = {}): Download {
    if (part === '') throw invalid('download: no part is named; source() is for the whole message')
    return new Download(this, uid, part, options)
  }

  /** The whole message as it is stored, header and all, as {@link download} gives a part. */
  source(uid: number, options: DownloadOptions = {}): Download {
    return new Download(this, uid, '', options)
  }

  /**
   * Finds messages: the UIDs of those for which all criteria hold, as ranges that are never expanded. With `return` or
   * `partial`, what these ask for. See {@link SearchCriteria}.
   *
   * @throws ImapError `EINVALID` for criteria that are empty or undefined, before anything is sent; `EUNPARSED` when the
   * server does not tell what it found
   * @example
   * const uids = await inbox.search({ unseen: true, since: '2026-01-01' })
   * const { count, max } = await inbox.search({ flagged: true }, { return: ['count', 'max'] })
   */
  search(criteria: SearchCriteria, options?: CallOptions & { return?: never; partial?: never }): Promise<SequenceSet>
  search<const Options extends SearchReturnOptions>(
    criteria: SearchCriteria,
    options: Options & CallOptions,
  ): Promise<SearchResult<Options>>
  search(criteria: SearchCriteria, options: SearchOptions = {}): Promise<unknown> {
    return searchMessages(this, criteria, options)
  }

  /**
   * Changes flags; what is asked for is sent, also what the mailbox cannot keep: the result tells.
   *
   * @throws ImapError `EINVALID` for an empty set, or no flags to add or remove
   * @example
   * await inbox.store(uids, { add: ['\\Seen'] })
   * const { modified } = await inbox.store(uids, { remove: ['$Junk'] }, { unchangedSince: modseq })
   */
  store(uids: Uids, update: FlagUpdate, options: StoreOptions = {}): Promise<StoreResult> {
    return storeFlags(this, uids, update, options)
  }

  /**
   * Copies messages to another mailbox of the account. Resolves to their UIDs there; null when the server does not tell.
   * @throws NotFound when there is no such mailbox; PartlyDone when a long set was copied in part
   */
  copy(uids: Uids, destination: string, options: CallOptions = {}): Promise<Copied | null> {
    return copyMessages(this, uids, destination, options)
  }

  /**
   * Moves messages to another mailbox. Where the server lacks MOVE they are copied, and exactly what was copied is then
   * removed: see `withoutUidPlus` for servers that cannot do that.
   * @throws NotFound; MissingCapability; PartlyDone when messages were copied and could not be removed
   */
  move(uids: Uids, destination: string, options: MoveOptions = {}): Promise<Copied | null> {
    return moveMessages(this, uids, destination, options)
  }

  /** Removes those of these messages that are marked `\Deleted`, and no others. For good. */
  expunge(uids: Uids, options: ExpungeOptions = {}): Promise<void> {
    return expungeMessages(this, uids, options)
  }

  /** Marks the messages `\Deleted` and removes them, for good: not to the trash. */
  deleteForever(uids: Uids, options: ExpungeOptions = {}): Promise<void> {
    return deleteMessages(this, uids, options)
  }

  /**
   * Puts a message in the place of another, as for drafts that are saved again: both happen or neither (REPLACE, RFC 8508).
   * Resolves to where the new one is; null when the server does not tell.
   *
   * @throws MissingCapability: see `withoutReplace`; NotFound when the old one is not there
   * @example
   * const { uid } = await drafts.replace(old, message, { flags: ['\\Draft', '\\Seen'] })
   */
  replace(uid: number, message: MessageSource, options: ReplaceOptions = {}): Promise<Appended | null> {
    return replaceMessage(this, uid, message, options)
  }

  /**
   * Tells what happens in the mailbox, until the signal says stop: by IDLE where the server has it, otherwise by asking.
   * It renews itself, survives lost connections, and tells afterwards what it has missed.
   *
   * @throws ImapError while iterating, when the connection cannot be had back; `ESTALE` when UIDVALIDITY changes
   * @example
   * for await (const event of inbox.watch({ signal }))
   *   if (event.type === 'arrived') for await (const message of inbox.fetch(event.uids, { envelope: true })) …
   */
  watch(options: WatchOptions = {}): AsyncIterableIterator<WatchEvent> & AsyncDisposable {
    this.check()
    const { uidNext, highestModSeq } = this.opened
    return new Watch(this, options, { uids: undefined, uidNext, highestModSeq })
  }

  /**
   * A search whose result is kept up to date, until the signal says stop: first what is found now, then what comes in and
   * goes out. By the server where it can (CONTEXT=SEARCH, CONTEXT=SORT: RFC 5267), otherwise by searching again whenever
   * something happens in the mailbox.
   *
   * @throws ImapError `EINVALID` at once; while iterating, when the connection cannot be had back
   * @example
   * for await (const event of inbox.live({ unseen: true }, { signal })) console.log(event.type, event.uids)
   */
  live(
    criteria: SearchCriteria,
    options: LiveOptions = {},
  ): AsyncIterableIterator<LiveEvent> & AsyncDisposable & { readonly uids: readonly number[] } {
    this.check()
    return new LiveSearch(this, criteria, options)
  }

  /**
   * Tells what arrived, changed and vanished since the caller last looked: by QRESYNC, CONDSTORE or full comparison, with
   * the same answer. Keep `highestModSeq` and the UIDs only when all that it tells has been stored safely (RFC 7162 §6).
   *
   * @example
   * const { arrived, vanished, changed, highestModSeq } = await inbox.resync({ uidValidity, uids, highestModSeq })
   */
  resync(known: Known, options: CallOptions = {}): Promise<Changes> {
    return this.use(true, options, async ({ lane: { session } }, call) => {
      // Where the mailbox has been selected for some time, the server may know more than it has told (RFC 9051 §5.2).
      await session.run(noop, [], call())
      return findChanges(session, known, call)
    })
  }

  /**
   * Sends any command with this mailbox selected: a built-in one, one of an extension, or your own.
   * See `command()` for how one is made.
   */
  command<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
  ): Promise<Result> {
    return this.use(command.idempotent, options, ({ lane }, call) => lane.session.run(command, args, call()))
  }
}
