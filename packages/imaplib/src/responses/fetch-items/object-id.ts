import type { Scanner } from '../../wire/scanner.ts'
import type { FetchItem } from '../fetch-item.ts'

/** An id in parentheses, or `NIL`: a server that has no thread for the message (RFC 8474 §5.2). */
const readObjectId = (scan: Scanner): string | null => {
  if (!scan.openList()) return scan.takeNil() ? null : scan.astring()
  scan.skipSpaces()
  const id = scan.takeNil() ? null : scan.astring()
  if (!scan.closeList()) scan.fail('the end of an object id')
  return id
}

/** EMAILID (RFC 8474 §5.1): the same content in any mailbox has the same id. */
export const emailId: FetchItem<string | null> = { name: 'EMAILID', parse: readObjectId }

/** THREADID (RFC 8474 §5.2). */
export const threadId: FetchItem<string | null> = { name: 'THREADID', parse: readObjectId }
