import type { TextFragment } from '../wire/fragment.ts'
import type { CommandWriter } from '../wire/writer.ts'
import type { StatusLine } from './status-line.ts'

/**
 * What may be on the wire at the same time as a command (RFC 9051 §5.5).
 *
 * - `free`: anything but the rest of this list.
 * - `numbers`: it uses message sequence numbers, so nothing may run beside it during which the server could renumber
 *   the messages: only other commands of this kind.
 * - `blocks`: may follow commands in flight, but what comes after it waits for its completion, since it changes what the
 *   next command means (SELECT, ENABLE).
 * - `alone`: waits for all before it, and all after it wait (STARTTLS, AUTHENTICATE, IDLE).
 */
export type Order = 'free' | 'numbers' | 'blocks' | 'alone'

/** One command on its way: how it is written, and who is told of its end. */
export interface Exchange {
  /** For errors and traces: `UID FETCH`. */
  readonly name: string
  readonly order: Order
  /** Writes the command, tag excepted. A throw means that nothing is sent; `failed` is called with it. */
  write(out: CommandWriter): void
  /**
   * The server said `+` and no literal was waiting for it. `text` is what followed, latin1. Without this method a `+` is
   * a breach of the protocol.
   */
  continuation?(text: string, reply: Reply): void
  /** Another command waits behind this one, which is `alone`: end it if that can be done (IDLE does). */
  interrupt?(): void
  /** True while the server may rightly be silent, as in IDLE: then silence is no failure. */
  readonly quiet?: boolean
  /** The server's tagged answer, exactly once, unless `failed` was called. */
  completed(completion: StatusLine): void
  /** The command could not be sent, or the connection ended. Exactly once, unless `completed` was called. */
  failed(error: Error, sent: boolean): void
}

/** Sends a line of an exchange under way: an answer to a challenge, `DONE`. Does nothing after its end. */
export type Reply = (line: TextFragment) => void
