import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { ImapError, invalid } from '../errors/imap-error.ts'
import { aborted } from './connecting.ts'
import { StreamTransport } from './stream.ts'
import { visible } from './visible.ts'

/** How much of the standard error output is kept, in octets. */
const STDERR_KEPT = 4096
/** How long the process may take to exit after it closed its output, before that counts as the end. */
const EXIT_WAIT_MS = 1000

export interface SpawnOptions {
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv | undefined
  cwd?: string | undefined
  /** Gives up when it fires before the process has started. */
  signal?: AbortSignal | undefined
  /** Where the standard error output goes: kept for error messages, or to our own. Default `keep`. */
  stderr?: 'keep' | 'inherit' | undefined
  /** How long a process that is told to stop (SIGTERM) may take, before it is killed, in milliseconds. Default 2000. */
  killAfter?: number | undefined
}

export interface ProcessExit {
  /** The exit status, or null if a signal ended the process. */
  code: number | null
  signal: NodeJS.Signals | null
}

/**
 * Starts a program whose standard input and output are the connection (Python's `IMAP4_stream`).
 *
 * A string is a command for the shell; an array is a program and its arguments, without a shell: the form to use when
 * any part comes from elsewhere. Rejects with `ECHILD` if the program cannot be started.
 *
 * @example
 * const transport = await spawnTransport(['ssh', 'mail.example', '/usr/lib/dovecot/imap'])
 */
export async function spawnTransport(
  command: string | readonly string[],
  options: SpawnOptions = {},
): Promise<ProcessTransport> {
  const { signal } = options
  const [program, args] = typeof command === 'string' ? [command, []] : [command[0], command.slice(1)]
  if (program === undefined || program.trim() === '') throw invalid('command must not be empty')
  if ([program, ...args].some((part) => part.includes('\0'))) throw invalid('command must not contain a NUL')
  const name = visible(typeof command === 'string' ? command : command.join(' '))
  if (signal?.aborted === true) throw aborted(signal, `starting ${name}`)
  let child: ChildProcess
  try {
    child = spawn(program, args, {
      stdio: ['pipe', 'pipe', options.stderr === 'inherit' ? 'inherit' : 'pipe'],
      shell: typeof command === 'string',
      windowsHide: true,
      ...(options.env !== undefined && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
  } catch (cause) {
    throw cannotStart(name, cause)
  }
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      if (signal !== undefined) reject(aborted(signal, `starting ${name}`))
      child.kill('SIGKILL')
    }
    // Stays on for the child's life: a kill() that fails also emits 'error', and must not be without a listener.
    child.on('error', (error) => {
      signal?.removeEventListener('abort', onAbort)
      reject(cannotStart(name, error))
    })
    child.once('spawn', () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort)
  })
  return new ProcessTransport(child as ChildProcessWithoutNullStreams, name, options.killAfter ?? 2000)
}

function cannotStart(name: string, cause: unknown): ImapError {
  const reason = cause instanceof Error ? visible(cause.message) : String(cause)
  return new ImapError('ECHILD', `cannot start ${name}: ${reason}`, { cause })
}

export class ProcessTransport extends StreamTransport {
  /** Settles when the process is gone. Never rejects. */
  readonly exited: Promise<ProcessExit>
  private readonly child: ChildProcessWithoutNullStreams
  private readonly killAfter: number
  private status: ProcessExit | null = null
  private outputEnded = false
  private stderrTail = Buffer.alloc(0)

  constructor(child: ChildProcessWithoutNullStreams, name: string, killAfter: number) {
    super(`process ${name}`, true)
    this.child = child
    this.killAfter = killAfter
    // Read always, or a talkative process would block on a full pipe. Null if inherited, which the type does not know.
    const stderr: Readable | null = child.stderr
    stderr?.on('data', (chunk: Buffer) => {
      this.stderrTail = Buffer.concat([this.stderrTail, chunk]).subarray(-STDERR_KEPT)
    })
    stderr?.on('error', () => {})
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.status = { code, signal }
        resolve(this.status)
      })
    })
    this.attach(child.stdout, child.stdin)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Closes the input of the process and waits until it is gone; stops it if that takes longer than `grace` ms. */
  async waitExit(grace = 5000): Promise<ProcessExit> {
    this.end()
    const timer = setTimeout(() => this.drop(), grace)
    const status = await this.exited
    clearTimeout(timer)
    return status
  }

  protected override readableEnded(): void {
    this.outputEnded = true
    void this.finishWithStatus()
  }

  protected override failed(error: Error, stream: Readable | Writable): void {
    // EPIPE: the process reads no more. What it wrote before, and why it stopped, is still to come.
    if (stream === this.child.stdin) return
    this.finish(error)
    this.drop()
  }

  protected override streamClosed(stream: Readable | Writable): void {
    if (stream === this.child.stdout && !this.outputEnded) super.streamClosed(stream)
  }

  protected override drop(): void {
    super.drop()
    this.child.stderr?.destroy()
    if (this.status !== null) return
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.killAfter)
    void this.exited.then(() => clearTimeout(timer))
  }

  /** The output has ended: waits a moment for the exit status, which tells why. */
  private async finishWithStatus(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, EXIT_WAIT_MS, null)
    })
    const status = await Promise.race([this.exited, late])
    clearTimeout(timer)
    // The last words on the standard error output may be one turn behind the exit.
    await new Promise((resolve) => void setImmediate(resolve))
    if (status === null || status.code === 0) this.finish(null)
    else this.finish(this.exitError(status))
    if (status === null) this.drop()
  }

  private exitError({ code, signal }: ProcessExit): ImapError {
    const how = signal === null ? `exited with status ${code}` : `was ended by ${signal}`
    const words = visible(this.stderrTail.toString('utf8').trim())
    return new ImapError('ECHILD', `${this.description}: the process ${how}${words === '' ? '' : `: ${words}`}`)
  }
}
