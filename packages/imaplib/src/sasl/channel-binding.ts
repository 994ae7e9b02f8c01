/**
 * What ties a SCRAM exchange to the TLS connection it runs in, so that a man in the middle cannot pass it on
 * (RFC 5056, RFC 5802 §6). The transport makes it; this room only sends it.
 */
export interface ChannelBinding {
  /**
   * - `tls-exporter` (RFC 9266 §2): 32 octets of keying material exported with the label `EXPORTER-Channel-Binding` and an
   *   empty context. The default for TLS 1.3; for TLS 1.2 only with the extended master secret.
   * - `tls-unique` (RFC 5929 §3): the first Finished message. The default up to TLS 1.2, not defined for TLS 1.3.
   * - `tls-server-end-point` (RFC 5929 §4): a hash of the server's certificate.
   */
  readonly type: 'tls-exporter' | 'tls-unique' | 'tls-server-end-point'
  readonly data: Uint8Array
}
