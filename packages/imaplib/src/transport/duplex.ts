import type { Duplex } from 'node:stream'
import { invalid } from '../errors/imap-error.ts'
import { StreamTransport } from './stream.ts'
import type { Transport } from './transport.ts'

export interface DuplexOptions {
  /** Whether nobody between can read or change the bytes. Default false. */
  secure?: boolean
  /** For messages and traces. Default `stream`. */
  description?: string
}

class DuplexTransport extends StreamTransport {
  constructor(stream: Duplex, description: string, secure: boolean) {
    super(description, secure)
    this.attach(stream, stream)
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
  if (stream.readableEncoding !== null)
    throw invalid('a stream with an encoding set cannot carry IMAP: bytes are needed')
  if (stream.destroyed || stream.readableEnded || stream.writableEnded) throw invalid('the stream has ended already')
  return new DuplexTransport(stream, options.description ?? 'stream', options.secure ?? false)
}
