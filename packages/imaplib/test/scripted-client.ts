import { type Handler, scriptedServer, type ScriptedServer } from 'imap-test-servers'
import { ImapClient } from '../src/client/imap-client.ts'
import type { ConnectOptions } from '../src/client/options.ts'

/** A client that has logged in at a server that does as told. */
export interface ScriptedClient extends AsyncDisposable {
  readonly client: ImapClient
  readonly server: ScriptedServer
  /** What the client has sent after login, without tags. */
  sent(): string[]
}

/** @param capabilities beside IMAP4rev1, told in the greeting and after login */
export const scriptedClient = async (
  capabilities: string,
  handlers: Readonly<Record<string, Handler>> = {},
  options: Partial<ConnectOptions> = {},
): Promise<ScriptedClient> => {
  const server = await scriptedServer({
    capabilities: ['IMAP4rev1', ...capabilities.split(' ').filter((each) => each !== '')],
    handlers: { LOGIN: ({ capabilities: told }) => [`$tag OK [CAPABILITY ${told().join(' ')}] welcome`], ...handlers },
  })
  const client = await ImapClient.connect({
    host: server.host,
    port: server.port,
    security: 'insecure-plaintext',
    auth: { user: 'joe', password: 'secret' },
    ...options,
  })
  return {
    client,
    server,
    sent: () =>
      server.commands
        .filter(({ name }) => name !== 'LOGIN' && name !== 'AUTHENTICATE')
        .map(({ line }) => line.replace(/^\S+ /, '')),
    async [Symbol.asyncDispose]() {
      await client.close()
      await server.stop()
    },
  }
}
