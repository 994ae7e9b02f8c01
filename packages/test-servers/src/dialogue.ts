import { ConnectionGone } from './inbox.ts'
import { ownAuthority } from './own-authority.ts'
import { rawServer, type TlsChoice } from './raw-server.ts'
import { ScriptedConnection } from './scripted-connection.ts'
import { parseTranscript, type Step, tagsOf } from './transcript.ts'

export interface DialogueOptions {
  /** TLS from the first byte. */
  readonly tls?: TlsChoice
  /** Cuts everything that it sends into parts of so many bytes. */
  readonly splitEvery?: number
}

/** A server that plays its part of a transcript. */
export interface Dialogue extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The authority of its certificates, PEM. */
  readonly ca: string
  /** Resolves when the transcript has been played to its end; rejects when the client said something else, or left. */
  readonly done: Promise<void>
  /** Closes everything. Rejects when the transcript was not played to its end as written. */
  readonly stop: () => Promise<void>
}

/**
 * Plays a transcript, as RFCs print them, to the first client that connects: sends what `S:` says, and holds the client to what `C:` says.
 * Tags may differ: the client's own take the place of the transcript's. For the rest see `parseTranscript`.
 *
 * ```ts
 * await using server = await dialogue(`
 *   S: * OK ready
 *   C: a001 NOOP
 *   S: a001 OK done
 * `)
 * ```
 */
export const dialogue = async (transcript: string, options: DialogueOptions = {}): Promise<Dialogue> => {
  const steps = parseTranscript(transcript)
  let finish: () => void = () => undefined
  let fail: (reason: unknown) => void = () => undefined
  let finished = false
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  // A failure that nobody awaits is still told by `stop`.
  done.catch(() => undefined)
  const progress = { step: steps[0] }

  const server = await rawServer(
    async (stream, index) => {
      if (index > 0) throw new Error('a dialogue has one connection, and the client opened another')
      const connection = new ScriptedConnection(stream, server.sockets[index] ?? stream, options)
      try {
        await play(connection, steps, progress)
        finished = true
        finish()
      } catch (error) {
        const reason = error instanceof ConnectionGone ? unfinished(progress.step, error.message) : error
        fail(reason)
        throw reason
      }
    },
    options.tls === undefined ? {} : { tls: options.tls },
  )
  const stop = async () => {
    await server.stop()
    if (finished) return
    const reason = unfinished(progress.step, 'the server was stopped')
    fail(reason)
    throw reason
  }
  let stopping: Promise<void> | undefined
  const stopOnce = () => (stopping ??= stop())
  return {
    host: server.host,
    port: server.port,
    ca: (await ownAuthority()).ca,
    done,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  }
}

const unfinished = (step: Step | undefined, why: string): Error =>
  new Error(`the dialogue ended before line ${step?.at ?? 0} (${step?.who ?? ''}: ${step?.text ?? ''}): ${why}`)

const play = async (connection: ScriptedConnection, steps: readonly Step[], progress: { step: Step | undefined }) => {
  const tags = tagsOf(steps)
  const clientTags = new Map<string, string>()
  for (const step of steps) {
    progress.step = step
    if (step.who === 'S') await connection.send(withClientTags(step.text, clientTags))
    else if (step.who === 'C') compare(step, await connection.readLine(), tags, clientTags)
    else if (step.text === 'tls') await connection.upgradeToTls()
    else if (step.text === 'end') connection.end()
    else connection.reset()
  }
}

const withClientTags = (text: string, clientTags: ReadonlyMap<string, string>): string => {
  if (text === '+') return '+ '
  const first = text.split(' ', 1)[0] ?? ''
  const tag = clientTags.get(first)
  const line = tag === undefined ? text : tag + text.slice(first.length)
  // ESEARCH names the tag of its command (RFC 4466 §2.6.2), and so do INPROGRESS (RFC 9585 §4) and NOUPDATE (RFC 5267 §4.3.1).
  return line.replace(
    /(\(TAG |\[INPROGRESS \(|\[NOUPDATE )"([^"]*)"/,
    (_whole, before: string, name: string) => `${before}"${clientTags.get(name) ?? name}"`,
  )
}

const compare = (step: Step, actual: string, tags: ReadonlySet<string>, clientTags: Map<string, string>): void => {
  const wanted = step.text.split(' ', 1)[0] ?? ''
  const said = actual.split(' ', 1)[0] ?? ''
  const isCommand = tags.has(wanted)
  if (isCommand) clientTags.set(wanted, said)
  // CANCELUPDATE names the tags of the searches it ends (RFC 5267 §4.3.3).
  const named = step.text.includes(' CANCELUPDATE ')
    ? step.text.replaceAll(/"([^"]*)"/g, (_whole, name: string) => `"${clientTags.get(name) ?? name}"`)
    : step.text
  const expected = isCommand ? said + named.slice(wanted.length) : step.text
  if (expected === actual.trimEnd()) return
  throw new Error(`line ${step.at} of the dialogue\n  expected  C: ${expected}\n  received  C: ${actual}`)
}
