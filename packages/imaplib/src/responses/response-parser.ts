import type { ScanDiagnostics } from '../wire/cursor.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { QuirkId } from './quirks.ts'

/** Every parsed response has the upper-case name it has on the wire as `type`; `unparsed` and `unknown` are lower case. */
export interface ResponseValue {
  readonly type: string
}

/**
 * Reads what follows the name of a response (and the spaces after it) up to the response's end.
 *
 * The number of `* 23 FETCH …` is `context.number`. Throws `ParseError` (by `scan.fail(…)` or any method of the scanner)
 * when the bytes cannot be understood: the response then becomes an `unparsed` value. Whatever is kept must be copied or
 * be a string; the frame's bytes are reused.
 */
export type ResponseParser<T extends ResponseValue> = (scan: Scanner, context: ParseContext) => T

export interface ParseOptions {
  /** Called for each deviation from the grammar that was repaired, with its id in the quirk table. */
  onRepair?: ((quirk: QuirkId) => void) | undefined
  /**
   * Keep ENVELOPE and BODYSTRUCTURE as text until they are read. Default true. With false they are parsed at once, so
   * that all repairs are reported while the response is at hand.
   */
  lazy?: boolean | undefined
}

/** What parsers share besides the scanner. One for a connection; `number` is set for each response. */
export class ParseContext implements ScanDiagnostics {
  /** The number before the response's name, -1 if there was none. */
  number = -1
  readonly lazy: boolean
  private readonly onRepair: ((quirk: QuirkId) => void) | undefined

  constructor(options: ParseOptions = {}) {
    this.lazy = options.lazy ?? true
    this.onRepair = options.onRepair
  }

  /** Reports that a deviation was repaired. */
  repaired(quirk: QuirkId): void {
    this.onRepair?.(quirk)
  }
}
