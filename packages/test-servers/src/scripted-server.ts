import { setTimeout as sleep } from 'node:timers/promises'
import { type BuiltIn, builtInHandlers } from './built-in-handlers.ts'
import type { CertificateKind } from './certificates.ts'
import { type LiteralJudge, readCommand, substituted } from './command-reader.ts'
import { ConnectionGone } from './inbox.ts'
import { ownAuthority } from './own-authority.ts'
import { rawServer, type TlsChoice } from './raw-server.ts'
import { type Piece, type ReceivedCommand, ScriptedConnection } from './scripted-connection.ts'

/** What a handler gets. Its functions may be taken out of it: they need no `this`. */
export interface CommandContext extends ReceivedCommand {
  readonly connection: ScriptedConnection
  readonly secure: boolean
  /** What CAPABILITY would announce now. */
  readonly capabilities: () => readonly string[]
  /** Sends lines, with `$tag` filled in and CRLF added, and bytes as they are. */
  readonly send: (...pieces: readonly Piece[]) => Promise<void>
  /** Sends exactly this, be it half a line. */
  readonly sendRaw: (bytes: string | Uint8Array) => Promise<void>
  readonly readLine: () => Promise<string>
  readonly readExactly: (size: number) => Promise<Buffer>
  readonly upgradeToTls: (certificate?: CertificateKind) => Promise<void>
  readonly inflate: () => void
  readonly reset: () => void
  readonly end: () => void
  readonly sleep: (milliseconds: number) => Promise<void>
}

export type HandlerResult =
  | string
  | Uint8Array
  | readonly Piece[]
  | Iterable<Piece>
  | AsyncIterable<Piece>
  | undefined
  | void

/** What to answer: pieces, or a function or generator that says or sends them. Whoever sends no tagged line leaves the client waiting. */
export type Handler = Piece | readonly Piece[] | ((context: CommandContext) => HandlerResult | Promise<HandlerResult>)

export interface ScriptedServerOptions {
  /** TLS from the first byte. Default: none, but STARTTLS works. */
  readonly tls?: TlsChoice
  /** The certificate after STARTTLS. Default `good`. */
  readonly certificate?: CertificateKind
  /** The line it opens with, `$capabilities` filled in; `null` for none. Default an OK with the capabilities. */
  readonly greeting?: Piece | readonly Piece[] | null
  /** What it announces. Default IMAP4rev1 and AUTH=PLAIN, and STARTTLS while the connection is not secure. */
  readonly capabilities?: readonly string[] | ((connection: ScriptedConnection) => readonly string[])
  /** By upper-case name: `LOGIN`, `UID FETCH`, `UID` for all of them, `*` for whatever has no handler. They come before the built-in ones. */
  readonly handlers?: Readonly<Record<string, Handler>>
  /** Refuses literals; see `LiteralJudge`. */
  readonly literal?: LiteralJudge
  /** Cuts everything that it sends into parts of so many bytes. */
  readonly splitEvery?: number
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The authority of its certificates, PEM. */
  readonly ca: string
  readonly connections: readonly ScriptedConnection[]
  /** Every line of every connection, in order of arrival within each. */
  readonly lines: readonly string[]
  readonly commands: readonly ReceivedCommand[]
  /** Resolves with the `count`-th command of that name (counted from 1, over all connections), once it has come. */
  readonly received: (name: string, count?: number) => Promise<ReceivedCommand>
  /** Resolves with the `count`-th connection once it is there. */
  readonly connected: (count?: number) => Promise<ScriptedConnection>
  /** Closes everything. Rejects with what a handler threw, if one did. */
  readonly stop: () => Promise<void>
}

/**
 * An IMAP server that does as told, on a real socket. CAPABILITY, LOGIN, AUTHENTICATE, LOGOUT, NOOP, SELECT, EXAMINE, IDLE and STARTTLS
 * work without being told; every other command that has no handler is BAD.
 *
 * ```ts
 * await using server = await scriptedServer({
 *   handlers: {
 *     SEARCH: ['* SEARCH 1 2', '$tag OK done'],
 *     FETCH: async function* ({ readLine }) { yield '* 1 FETCH (UID 7)'; yield '$tag OK done' },
 *   },
 * })
 * ```
 */
