import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers Dovecot's question whose an OAuth 2.0 access token is (RFC 7662 in spirit; Dovecot calls it tokeninfo). */
export interface TokenServer {
  /** To this, Dovecot appends the token. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The good access token of a user. Every other token is refused. */
export const tokenOf = (user: string): string => `tok-${user}`

export const startTokenServer = async (): Promise<TokenServer> => {
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('access_token') ?? ''
    const user = /^tok-([a-z0-9]+)$/.exec(token)?.[1]
    const answer =
      user === undefined
        ? { active: false, error: 'invalid_token' }
        : { active: true, username: user, expires_in: 3600, scope: 'mail' }
    response.writeHead(user === undefined ? 401 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  })
  server.on('connection', (socket) => socket.unref())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/tokeninfo?access_token=`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
