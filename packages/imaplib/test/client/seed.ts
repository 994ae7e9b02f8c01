import { command, ImapClient, type ConnectOptions } from 'imaplib'
import type { TestServer } from 'imap-test-servers'

export interface Seed {
  readonly text: string
  readonly flags?: readonly string[]
  readonly date?: Date
}

const append = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  write(out, [mailbox, { text, flags = [], date }]: [mailbox: string, message: Seed]) {
    out.mailbox(mailbox).flags(flags)
    if (date !== undefined) out.dateTime(date)
    out.literal(Buffer.from(text.replaceAll(/\r?\n/g, '\r\n')))
  },
  result: () => undefined,
})

/** Puts messages into a mailbox, in this order. */
export const seed = async (client: ImapClient, messages: readonly Seed[], mailbox = 'INBOX'): Promise<void> => {
  await Promise.all(messages.map((message) => client.command(append, [mailbox, message])))
}

/** A client of a new user, or of the one named. */
export const clientOf = (
  server: TestServer,
  options: Partial<ConnectOptions> & { readonly user?: string } = {},
): Promise<ImapClient> => {
  const { user = server.user(), ...rest } = options
  return ImapClient.connect({
    host: server.host,
    port: server.port,
    security: 'insecure-plaintext',
    auth: { user, password: server.password },
    ...rest,
  })
}
