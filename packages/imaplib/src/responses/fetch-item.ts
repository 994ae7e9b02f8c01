import type { Scanner } from '../wire/scanner.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * An item that an extension brings. The same object that reads it finds it again: `message.get(emailId)` has the type
 * that the item's parser returns.
 */
export interface FetchItem<T> {
  /** On the wire, upper case. */
  readonly name: string
  readonly parse: (scan: Scanner, context: ParseContext) => T
}
