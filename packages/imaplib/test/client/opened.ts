import { type Handler, type ScriptedServer, scriptedServer, type ScriptedServerOptions } from 'imap-test-servers'
import { ImapClient, type Mailbox, type ConnectOptions } from 'imaplib'

/** A client with INBOX open at a server that does as told. */
export interface Opened extends AsyncDisposable {
  readonly client: ImapClient
  readonly inbox: Mailbox
  readonly server: ScriptedServer
  /** What was sent since INBOX was selected, tags cut off; the octets of literals in `<>` where they came. */
  readonly sent: () => string[]
}

export interface OpenedOptions {
  /** Besides IMAP4rev1. */
  readonly capabilities?: readonly string[]
  readonly handlers?: Readonly<Record<string, Handler>>
  /** How many messages there are. Default 3; their UIDs are below 100. */
  readonly exists?: number
  readonly permanentFlags?: string
  readonly literal?: ScriptedServerOptions['literal']
  readonly connect?: Partial<ConnectOptions>
  readonly readOnly?: boolean
}

export const opened = async (options: OpenedOptions = {}): Promise<Opened> => {
  const { capabilities = [], handlers = {}, exists = 3, permanentFlags = '\\Answered \\Deleted \\Seen \\*' } = options
  const selected = [
    `* ${exists} EXISTS`,
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)',
    `* OK [PERMANENTFLAGS (${permanentFlags})] limited`,
    '* OK [UIDVALIDITY 7] valid',
    '* OK [UIDNEXT 100] next',
  ]
  const server = await scriptedServer({
    capabilities: ['IMAP4rev1', 'AUTH=PLAIN', 'SASL-IR', ...capabilities],
    handlers: {
      SELECT: [...selected, '$tag OK [READ-WRITE] selected'],
      EXAMINE: [...selected, '$tag OK [READ-ONLY] selected'],
      ENABLE: ({ args }) => [`* ENABLED ${args}`, '$tag OK enabled'],
      ...handlers,
    },
    ...(options.literal === undefined ? {} : { literal: options.literal }),
  })
  const client = await ImapClient.connect({
    host: server.host,
    port: server.port,
    security: 'insecure-plaintext',
    auth: { user: 'alice', password: 'secret' },
    reconnect: false,
    ...options.connect,
  })
  const inbox = await client.open('INBOX', { readOnly: options.readOnly ?? false })
  const sent = () => {
    const { commands } = server
    const from = commands.findIndex(({ name }) => name === 'SELECT' || name === 'EXAMINE')
    return commands.slice(from + 1).map(({ tag, line, literals }) => {
      let next = 0
      return line
        .slice(tag.length + 1)
        .replaceAll(/\{\d+\+?\}/g, (header) => `${header}<${literals[next++]?.toString() ?? ''}>`)
    })
  }
  return {
    client,
    inbox,
    server,
    sent,
    async [Symbol.asyncDispose]() {
      await client.close()
      await server.stop()
    },
  }
}
