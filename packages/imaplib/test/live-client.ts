import type { TestServer } from 'imap-test-servers'
import { ImapClient } from '../src/client/imap-client.ts'
import type { ConnectOptions } from '../src/client/options.ts'

/** A client of a real server, in TLS; a new user unless one is named. */
export const liveClient = (
  server: TestServer,
  user: string = server.user(),
  options: Partial<ConnectOptions> = {},
): Promise<ImapClient> =>
  ImapClient.connect({
    host: server.host,
    port: options.security === undefined || options.security === 'tls' ? server.tlsPort : server.port,
    tls: { ca: server.ca },
    auth: { user, password: server.password },
    ...options,
  })
