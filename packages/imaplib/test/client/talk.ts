import { ImapClient, type ConnectOptions } from 'imaplib'
import { dialogue } from 'imap-test-servers'

/** A client and a server that holds it to a transcript, both gone at the end of `await using`. */
export interface Talk extends AsyncDisposable {
  readonly client: ImapClient
  /** Rejects when the client said something else than written. */
  readonly done: Promise<void>
}

/**
 * A client that is logged in, against a server that has these capabilities and then plays the transcript. The client's
 * LOGOUT at the end goes without saying.
 */
export const talk = async (
  capabilities: string,
  transcript: string,
  options: Partial<ConnectOptions> = {},
): Promise<Talk> => {
  const server = await dialogue(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready
    ${transcript}
    C: z99 LOGOUT
    S: * BYE until next time
    S: z99 OK done
  `)
  const client = await ImapClient.connect({
    host: server.host,
    port: server.port,
    security: 'insecure-plaintext',
    auth: { user: 'alice', password: 'secret' },
    clientId: null,
    reconnect: false,
    maxConnections: 1,
    ...options,
  })
  let closed = false
  const end = async () => {
    if (closed) return
    closed = true
    await client.close()
    await server.stop()
  }
  return { client, done: server.done, [Symbol.asyncDispose]: end }
}

/** SELECT of INBOX, for the beginning of a transcript. */
export const selectInbox = (exists = 10, parameters = ''): string => `
  C: s1 SELECT INBOX${parameters}
  S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
  S: * ${exists} EXISTS
  S: * OK [UIDVALIDITY 3857529045] valid
  S: * OK [UIDNEXT 100000] next
  S: s1 OK [READ-WRITE] done`
