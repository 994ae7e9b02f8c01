import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { namedMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** What LIST says more of a mailbox, after its name (RFC 9051 §7.3.1, RFC 5258 §4). */
export interface ListExtensions {
  /**
   * CHILDINFO (RFC 5258 §4): which selection options mailboxes below this one satisfy, in upper case: `SUBSCRIBED`. Null
   * when the server says nothing.
   */
  readonly childInfo: readonly string[] | null
  /** OLDNAME (RFC 9051 §6.3.9.7): the name under which the mailbox was asked for, or known until now. */
  readonly oldName: string | null
  /** Other items by upper-case tag, as text; null when there are none. */
  readonly otherItems: ReadonlyMap<string, string> | null
}

export const noExtensions: ListExtensions = Object.freeze({ childInfo: null, oldName: null, otherItems: null })

/** `("CHILDINFO" ("SUBSCRIBED") "OLDNAME" ("old"))` */
export const readListExtensions = (scan: Scanner, context: ParseContext): ListExtensions => {
  if (!scan.openList()) return scan.fail('a list of extended data')
  let childInfo: string[] | null = null
  let oldName: string | null = null
  let otherItems: Map<string, string> | null = null
  while (!closeStrictly(scan)) {
    const tag = scan.astring().toUpperCase()
    scan.space()
    if (tag === 'CHILDINFO') childInfo = readWords(scan)
    else if (tag === 'OLDNAME') oldName = namedMailbox(readOldName(scan), context).mailbox
    else {
      const from = scan.pos
      scan.skipValue()
      otherItems ??= new Map()
      otherItems.set(tag, decodeRaw(scan.rawCopy(from, scan.pos)))
    }
  }
  return { childInfo, oldName, otherItems }
}

/** A missing parenthesis is no fault elsewhere; here it tells a name from the data after it. */
const closeStrictly = (scan: Scanner): boolean => {
  scan.skipSpaces()
  if (scan.atEnd) return scan.fail('")"')
  return scan.closeList()
}

const readWords = (scan: Scanner): string[] => {
  if (!scan.openList()) return scan.fail('a list of selection options')
  const words: string[] = []
  while (!closeStrictly(scan)) words.push(scan.astring().toUpperCase())
  return words
}

const readOldName = (scan: Scanner): RawText => {
  const listed = scan.openList()
  const raw = scan.rawAstring()
  if (listed && !closeStrictly(scan)) scan.fail('")"')
  return raw
}
