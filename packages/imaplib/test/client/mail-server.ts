import { type CommandContext, type Handler, type ScriptedServer, scriptedServer } from 'imap-test-servers'
import { ImapClient } from '../../src/client/imap-client.ts'
import type { ConnectOptions } from '../../src/client/options.ts'

/** What a scripted server with messages is made of. */
export interface MailServerOptions {
  readonly capabilities?: readonly string[]
  /** How many messages each mailbox has; their UIDs are 1, 2, 3 … */
  readonly messages?: number
  /** Octets of each body. Default 20. */
  readonly size?: number
  readonly handlers?: Readonly<Record<string, Handler>>
  readonly uidValidity?: () => number
}

const selected = (options: MailServerOptions) => (context: CommandContext) => [
  `* ${options.messages ?? 3} EXISTS`,
  '* 0 RECENT',
  '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)',
  '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] ok',
  `* OK [UIDVALIDITY ${options.uidValidity?.() ?? 7}] ok`,
  `* OK [UIDNEXT ${(options.messages ?? 3) + 1}] ok`,
  `$tag OK [${context.name === 'EXAMINE' ? 'READ-ONLY' : 'READ-WRITE'}] done`,
]

/** Answers UID FETCH for whatever is asked of: UID, FLAGS, RFC822.SIZE, BODY.PEEK[]. */
export const answerFetch = (options: MailServerOptions) =>
  async function* (context: CommandContext) {
    const [, set = '', items = ''] = /^(\S+) \((.*?)\)/.exec(context.args) ?? []
    const exists = options.messages ?? 3
    for (const range of set.split(',')) {
      const [from = '1', to = from] = range.split(':')
      const last = to === '*' ? exists : Math.min(Number(to), exists)
      for (let uid = from === '*' ? exists : Number(from); uid <= last; uid += 1) {
        const body = `Subject: message ${uid}\r\n\r\n${'x'.repeat(options.size ?? 20)}`
        const values = [`UID ${uid}`]
        if (items.includes('FLAGS')) values.push('FLAGS (\\Seen)')
        if (items.includes('RFC822.SIZE')) values.push(`RFC822.SIZE ${body.length}`)
        if (items.includes('BODY.PEEK[]')) values.push(`BODY[] {${body.length}}\r\n${body}`)
        yield `* ${uid} FETCH (${values.join(' ')})`
      }
    }
    yield '$tag OK fetched'
  }

/** A server with mailboxes of equal messages, on a real socket. */
export const mailServer = (options: MailServerOptions = {}): Promise<ScriptedServer> =>
  scriptedServer({
    capabilities: ['IMAP4rev1', 'AUTH=PLAIN', 'LITERAL+', 'UIDPLUS', 'IDLE', ...(options.capabilities ?? [])],
    handlers: {
      SELECT: selected(options),
      EXAMINE: selected(options),
      'UID FETCH': answerFetch(options),
      NOOP: '$tag OK noop',
      'UID STORE': '$tag OK stored',
      ...options.handlers,
    },
  })

/** Options to reach a scripted server that has no TLS: loopback only. */
export const reach = (server: ScriptedServer, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  host: server.host,
  port: server.port,
  security: 'insecure-plaintext',
  auth: { user: 'me', password: 'secret' },
  clientId: null,
  ...more,
})

export const connectTo = (server: ScriptedServer, more: Partial<ConnectOptions> = {}): Promise<ImapClient> =>
  ImapClient.connect(reach(server, more))

/** Resolves once the client has noticed that all its connections are gone: what is called then was never sent on them. */
export const lost = async (client: ImapClient): Promise<void> => {
  while (client.connections.lanes.all.some((lane) => lane.alive)) await new Promise((resolve) => setTimeout(resolve, 1))
}
