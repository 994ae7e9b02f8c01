import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, spawnAs } from './account.ts'
import type { GuardedFolder } from './guarded-folder.ts'

/** How to run a server in the foreground. */
export interface DaemonPlan {
  readonly command: readonly string[]
  readonly folder: GuardedFolder
  /** Whom to run it as; left out where the command itself drops root. */
  readonly account?: Account
  readonly env?: Readonly<Record<string, string>>
  /** Where its standard output and error go. */
  readonly output: string
  /** Files that tell what went wrong, for the error. */
  readonly logs: readonly string[]
  readonly host: string
  readonly port: number
}

/** A server that runs. */
export interface Daemon {
  readonly pid: number
  /** The last lines of its logs. */
  readonly log: (lines?: number) => string
  /** Ends it, by force when it has not ended after half a second, and removes its folder. Calling it again waits for the same end. */
  readonly stop: () => Promise<void>
}

const startTimeout = 30_000
/** How long a server has to end by itself, in milliseconds. Nothing that it keeps is of use afterwards. */
const grace = 500

/** Runs a server until it greets. Whatever goes wrong, the error ends with the tail of its logs, and nothing is left. */
export const startDaemon = async (plan: DaemonPlan): Promise<Daemon> => {
  const [program = '', ...args] = plan.command
  const output = openSync(plan.output, 'a', 0o644)
  const child = spawn(program, args, {
    cwd: plan.folder.path,
    detached: true,
    stdio: ['ignore', output, output],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: plan.folder.path, LC_ALL: 'C.UTF-8', ...plan.env },
    ...(plan.account === undefined ? {} : spawnAs(plan.account)),
  })
  closeSync(output)
  let ended: string | undefined
  const exited = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      ended ??= reason
      plan.folder.occupant(undefined)
      resolve()
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => end(`exited with ${signal ?? code}`))
  })
  if (child.pid !== undefined && ended === undefined) plan.folder.occupant(child.pid)
  child.unref()

  const log = (lines = 40) =>
    [plan.output, ...plan.logs]
      .map((file) => tail(file, lines))
      .filter((text) => text !== '')
      .join('\n')
  const end = async () => {
    child.ref()
    // The whole process group: Dovecot's master would wait for its children a second at a time, up to five.
    if (child.pid !== undefined && ended === undefined) signalGroup(child.pid, 'SIGTERM')
    const force = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL'), grace)
    await exited
    clearTimeout(force)
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    await plan.folder.remove()
  }
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= end())

  const deadline = Date.now() + startTimeout
  while (!(await greets(plan.host, plan.port))) {
    if (ended === undefined && Date.now() < deadline) {
      await sleep(20)
      continue
    }
    const reason = ended ?? `did not greet on ${plan.host}:${plan.port} within ${startTimeout} ms`
    const tailOfLog = log()
    await stop()
    throw new Error(`${program} ${reason}\n${tailOfLog}`)
  }
  return { pid: child.pid ?? 0, log, stop }
}

const signalGroup = (leader: number, signal: 'SIGTERM' | 'SIGKILL'): void => {
  try {
    process.kill(-leader, signal)
  } catch {
    // Nobody is left in it.
  }
}

const tail = (file: string, lines: number): string => {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

const greets = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const settle = (greeted: boolean) => {
      socket.destroy()
      resolve(greeted)
    }
    socket.setTimeout(5000, () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.once('data', (chunk) => settle(chunk.toString('latin1').startsWith('* ')))
  })
