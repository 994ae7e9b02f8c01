/**
 * What the writer makes of a command: pieces to send in order. Between a synchronising literal's header and its octets
 * the connection waits for the server's `+` (RFC 9051 §4.3).
 */
export type Fragment = TextFragment | LiteralFragment | StreamFragment

/** Bytes that go out as they are: a piece of a command line, literal headers included. */
export interface TextFragment {
  readonly kind: 'text'
  readonly bytes: Buffer
  /** The same piece for traces and errors, with secrets replaced. Made by the writer, by type, never by pattern. */
  readonly redacted: string
}

/** The octets of a literal held in memory. Its header ended the text fragment before it. */
export interface LiteralFragment {
  readonly kind: 'literal'
  readonly bytes: Uint8Array
  /** True when the server must say `+` first. */
  readonly synchronising: boolean
  /** True when a trace must not show the octets. */
  readonly secret: boolean
}

/** The octets of a literal that are produced while they are sent. Exactly `size` of them must come. */
export interface StreamFragment {
  readonly kind: 'stream'
  readonly size: number
  readonly source: AsyncIterable<Uint8Array>
  readonly synchronising: boolean
}

/** Which literals may be sent without waiting for `+` (RFC 7888). */
export type LiteralMode =
  | 'synchronising' // none
  | 'minus' // LITERAL-, IMAP4rev2: up to 4096 octets
  | 'plus' // LITERAL+: any
