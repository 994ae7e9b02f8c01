/** A response of a known name whose bytes could not be understood. It is a value, not an error: the conversation goes on. */
export interface UnparsedResponse {
  readonly type: 'unparsed'
  /** The response's name in upper case; empty if not even that could be read. */
  readonly name: string
  /** The number before the name, -1 if none. */
  readonly number: number
  /** The whole response without its final CRLF. Octets of literals kept outside of the frame are not in it. */
  readonly raw: Buffer
  /** What should have come: `a string`. */
  readonly expected: string
  /** Where in `raw` it should have come. */
  readonly position: number
}

/** A response that no parser is registered for. */
export interface UnknownResponse {
  readonly type: 'unknown'
  readonly name: string
  readonly number: number
  readonly raw: Buffer
}
