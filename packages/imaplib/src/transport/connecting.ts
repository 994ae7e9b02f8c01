import type { Socket } from 'node:net'
import { ImapError } from '../errors/imap-error.ts'

/** The default of `connectTimeout`, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 30_000

export interface ConnectLimits {
  /** Gives up when it fires. Only the making of the connection listens to it. */
  signal?: AbortSignal | undefined
  /** One deadline for name lookup, TCP and TLS together, in milliseconds; 0 for none. Default 30 000. */
  connectTimeout?: number | undefined
}

/** Refuses a bad time limit and an aborted signal before anything is opened. */
export function checkLimits({ signal, connectTimeout }: ConnectLimits): void {
  if (connectTimeout !== undefined && !(connectTimeout >= 0 && connectTimeout <= 0x7fffffff)) {
    throw new ImapError('EINVALID', `connectTimeout must be between 0 and 2147483647 ms, not ${connectTimeout}`)
  }
  if (signal?.aborted === true) throw aborted(signal, 'connecting')
}

export const aborted = (signal: AbortSignal, doing: string): ImapError =>
  new ImapError('ABORT_ERR', `${doing} was aborted`, { cause: signal.reason })

/**
 * Waits until the socket has emitted `event`; else destroys it, and rejects with Node's own error, an `ETIMEDOUT` or an
 * `ABORT_ERR`. The socket must have an 'error' listener of its own for what comes later.
 */
export function whenReady(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  doing: string,
  { signal, connectTimeout = CONNECT_TIMEOUT_MS }: ConnectLimits,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.off(event, onReady).off('error', settle).off('close', onClose)
      if (error === null) return resolve()
      socket.destroy()
      reject(error)
    }
    const onReady = () => settle(null)
    const onClose = () => settle(new ImapError('ECONNECT', `${doing}: the connection was closed`, { retryable: true }))
    const onAbort = () => signal !== undefined && settle(aborted(signal, doing))
    const onTimeout = () => {
      const message = `${doing} took longer than ${connectTimeout} ms`
      settle(new ImapError('ETIMEDOUT', message, { retryable: true }))
    }
    const timer = connectTimeout > 0 ? setTimeout(onTimeout, connectTimeout) : undefined
    signal?.addEventListener('abort', onAbort)
    socket.on(event, onReady).on('error', settle).on('close', onClose)
    // A lookup function of the user runs inside connect(), and may have fired it.
    if (signal?.aborted === true) onAbort()
  })
}
