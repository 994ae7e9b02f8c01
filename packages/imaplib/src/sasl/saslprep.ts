import { invalid } from '../errors/imap-error.ts'
import { bidirectionalFault, inTable } from './stringprep.ts'

/** Options of {@link saslprep}. */
export interface SaslprepOptions {
  /**
   * `refuse` for "stored strings" (a password in SCRAM, RFC 5802 §2.2), `allow` for "queries" (a user name, §5.1):
   * whether code points that Unicode 3.2 did not assign, emoji among them, may stand in the string. Default `refuse`.
   */
  unassigned?: 'refuse' | 'allow'
  /** For messages: `password`. Default `text`. */
  what?: string
}

/**
 * SASLprep (RFC 4013): one form for user names and passwords that look the same. Maps, normalises (NFKC), then refuses
 * control characters, private use and other code points that a keyboard does not make, and mixed writing directions.
 *
 * U+200B stands in both mapping tables; it becomes a space, as RFC 4013 §2.1 names that mapping first.
 *
 * @throws {@link ImapError} `EINVALID`. The message says which rule, never which character: it may be a password's.
 * @example
 * saslprep('\u2168') // 'IX'
 */
export function saslprep(text: string, options: SaslprepOptions = {}): string {
  const what = options.what ?? 'text'
  // Printable ASCII is its own image: no mapping, no table, nothing right-to-left.
  if (/^[\x20-\x7e]*$/.test(text)) return text

  let mapped = ''
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0
    if (inTable('mappedToSpace', codePoint)) mapped += ' '
    else if (!inTable('mappedToNothing', codePoint)) mapped += character
  }
  const normalized = mapped.normalize('NFKC')
  const codePoints = Array.from(normalized, (character) => character.codePointAt(0) ?? 0)

  if (codePoints.some((codePoint) => inTable('prohibited', codePoint))) {
    throw invalid(`The ${what} holds a character that SASLprep forbids (RFC 4013 §2.3)`)
  }
  if (options.unassigned !== 'allow' && codePoints.some((codePoint) => inTable('unassigned', codePoint))) {
    throw invalid(`The ${what} holds a character that SASLprep does not know (RFC 4013 §2.5)`)
  }
  const fault = bidirectionalFault(codePoints)
  if (fault !== null) throw invalid(`The ${what} ${fault} (RFC 4013 §2.4)`)
  return normalized
}
