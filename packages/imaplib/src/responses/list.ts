import { ParseError } from '../wire/parse-error.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type Flags, readFlags } from './flags.ts'
import { type ListExtensions, noExtensions, readListExtensions } from './list-extensions.ts'
import { readDelimiter } from './read-delimiter.ts'
import { type NamedMailbox, namedMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** `* LIST (\HasNoChildren) "/" foo` (RFC 9051 §7.3.1); LSUB of IMAP4rev1 and Gmail's old XLIST look the same. */
export interface ListResponse<Name extends ListName = ListName> extends NamedMailbox, ListExtensions {
  readonly type: Name
  /** `\HasChildren`, `\Noselect`, `\Sent` … as the server spells them; `has` ignores case. */
  readonly attributes: Flags
  /** Between the levels of names; null when there are no levels. */
  readonly delimiter: string | null
}

export type ListName = 'LIST' | 'LSUB' | 'XLIST'

const list =
  <Name extends ListName>(type: Name) =>
  (scan: Scanner, context: ParseContext): ListResponse<Name> => {
    const attributes = readFlags(scan, context)
    scan.skipSpaces()
    const delimiter = readDelimiter(scan, context)
    scan.skipSpaces()
    const { mailbox, extensions } = readName(scan, context)
    return {
      type,
      ...mailbox,
      attributes,
      delimiter,
      ...extensions,
    }
  }

export const parseList = list('LIST')
export const parseLsub = list('LSUB')
export const parseXlist = list('XLIST')

interface NameAndRest {
  readonly mailbox: NamedMailbox
  readonly extensions: ListExtensions
}

const readName = (scan: Scanner, context: ParseContext): NameAndRest => {
  const { text, end, pos } = scan
  const quoted = scan.peek() === QUOTE
  if (quoted || isWithin(text.indexOf('\n', pos), end)) {
    const mailbox = namedMailbox(scan.rawAstring(), context)
    scan.skipSpaces()
    return { mailbox, extensions: scan.atEnd ? noExtensions : readListExtensions(scan, context) }
  }
  return readUnquoted(scan, context)
}

/**
 * A name without quotes. Servers do not quote those that need it: spaces, brackets, parentheses, control characters. So
 * it is all that follows, unless its end can be read as extended data (RFC 9051 §6.3.9.6).
 */
const readUnquoted = (scan: Scanner, context: ParseContext): NameAndRest => {
  const { text, end, pos } = scan
  if (pos >= end) return scan.fail('a mailbox name')
  let extensions = noExtensions
  let nameEnd = end
  let open = text.indexOf(' (', pos)
  for (let tries = 0; tries < MOST_TRIES && isWithin(open, end); tries += 1) {
    const found = tryExtensions(scan, open + 1, context)
    if (found !== null) {
      extensions = found
      nameEnd = open
      break
    }
    open = text.indexOf(' (', open + 2)
  }
  while (nameEnd > pos && text.charCodeAt(nameEnd - 1) === SPACE) nameEnd -= 1
  const raw = text.slice(pos, nameEnd)
  scan.pos = end
  if (needsQuotes(raw)) context.repaired('name-unquoted')
  return { mailbox: namedMailbox(raw, context), extensions }
}

const tryExtensions = (scan: Scanner, at: number, context: ParseContext): ListExtensions | null => {
  scan.pos = at
  try {
    const extensions = readListExtensions(scan, context)
    scan.skipSpaces()
    return scan.atEnd ? extensions : null
  } catch (error) {
    if (error instanceof ParseError) return null
    throw error
  }
}

/** A name with many parentheses is tried at the first few only: each try may look at all that follows. */
const MOST_TRIES = 8

const SPACE = 0x20
const QUOTE = 0x22

const isWithin = (at: number, end: number): boolean => at !== -1 && at < end

/** Whether a character stands in it that no atom may have, `]` and the wildcards apart (RFC 9051 §9, list-mailbox). */
const needsQuotes = (raw: string): boolean => {
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charCodeAt(at)
    if (char <= SPACE || char > 0x7e || char === 0x28 || char === 0x29 || char === 0x7b || char === 0x5c) return true
  }
  return false
}
