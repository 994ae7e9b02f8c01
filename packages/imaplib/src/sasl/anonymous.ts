import { invalid } from '../errors/imap-error.ts'
import { nameBytes } from './credential-text.ts'
import type { SaslMechanism } from './mechanism.ts'
import { singleResponse } from './single-response.ts'
import { bidirectionalFault, inTable } from './stringprep.ts'

/**
 * ANONYMOUS (RFC 4505): no identity, only a trace for the server's log.
 *
 * @param trace up to 255 characters: a mail address, or a word without `@` that tells nothing by itself. Default empty.
 * @throws {@link ImapError} `EINVALID` for a longer trace or for characters that the "trace" profile forbids (§3).
 */
export function anonymous(trace = ''): SaslMechanism {
  const bytes = nameBytes(trace, 'trace')
  const codePoints = Array.from(trace, (character) => character.codePointAt(0) ?? 0)
  if (codePoints.length > 255) throw invalid('The trace is longer than 255 characters')
  if (codePoints.some((codePoint) => inTable('prohibitedTrace', codePoint))) {
    throw invalid('The trace holds a character that RFC 4505 §3 forbids')
  }
  const fault = bidirectionalFault(codePoints)
  if (fault !== null) throw invalid(`The trace ${fault}`)
  return singleResponse('ANONYMOUS', () => Buffer.from(bytes))
}
