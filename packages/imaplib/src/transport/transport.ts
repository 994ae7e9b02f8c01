/**
 * Where bytes come from and go to: TCP, TLS, a child process, a deflate layer, memory.
 *
 * A transport knows nothing of IMAP. It pushes bytes to one receiver, synchronously, and is told when to pause.
 */
export interface Transport {
  /** True when the bytes are protected by TLS, or never leave this machine (a child process). */
  readonly secure: boolean
  /** For messages and traces: `tcp 127.0.0.1:143`, `tls mail.example:993`, `process ssh mail imapd`. */
  readonly description: string

  /**
   * Starts the flow of bytes, or hands it to another receiver (as COMPRESS does). No byte is delivered before the
   * first call; what arrived earlier is kept. Delivery begins after this call has returned, never inside it.
   */
  start(receiver: TransportReceiver): void

  /**
   * Queues bytes for sending. The transport may keep a reference until they are sent: do not change them.
   *
   * @returns false when more is queued than the transport likes: wait for `receiver.drain()` before writing much more.
   * After the transport is closed, writes are ignored: `receiver.closed()` has said so.
   */
  write(bytes: Uint8Array): boolean

  /** Collects writes until `uncork()`, so that small pieces share a packet. Calls may nest. */
  cork(): void
  uncork(): void

  /**
   * Stops and continues the delivery of bytes; the back-pressure reaches the peer. A few more chunks may still come. A
   * paused transport does not see that the peer has closed or reset the connection, until it is resumed.
   */
  pause(): void
  resume(): void

  /**
   * Sends what is queued, then says that nothing more will come. `receiver.closed()` follows when the peer ends too; a
   * peer that does not is only left by `destroy()`.
   */
  end(): void

  /** Drops the connection now. `receiver.closed()` follows, once. */
  destroy(error?: Error): void
}

/** What a transport tells its owner. Calls are never nested inside a call of `Transport.write`. */
export interface TransportReceiver {
  /** Bytes arrived. The memory is only valid during the call: it may be reused for the next chunk. */
  data(chunk: Buffer): void
  /**
   * Memory that the next bytes should be read into, to save a copy: `data()` is then given a view of it. Null leaves it to
   * the transport, which need not ask.
   */
  room?(): Buffer | null
  /** The send queue is short again after `write()` returned false. */
  drain(): void
  /** The last call, exactly once. `error` is null when the peer closed in good order, or we did. */
  closed(error: Error | null): void
}
