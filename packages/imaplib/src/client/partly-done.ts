import { ImapError } from '../errors/imap-error.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { Copied } from './copied.ts'

/**
 * An operation of several steps failed, and not all of it is undone. `code`, `serverText` and so on are those of the step
 * that failed, which is the `cause`; repeating the call would copy messages twice.
 */
export class PartlyDone extends ImapError {
  override name = 'PartlyDone'
  /** UIDs that have been copied, here and at the destination. Some may have been marked `\Deleted` here. */
  readonly copied: SequenceSet
  /** UIDs that have been moved: no longer here. */
  readonly moved: SequenceSet
  /** What the server said of their UIDs at the destination. */
  readonly result: Copied | null

  constructor(cause: ImapError, done: { copied: SequenceSet; moved: SequenceSet; result: Copied | null }) {
    const { copied, moved } = done
    const what = [
      ...(moved.isEmpty ? [] : [`${moved.toString().slice(0, 100)} moved`]),
      ...(copied.isEmpty ? [] : [`${copied.toString().slice(0, 100)} copied, but not removed here`]),
    ]
    // ECLOSED says that nothing was sent and the call may be repeated, which is not so here.
    const code = cause.code === 'ECLOSED' ? 'EUNKNOWNOUTCOME' : cause.code
    const { responseCode, serverText, command } = cause
    super(code, `Only a part was done (${what.join('; ')}): ${cause.message}`, {
      responseCode,
      serverText,
      command,
      cause,
    })
    this.copied = copied
    this.moved = moved
    this.result = done.result
  }
}
