import type { TestServer } from 'imap-test-servers'
import type { ConnectOptions, ImapClient, Mailbox } from 'imaplib'
import { describe, it } from 'vitest'
import { liveClient } from '../live-client.ts'
import { everyCall } from './every-call.ts'

/** How to log in as a user of a server. */
export type LogIn = (user: string) => Promise<Partial<ConnectOptions>> | Partial<ConnectOptions>

/** Makes every call, one test each, against a server that is there when the tests run. */
export const runEveryCall = (title: string, serverOf: () => TestServer | undefined, logIn: LogIn): void => {
  describe(title, () => {
    let client: ImapClient | undefined
    let inbox: Mailbox | undefined
    let user = ''
    for (const [name, step] of Object.entries(everyCall))
      it(name, async (context) => {
        const server = serverOf()
        if (server === undefined) return context.skip()
        const connect = async (as: string) => liveClient(server, as, await logIn(as))
        if (client === undefined) {
          user = server.user()
          client = await connect(user)
        }
        // Opened only when there is something in it, and kept: what a handle knows must stay true.
        if (inbox === undefined && name.startsWith('inbox.')) inbox = await client.open('INBOX')
        const certified = 'external' in ((await logIn(user)).auth ?? {})
        await step({ server, user, client, connect, certified, inbox: inbox as Mailbox })
      })
  })
}
