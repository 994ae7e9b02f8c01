import { ImapError } from '../errors/imap-error.ts'
import type { Frame } from '../wire/frame.ts'
import { parseStatusLine, type StatusLine } from './status-line.ts'
import { visible } from './trace.ts'

/** How much of a server's unexpected words an error shows. */
const EXCERPT = 100

const excerpt = (frame: Frame): string =>
  visible(frame.bytes.toString('latin1', frame.start, Math.min(frame.end, frame.start + EXCERPT)))

/**
 * Reads the greeting (RFC 9051 §7.1): `* OK`, `* PREAUTH` or `* BYE`.
 * @throws ImapError `EBYE` when the server sends us away, `EGREETING` for anything that is no greeting
 */
export const readGreeting = (frame: Frame): StatusLine => {
  const line = frame.bytes.toString('latin1', frame.start, frame.end)
  const status = line.startsWith('* ') ? parseStatusLine(line.slice(2).trimStart()) : null
  if (status?.status === 'OK' || status?.status === 'PREAUTH') return status
  if (status?.status === 'BYE') throw byeError(status)
  throw new ImapError('EGREETING', `This is not the greeting of an IMAP server: ${excerpt(frame)}`, {
    serverText: excerpt(frame),
  })
}

export const byeError = (bye: StatusLine | null): ImapError =>
  new ImapError('EBYE', `The server ended the connection: ${visible(bye?.text ?? '')}`, {
    responseCode: bye?.code === '' ? undefined : bye?.code,
    codeArguments: bye?.codeArguments === '' ? undefined : bye?.codeArguments,
    serverText: bye?.text,
    retryable: true,
  })

/** A response that has no place in the conversation: what comes after it cannot be trusted. */
export const unexpected = (what: string, frame: Frame): ImapError =>
  new ImapError('EPROTOCOL', `The server sent ${what}: ${excerpt(frame)}`)

/** What a command is told when its connection is gone. */
export const closedError = (reason: ImapError | null, command: string | undefined, sent = false): ImapError => {
  if (reason === null) return new ImapError('ECLOSED', 'The connection is closed.', { command })
  if (!sent)
    return new ImapError('ECLOSED', `The connection is closed: ${reason.message}`, {
      command,
      cause: reason,
      responseCode: reason.responseCode,
      codeArguments: reason.codeArguments,
      serverText: reason.serverText,
      retryable: true,
    })
  return new ImapError(reason.code, reason.message, {
    command: command ?? reason.command,
    cause: reason.cause ?? reason,
    responseCode: reason.responseCode,
    codeArguments: reason.codeArguments,
    serverText: reason.serverText,
    retryable: reason.retryable,
  })
}

/** Whether the line begins with a bare `NO` or `BAD` where a tag should be. */
export const notUnderstood = (bytes: Buffer, start: number, end: number): boolean => {
  const word = bytes.toString('latin1', start, end).toUpperCase()
  return word === 'NO' || word === 'BAD'
}

/**
 * Whether the line is `DONE BAD …`. A server that ends IDLE by itself just as DONE is on its way reads DONE as the tag of a
 * command that is none (RFC 9051 §6.3.13 has no remedy).
 */
export const strayDone = (bytes: Buffer, start: number, end: number): boolean =>
  /^done bad(?: |$)/i.test(bytes.toString('latin1', start, Math.min(bytes.length, end + 5)))
