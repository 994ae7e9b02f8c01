import type { Scanner } from '../../wire/scanner.ts'
import { type CodeTable, readWordList } from './code-reader.ts'

/** RFC 5267 §4.3.1: the server cannot keep this search up to date. */
export interface NoUpdateCode {
  readonly name: 'NOUPDATE'
  /** Tag of the command that asked for it. */
  readonly tag: string
}

/** RFC 5466 §3.1: a FILTER search key named one that does not exist. */
export interface UndefinedFilterCode {
  readonly name: 'UNDEFINED-FILTER'
  readonly filter: string
}

/** RFC 5465 §5: NOTIFY asked for events that the server does not have. */
export interface BadEventCode {
  readonly name: 'BADEVENT'
  /** Those it has. */
  readonly events: readonly string[]
}

/** RFC 9051 §7.1 */
export interface BadCharsetCode {
  readonly name: 'BADCHARSET'
  /** Charsets in which SEARCH can be asked; empty when the server does not tell. */
  readonly charsets: readonly string[]
}

const noUpdate = (scan: Scanner): NoUpdateCode => ({ name: 'NOUPDATE', tag: scan.astring() })

const undefinedFilter = (scan: Scanner): UndefinedFilterCode => ({ name: 'UNDEFINED-FILTER', filter: scan.astring() })

const badEvent = (scan: Scanner): BadEventCode => ({ name: 'BADEVENT', events: readWordList(scan) })

const badCharset = (scan: Scanner): BadCharsetCode => ({ name: 'BADCHARSET', charsets: readWordList(scan) })

export const searchCodes = [
  ['NOUPDATE', noUpdate],
  ['UNDEFINED-FILTER', undefinedFilter],
  ['BADEVENT', badEvent],
  ['BADCHARSET', badCharset],
] as const satisfies CodeTable
