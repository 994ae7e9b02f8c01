import { type ScriptedServer, type ScriptedServerOptions, scriptedServer } from 'imap-test-servers'
import { test } from 'vitest'
import { IMAP4, IMAP4_SSL, type IMAP4Options } from 'imaplib'

export interface Both extends ScriptedServerOptions {
  /** Options of the client. */
  readonly client?: IMAP4Options
  /** Log in first, and select INBOX. Default `connected`. */
  readonly upTo?: 'connected' | 'authenticated' | 'selected'
}

/** Runs one test over a plain connection, and again over TLS. */
export const bothWays = (
  title: string,
  options: Both,
  body: (M: IMAP4, server: ScriptedServer) => Promise<void>,
): void => {
  for (const tls of [false, true])
    test(`${title} (${tls ? 'TLS' : 'plain'})`, async () => {
      await using server = await scriptedServer({ capabilities: ['IMAP4rev1'], ...options, tls })
      const M = await connectTo(server, tls, options.client)
      try {
        if (options.upTo !== undefined && options.upTo !== 'connected') await M.login('user', 'pass')
        if (options.upTo === 'selected') await M.select()
        await body(M, server)
      } finally {
        await M.shutdown()
      }
    })
}

/** Runs one test with a server that no connection is made to yet. */
export const bothServers = (
  title: string,
  options: ScriptedServerOptions,
  body: (connect: (client?: IMAP4Options) => Promise<IMAP4>, server: ScriptedServer) => Promise<void>,
): void => {
  for (const tls of [false, true])
    test(`${title} (${tls ? 'TLS' : 'plain'})`, async () => {
      await using server = await scriptedServer({ capabilities: ['IMAP4rev1'], ...options, tls })
      const made: IMAP4[] = []
      try {
        await body(async (client) => {
          const M = await connectTo(server, tls, client)
          made.push(M)
          return M
        }, server)
      } finally {
        for (const M of made) await M.shutdown()
      }
    })
}

export const connectTo = (server: ScriptedServer, tls: boolean, options: IMAP4Options = {}): Promise<IMAP4> =>
  tls
    ? IMAP4_SSL.connect(server.host, server.port, { ...options, ca: server.ca })
    : IMAP4.connect(server.host, server.port, options)

/** The commands that came, without their tags, and without those that only ask for capabilities. */
export const commandsOf = (server: ScriptedServer): string[] =>
  server.lines.map((line) => line.replace(/^[A-P]{4}\d+ /, '')).filter((line) => line !== 'CAPABILITY')

/** The last command that came, without its tag. */
export const lastOf = (server: ScriptedServer): string | undefined => commandsOf(server).at(-1)

/** Buffers as latin1 strings, at any depth. */
export const texts = (value: unknown): unknown => {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return Array.isArray(value) ? value.map(texts) : value
}
