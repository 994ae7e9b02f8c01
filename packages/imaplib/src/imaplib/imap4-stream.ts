import { type ProcessTransport, spawnTransport } from '../transport/process.ts'
import type { IMAP4Options } from './conversation.ts'
import { IMAP4 } from './imap4.ts'

/**
 * `IMAP4` over the standard input and output of a program that it starts.
 *
 * A string is a command for the shell: put nothing into it that comes from elsewhere. An array is a program and its
 * arguments, and no shell sees it.
 *
 * @example
 * const M = await IMAP4_stream.connect(['ssh', 'mail.example', '/usr/lib/dovecot/imap'])
 */
export class IMAP4_stream extends IMAP4 {
  readonly command: string | readonly string[]
  /** Python's file objects of the two pipes; there are none here, as with `file`. */
  readonly readfile: null = null
  readonly writefile: null = null
  #child: ProcessTransport | null = null

  constructor(command: string | readonly string[], options: IMAP4Options = {}) {
    super('', 0, options)
    this.host = null
    this.port = null
    this.command = command
  }

  /** Starts the program. Its arguments are those of the other classes, and have no meaning here. */
  override async open(_host?: string, _port?: number, _timeout?: number): Promise<void> {
    this.#child = await spawnTransport(this.command)
    this.attach(this.#child)
  }

  /** The running program; null before `open()`. */
  get process(): ProcessTransport | null {
    return this.#child
  }

  /** Closes the program's input and output, and waits until it is gone. */
  override async shutdown(): Promise<void> {
    await super.shutdown()
    await this.#child?.waitExit()
  }

  protected override get _has_socket(): boolean {
    return false
  }
}
