import { ImapError } from '../errors/imap-error.ts'

/**
 * What a parser throws when the bytes are not what the grammar allows. There is one such object, made in advance: it is
 * always caught where a response (or an item of it) ends, which keeps the position and wording and lets go of the object.
 * So a server that sends nothing but nonsense does not make us collect stack traces.
 */
export class ParseError extends ImapError {
  override name = 'ParseError'
  /** What should have come: `a string`. */
  expected = ''
  /** Position in the scanner's bytes. */
  position = 0
}

const failure = new ParseError('EUNPARSED', 'The server sent a response that could not be understood.')

/** Throws the {@link ParseError}. Its return type lets a caller write `return fail(…)`. */
export const fail = (expected: string, position: number): never => {
  failure.expected = expected
  failure.position = position
  throw failure
}
