import type { Command } from '../commands/command.ts'
import { create, type CreateOptions } from '../commands/create.ts'
import { deleteMailbox } from '../commands/delete.ts'
import { noop } from '../commands/noop.ts'
import { rename } from '../commands/rename.ts'
import { type MailboxStatus, status, type StatusItem } from '../commands/status.ts'
import { subscribe, unsubscribe } from '../commands/subscribe.ts'
import { ImapError } from '../errors/imap-error.ts'
import type { NamespaceResponse } from '../responses/namespace.ts'
import type { ImapUrl } from '../wire/imap-url.ts'
import { type ListedMailbox, listMailboxes, type ListOptions } from './list-mailboxes.ts'
import { type MailboxNode, treeOf } from './mailbox-tree.ts'
import { namespacesOf } from './namespaces.ts'
import type { MessageSource } from './message-source.ts'
import type { Role } from './roles.ts'
import { clientExtensions } from '../commands/registry.ts'
import type { CallOptions } from '../commands/run.ts'
import { extend, type Methods } from '../commands/runner.ts'
import { Capabilities } from '../connection/capabilities.ts'
import { appendMessage, appendMessages, type AppendOptions, type MessageToAppend } from './append-messages.ts'
import type { Appended } from './appended.ts'
import type { AccountEvent } from './account-events.ts'
import { AccountWatch, type AccountWatchOptions } from './account-watch.ts'
import { Connections, type Counters } from './connections.ts'
import { Mailbox, type OpenOptions } from './mailbox.ts'
import { type Auth, type ConnectOptions, settle, type Settings } from './options.ts'
import { readReferrals } from './referrals.ts'
import { timeLeft } from './time-left.ts'

/** The methods of extensions: see the registry. */
export interface ImapClient extends Methods<typeof clientExtensions> {}

/**
 * An IMAP client: one account on one server, over as few connections as its use needs.
 *
 * @example
 * await using client = await ImapClient.connect({ host: 'mail.example', auth: { user: 'me', password } })
 * await using inbox = await client.open('INBOX', { readOnly: true })
 * for await (const message of inbox.fetch('1:*', { envelope: true })) console.log(message.envelope.subject)
 */
export class ImapClient implements AsyncDisposable {
  readonly connections: Connections
  private readonly settings: Settings
  private identity: ReadonlyMap<string, string | null> | null = null

  /**
   * Connects and logs in. TLS from the first byte, unless {@link ConnectOptions.security} says otherwise.
   *
   * @throws ImapError `EINVALID` for a bad option, before anything is opened; `ECONNECT`, `ETLS`, `ETLSREQUIRED`,
   * `EGREETING`, `EAUTH`, `ESASL`, `ETIMEDOUT`, `ABORT_ERR`
   */
  static async connect(options: ConnectOptions): Promise<ImapClient> {
    const client = new ImapClient(settle(options))
    await client.connections.any()
    return client
  }

  private constructor(settings: Settings) {
    this.settings = settings
    this.connections = new Connections(settings, {
      opened: (_session, serverId) => {
        this.identity = serverId ?? this.identity
      },
      lost: (error) => settings.logger?.warn?.(`connection lost: ${error.code} ${error.message}`),
    })
  }

  static {
    extend(this.prototype, clientExtensions, (client) => ({
      has: (capability) => client.connections.has(capability),
      values: (capability) => client.connections.values(capability),
      isEnabled: (capability) => client.connections.isEnabled(capability),
      run: (command, args, callOptions) => client.command(command, args, callOptions),
      everywhere: (key, command, args, callOptions) => client.connections.everywhere(key, command, args, callOptions),
    }))
  }

  /** What the server can do, as it said after login. */
  get capabilities(): Capabilities {
    return this.connections.session.connection.capabilities ?? new Capabilities()
  }

  /** Bytes, commands, repairs: what has gone over the wire since the client was made. */
  get counters(): Readonly<Counters> {
    return this.connections.counters
  }

  /** What the server says about itself (RFC 2971); null when it says nothing. */
  get serverId(): ReadonlyMap<string, string | null> | null {
    return this.identity
  }

  /**
   * Where the user's own mailboxes are, when the server let us in but said so (RFC 2221 §4.1); usually empty. Untrusted,
   * and never followed by itself. See `referralsOf` for a login that was refused.
   */
  get referrals(): ImapUrl[] {
    return readReferrals(this.connections.session.referrals)
  }

  /**
   * Goes on as another user: on the same connection where the server has UNAUTHENTICATE (RFC 8437), which saves the TLS
   * handshake, otherwise on a new one. Mailbox handles opened before are stale from the call on, and what is under way
   * ends with `ECLOSED`.
   *
   * @throws ImapError as {@link connect}; the client then is who it was before
   * @example
   * for (const user of users) { await client.switchUser({ user: admin, password, authzid: user }); … }
   */
  switchUser(auth: Auth): Promise<void> {
    return this.connections.switchUser(auth)
  }

  /**
   * Opens a mailbox. Names are Unicode, with the server's delimiter between levels.
   * @throws NotFound or another CommandRefused with the server's words
   */
  async open(name: string, options: OpenOptions = {}): Promise<Mailbox> {
    const { readOnly = false, ...call } = options
    const target = { name, readOnly }
    const left = timeLeft(call)
    return this.connections.persist(true, async () => {
      const lease = await this.connections.lanes.lease(target, left())
      try {
        const state = lease.lane.session.mailbox
        return new Mailbox(this.connections, target, state as NonNullable<typeof state>, this.settings.maxBacklog)
      } finally {
        lease.release()
      }
    })
  }

