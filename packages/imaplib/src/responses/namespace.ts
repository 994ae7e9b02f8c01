import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { readDelimiter } from './read-delimiter.ts'
import { decodeName } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'

/** `* NAMESPACE (("" "/")) NIL (("#shared." "."))` (RFC 9051 §7.3.1, RFC 2342 §5). Null: there is none of that kind. */
export interface NamespaceResponse {
  readonly type: 'NAMESPACE'
  readonly personal: readonly Namespace[] | null
  /** Of other users. */
  readonly other: readonly Namespace[] | null
  readonly shared: readonly Namespace[] | null
}

export interface Namespace {
  /** In Unicode. Names of mailboxes begin with it, the delimiter included: `#shared.` */
  readonly prefix: string
  /** The octets as they were sent. */
  readonly rawPrefix: RawText
  /** Between the levels of a name; null when there are no levels. */
  readonly delimiter: string | null
  /** Parameters of extensions by upper-case name: `TRANSLATION` (RFC 5255 §3.4). */
  readonly extensions: ReadonlyMap<string, readonly string[]>
}

const readNamespace = (scan: Scanner, context: ParseContext): Namespace => {
  const rawPrefix = scan.rawNstring() ?? ''
  scan.skipSpaces()
  const delimiter = readDelimiter(scan, context)
  const extensions = new Map<string, readonly string[]>()
  while (!scan.closeList()) {
    const name = scan.string().toUpperCase()
    scan.skipSpaces()
    const strings = readStrings(scan)
    // RFC 5255 §3.4: the translated prefix is written like any name.
    extensions.set(
      name,
      name === 'TRANSLATION' ? strings.map((raw) => decodeName(raw, context)) : strings.map(decodeRaw),
    )
  }
  return {
    prefix: decodeName(rawPrefix, context),
    rawPrefix,
    delimiter,
    extensions,
  }
}

const readStrings = (scan: Scanner): RawText[] => {
  if (!scan.openList()) return [scan.rawString()]
  const strings: RawText[] = []
  while (!scan.closeList()) strings.push(scan.rawString())
  return strings
}

const readKind = (scan: Scanner, context: ParseContext): readonly Namespace[] | null => {
  scan.skipSpaces()
  // A server that leaves the last ones out has none of them.
  if (scan.atEnd || scan.takeNil()) return null
  if (!scan.openList()) return scan.fail('a list of namespaces')
  const namespaces: Namespace[] = []
  while (!scan.closeList()) {
    if (!scan.openList()) return scan.fail('a namespace')
    namespaces.push(readNamespace(scan, context))
  }
  return namespaces
}

export const parseNamespace = (scan: Scanner, context: ParseContext): NamespaceResponse => ({
  type: 'NAMESPACE',
  personal: readKind(scan, context),
  other: readKind(scan, context),
  shared: readKind(scan, context),
})