export const scriptedServer = async (options: ScriptedServerOptions = {}): Promise<ScriptedServer> => {
  const connections: ScriptedConnection[] = []
  const commands: ReceivedCommand[] = []
  const watchers = new Set<() => void>()
  const stopped = new ConnectionGone('the scripted server has been stopped')
  let over = false
  const changed = () => {
    for (const watcher of watchers) watcher()
  }
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = find()
        if (found === undefined && !over) return
        watchers.delete(look)
        if (found === undefined) reject(stopped)
        else resolve(found)
      }
      watchers.add(look)
      look()
    })

  const server = await rawServer(
    async (stream, index) => {
      const socket = server.sockets[index] ?? stream
      const connection = new ScriptedConnection(stream, socket, options)
      connections.push(connection)
      changed()
      await serve(connection, options, (command) => {
        commands.push(command)
        changed()
      })
    },
    options.tls === undefined ? {} : { tls: options.tls },
  )
  const stop = async () => {
    over = true
    changed()
    await server.stop()
  }
  return {
    host: server.host,
    port: server.port,
    ca: (await ownAuthority()).ca,
    connections,
    commands,
    get lines() {
      return connections.flatMap((connection) => connection.lines)
    },
    received: (name, count = 1) => until(() => commands.filter((command) => command.name === name)[count - 1]),
    connected: (count = 1) => until(() => connections[count - 1]),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const serve = async (
  connection: ScriptedConnection,
  options: ScriptedServerOptions,
  note: (command: ReceivedCommand) => void,
): Promise<void> => {
  const capabilities = () => announced(connection, options.capabilities)
  const greeting = options.greeting === undefined ? '* OK [CAPABILITY $capabilities] ready' : options.greeting
  try {
    if (greeting !== null) {
      const fill = (piece: Piece) =>
        typeof piece === 'string' ? piece.replaceAll('$capabilities', capabilities().join(' ')) : piece
      await connection.send(...pieces(greeting).map(fill))
    }
    for (;;) {
      const command = await readCommand(connection, options.literal)
      if (command === undefined) continue
      connection.commands.push(command)
      note(command)
      await answer(contextOf(command, connection, capabilities), options.handlers ?? {})
    }
  } catch (error) {
    if (!(error instanceof ConnectionGone)) throw error
    connection.end()
  }
}

const answer = async (context: CommandContext, handlers: Readonly<Record<string, Handler>>): Promise<void> => {
  const handler = handlerFor(context.name, handlers)
  const result = typeof handler === 'function' ? await handler(context) : handler
  if (result === undefined) return
  if (typeof result === 'string' || result instanceof Uint8Array) await context.send(result)
  else for await (const piece of result) await context.send(piece)
}

const handlerFor = (name: string, handlers: Readonly<Record<string, Handler>>): Handler | BuiltIn => {
  const own = [name, name.split(' ')[0] ?? ''].find((key) => Object.hasOwn(handlers, key))
  return handlers[own ?? ''] ?? builtInHandlers.get(name) ?? handlers['*'] ?? [`$tag BAD unknown command ${name}`]
}

const contextOf = (
  command: ReceivedCommand,
  connection: ScriptedConnection,
  capabilities: () => readonly string[],
): CommandContext => ({
  ...command,
  connection,
  capabilities,
  secure: connection.secure,
  send: (...all) => connection.send(...all.map((piece) => substituted(piece, command.tag))),
  sendRaw: (bytes) => connection.sendRaw(bytes),
  readLine: () => connection.readLine(),
  readExactly: (size) => connection.readExactly(size),
  upgradeToTls: (certificate) => connection.upgradeToTls(certificate),
  inflate: () => connection.inflate(),
  reset: () => connection.reset(),
  end: () => connection.end(),
  // A script that still sleeps when its test is over must not keep the process.
  sleep: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
})

const pieces = (some: Piece | readonly Piece[]): readonly Piece[] =>
  typeof some === 'string' || some instanceof Uint8Array ? [some] : some

const announced = (connection: ScriptedConnection, told: ScriptedServerOptions['capabilities']): readonly string[] => {
  if (typeof told === 'function') return told(connection)
  return told ?? ['IMAP4rev1', 'AUTH=PLAIN', ...(connection.secure ? [] : ['STARTTLS'])]
}