  /** The mailboxes, with what they are for. See {@link ListOptions}. */
  list(options: ListOptions = {}): Promise<ListedMailbox[]> {
    return listMailboxes(this.connections, options)
  }

  /** The same as a tree by the levels of their names. */
  async tree(options: ListOptions = {}): Promise<MailboxNode[]> {
    return treeOf(await this.list(options))
  }

  /** The mailbox for sent mail, for drafts …; undefined when there is none. */
  async findRole(role: Role, options: CallOptions = {}): Promise<ListedMailbox | undefined> {
    const mailboxes = await this.list(options)
    return mailboxes.find((mailbox) => mailbox.role === role)
  }

  /** With what the names of one's own, other users' and shared mailboxes begin (RFC 2342). Asked for once. */
  namespaces(options: CallOptions = {}): Promise<NamespaceResponse> {
    return namespacesOf(this.connections, options)
  }

  /**
   * Counts of a mailbox without opening it. What is asked for is there; items that the server cannot tell are refused
   * with {@link MissingCapability} before anything is sent.
   *
   * @example
   * const { messages, unseen } = await client.status('Archive', ['messages', 'unseen'])
   */
  async status<const Item extends StatusItem>(
    mailbox: string,
    items: readonly Item[],
    options: CallOptions = {},
  ): Promise<MailboxStatus<Item>> {
    const reply = await this.command(status, [mailbox, items], options)
    const counts: Record<string, unknown> = { mailbox: reply.mailbox }
    for (const item of items) {
      if (reply[item] === undefined)
        throw new ImapError('EUNPARSED', `The server did not tell ${item} of ${mailbox}.`, { command: 'STATUS' })
      counts[item] = reply[item]
    }
    return counts as MailboxStatus<Item>
  }

  /** Makes a mailbox. Resolves to its lasting id (RFC 8474), or null where the server has none. */
  create(mailbox: string, options: CreateOptions & CallOptions = {}): Promise<string | null> {
    const { specialUse, ...call } = options
    return this.command(create, [mailbox, { specialUse }], call)
  }

  /** Deletes a mailbox with all its messages. */
  async delete(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.command(deleteMailbox, [mailbox], options)
  }

  /** Renames a mailbox, and with it those below it. */
  async rename(from: string, to: string, options: CallOptions = {}): Promise<void> {
    await this.command(rename, [from, to], options)
  }

  async subscribe(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.command(subscribe, [mailbox], options)
  }

  async unsubscribe(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.command(unsubscribe, [mailbox], options)
  }

  /**
   * Puts a message into a mailbox. Resolves to where it is, or null when the server does not tell. Large messages and
   * streams go out as fast as the server takes them, in constant memory.
   *
   * @throws NotFound, OverLimit or another CommandRefused with the server's words; ImapError `EINVALID` for a message that
   * is empty, beyond the server's limit, or of a kind that cannot be sent; `EUNKNOWNOUTCOME` when a stream failed or had
   * another size than announced: the connection is closed then, and the message not stored
   * @example
   * await client.append('Sent', 'Subject: hi\n\nhello', { flags: ['\\Seen'] })
   * await client.append('Archive', { size, stream: createReadStream(path) }, { date })
   */
  append(mailbox: string, message: MessageSource, options: AppendOptions = {}): Promise<Appended | null> {
    return appendMessage(this.connections, mailbox, message, options)
  }

  /**
   * Puts messages into a mailbox, in order, with few round trips: up to 50 in one command where the server has MULTIAPPEND
   * (all or none of them), otherwise one after the other without waiting. They are taken as they can be sent.
   *
   * @throws PartlyAppended when some were stored and some not; otherwise as {@link append}
   */
  appendAll(
    mailbox: string,
    messages: Iterable<MessageToAppend> | AsyncIterable<MessageToAppend>,
    options: CallOptions = {},
  ): Promise<(Appended | null)[]> {
    return appendMessages(this.connections, mailbox, messages, options)
  }

  /**
   * Tells what happens in the mailboxes of the account, over one connection of its own: by NOTIFY (RFC 5465) where the
   * server has it, otherwise by asking for the counts of all now and then, with IDLE on the inbox.
   *
   * @throws ImapError while iterating, when the connection cannot be had back
   * @example
   * for await (const event of client.watch({ mailboxes: 'subscribed', signal }))
   *   if (event.type === 'arrived') console.log(event.mailbox, event.status.unseen)
   */
  watch(options: AccountWatchOptions = {}): AsyncIterableIterator<AccountEvent> & AsyncDisposable {
    return new AccountWatch(this.connections, options)
  }

  /** Sends any command that needs no selected mailbox. See `command()` for how one is made. */
  command<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options: CallOptions = {},
  ): Promise<Result> {
    return this.connections.run(command, args, options)
  }

  /** Asks the server for a sign of life. */
  async noop(options: CallOptions = {}): Promise<void> {
    await this.command(noop, [], options)
  }

  /** Says good-bye on every connection and closes it. Never fails; nothing is expunged. */
  close(): Promise<void> {
    return this.connections.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
