import type { Scanner } from '../wire/scanner.ts'
import type { FetchedMessage } from './fetched-message.ts'
import type { ParseContext } from './response-parser.ts'

/** Reads the value of one item (its name and the space after it are read) into the row. */
export type FetchItemParser = (scan: Scanner, row: FetchedMessage, context: ParseContext) => void
