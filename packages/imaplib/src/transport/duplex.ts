import type { Duplex } from 'node:stream'
import { ImapError, invalid } from '../errors/imap-error.ts'
import { StreamTransport } from './stream.ts'
import type { Transport, TransportReceiver } from './transport.ts'

export interface DuplexOptions {
  /** Whether nobody between can read or change the bytes. Default false. */
  secure?: boolean
  /** For messages and traces. Default `stream`. */
  description?: string
}

/** A transport over one stream for both directions, which it can give up for TLS. */
export class DuplexTransport extends StreamTransport {
  private stream: Duplex | null = null

  attachDuplex(stream: Duplex): void {
    this.stream = stream
    this.attach(stream, stream)
  }

  /**
   * Gives up the stream for a TLS handshake. The receiver gets no more calls.
   *
   * Between the answer to STARTTLS and our ClientHello a server has nothing to say. So whatever has arrived by now, in
   * Node or in the kernel, was put there in the clear to be taken for protected data later, and is fatal.
   */
  async surrender(): Promise<Duplex> {
    const stream = this.stream
    if (stream === null || this.over) {
      throw new ImapError('ECLOSED', `${this.description}: the connection is closed`, { retryable: true })
    }
    const probe = new Probe()
    this.divert(probe)
    // The first turn ends this round of the event loop, the second follows one look at every stream.
    await nextTurn()
    await nextTurn()
    if (probe.bytes === 0 && probe.outcome === undefined) {
      stream.pause()
      if (stream.readableLength === 0 && stream.writableLength === 0) {
        this.stream = null
        this.surrenderStreams()
        return stream
      }
      if (stream.readableLength > 0) probe.bytes = stream.readableLength
    }
    this.surrenderStreams()
    this.stream = null
    stream.destroy()
    if (probe.bytes > 0) throw injected(this.description)
    if (probe.outcome instanceof Error) throw probe.outcome
    if (probe.outcome === null) {
      throw new ImapError('EEOF', `${this.description}: closed by the server before TLS`, { retryable: true })
    }
    throw new ImapError('ESTATE', `${this.description}: bytes in the clear still wait to be sent before TLS`)
  }
}

/**
 * A transport over any stream of bytes: a proxied socket, an SSH channel. The stream must be connected, and from now on
 * belongs to the transport.
 *
 * @example
 * const transport = duplexTransport(sshChannel, { secure: true, description: 'ssh mail.example imapd' })
 */
export function duplexTransport(stream: Duplex, options: DuplexOptions = {}): Transport {
  if (stream.readableObjectMode || stream.writableObjectMode) throw invalid('a stream of objects cannot carry IMAP')
  if (stream.readableEncoding !== null) throw invalid('a stream with an encoding cannot carry IMAP: bytes are needed')
  if (stream.destroyed || stream.readableEnded || stream.writableEnded) throw invalid('the stream has ended already')
  const transport = new DuplexTransport(options.description ?? 'stream', options.secure ?? false)
  transport.attachDuplex(stream)
  return transport
}

/** Counts what comes while nothing may come. */
class Probe implements TransportReceiver {
  bytes = 0
  outcome: Error | null | undefined = undefined
  data(chunk: Buffer): void {
    this.bytes += chunk.length
  }
  drain(): void {}
  closed(error: Error | null): void {
    this.outcome = error
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** The error for bytes in the clear behind the answer to STARTTLS (CVE-2020-15685 and its many kin). */
export const injected = (where: string): ImapError =>
  new ImapError(
    'ESTARTTLSINJECTION',
    `${where}: bytes in the clear followed the answer to STARTTLS; the connection may be under attack, and was closed`,
  )
