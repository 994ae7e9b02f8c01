import { type CallOptions, LONGEST_TIMER } from '../commands/run.ts'
import { ImapError } from '../errors/imap-error.ts'

/**
 * Waits for something that is more than one caller's, such as a connection: the caller's signal and time limit end the
 * wait, and not the thing.
 *
 * @param begin gets a signal that fires when the caller has gone
 * @param late gets what comes after the caller has gone
 */
export const heeded = <T>(
  what: string,
  { signal, timeout }: CallOptions,
  begin: (gone?: AbortSignal) => Promise<T>,
  late?: (result: T) => void,
): Promise<T> => {
  if (signal === undefined && timeout === undefined) return begin()
  if (signal?.aborted === true) return Promise.reject(aborted(what, signal))
  return new Promise((resolve, reject) => {
    const gone = new AbortController()
    const leave = (error: ImapError) => {
      settle()
      gone.abort(error)
      reject(error)
    }
    const onAbort = () => leave(aborted(what, signal as AbortSignal))
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    signal?.addEventListener('abort', onAbort)
    const timer =
      timeout === undefined || timeout > LONGEST_TIMER
        ? undefined
        : setTimeout(() => leave(new ImapError('ETIMEDOUT', `${what} took more than ${timeout} ms.`)), timeout)
    begin(gone.signal).then(
      (result) => {
        settle()
        if (gone.signal.aborted) late?.(result)
        else resolve(result)
      },
      (error: Error) => {
        settle()
        reject(error)
      },
    )
  })
}

const aborted = (what: string, signal: AbortSignal): ImapError =>
  new ImapError('ABORT_ERR', `${what} was aborted.`, { cause: signal.reason })
