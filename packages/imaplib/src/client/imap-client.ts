import type { Command } from '../commands/command.ts'
import { logout } from '../commands/logout.ts'
import { noop } from '../commands/noop.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import type { Capabilities } from '../connection/capabilities.ts'
import { Connections } from './connections.ts'
import { Mailbox, type OpenOptions } from './mailbox.ts'
import { type ConnectOptions, settle, type Settings } from './options.ts'

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
  private first: Session | null = null

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
      opened: (session, serverId) => {
        this.first ??= session
        if (this.first.connection.closed) this.first = session
        this.identity = serverId ?? this.identity
      },
      lost: (error) => settings.logger?.warn?.(`connection lost: ${error.code} ${error.message}`),
    })
  }

  /** What the server can do, as it said after login. */
  get capabilities(): Capabilities {
    const { capabilities } = (this.first as Session).connection
    return capabilities as Capabilities
  }

  /** What the server says about itself (RFC 2971); null when it says nothing. */
  get serverId(): ReadonlyMap<string, string | null> | null {
    return this.identity
  }

  /**
   * Opens a mailbox. Names are Unicode, with the server's delimiter between levels.
   * @throws NotFound or another CommandRefused with the server's words
   */
  async open(name: string, options: OpenOptions = {}): Promise<Mailbox> {
    const { readOnly = false, ...call } = options
    const target = { name, readOnly }
    const lease = await this.connections.lanes.lease(target, call)
    try {
      const state = lease.lane.session.mailbox
      return new Mailbox(this.connections, target, state as NonNullable<typeof state>, this.settings.maxBacklog)
    } finally {
      lease.release()
    }
  }

  /** Sends any command that needs no selected mailbox. See `command()` for how one is made. */
  command<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    return this.connections.run(command, args, options)
  }

  /** Asks the server for a sign of life. */
  async noop(options: CallOptions = {}): Promise<void> {
    await this.command(noop, [], options)
  }

  /** Says good-bye on every connection and closes it. Never fails; nothing is expunged. */
  async close(): Promise<void> {
    const goodbyes = this.connections.lanes.all
      .filter((lane) => lane.alive)
      .map(async ({ session }) => {
        session.connection.expectEnd()
        await session.run(logout, [], { timeout: GOODBYE }).catch(() => undefined)
      })
    await Promise.all(goodbyes)
    this.connections.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** How long a server may take over LOGOUT, in ms: closing must not hang on a dead connection. */
const GOODBYE = 5000
