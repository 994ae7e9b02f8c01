import type { ExternalLiteral } from '../wire/frame.ts'
import { IMAP4Error } from './imap4-errors.ts'
import type { RawResponse } from './response-lines.ts'

/** Looks at one response; true says that it was the one that was waited for. */
export type ResponseHandler = (raw: RawResponse) => boolean

/** Where responses come from, one at a time, and only while somebody waits for them. */
export interface ResponseSource {
  /**
   * Hands responses to `handle` until it returns true or throws. Responses that come later wait for the next call, as
   * they wait in the socket in Python: what a command finds in the store depends on it.
   *
   * @param limit gives up after so many milliseconds, without harm to a response that has begun; null for never
   * @returns false when the limit struck, or {@link interrupt} was called
   */
  read(handle: ResponseHandler, limit: number | null): Promise<boolean>
  /** Ends the `read()` under way, if there is one, as if its limit had struck. */
  interrupt(): void
}

/** Two at once would each take what is the other's. The engine's order forbids it. */
export const readTwice = () => new IMAP4Error('a response is being waited for already', { code: 'ESTATE' })

/** A copy that outlives the call in which a frame was delivered. */
export const keptFrame = ({ bytes, start, end, externals }: RawResponse): RawResponse => ({
  bytes: Buffer.from(bytes.subarray(start, end + 2)),
  start: 0,
  end: end - start,
  externals: externals === null ? null : externals.map((literal) => moved(literal, start)),
})

const moved = ({ position, size, data }: ExternalLiteral, by: number): ExternalLiteral => ({
  position: position - by,
  size,
  data,
})
