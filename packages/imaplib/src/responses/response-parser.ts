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
 * be a string; the frame's bytes are reused. A parser must not call out: see {@link ParseContext.repaired}.
 */
export type ResponseParser<T extends ResponseValue> = (scan: Scanner, context: ParseContext) => T

export interface ParseOptions {
  /**
   * Called for each deviation from the grammar that was repaired, with its id in the quirk table; once for a response,
   * however often it occurs there.
   */
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
  /** Mailbox names are UTF-8, since UTF8=ACCEPT or IMAP4rev2 is enabled (RFC 6855 §3, RFC 9051 §5.1). */
  utf8 = false
  readonly lazy: boolean
  private readonly onRepair: ((quirk: QuirkId) => void) | undefined
  /** How many repairs were noted so far: whether a piece was read without any. */
  repairs = 0
  private pending: QuirkId[] = []
  private depth = 0

  constructor(options: ParseOptions = {}) {
    this.lazy = options.lazy ?? true
    this.onRepair = options.onRepair
  }

  /** Notes that a deviation was repaired. It is reported when the parse is over, so that nothing can run within it. */
  repaired(quirk: QuirkId): void {
    this.repairs += 1
    if (this.onRepair !== undefined && !this.pending.includes(quirk)) this.pending.push(quirk)
  }

  /** A parse begins; they may nest (text kept from a response is parsed within it when `lazy` is false). */
  begin(): void {
    this.depth += 1
  }

  /** A parse is over, well or badly. */
  finish(): void {
    this.depth -= 1
    if (this.depth > 0 || this.pending.length === 0) return
    const { pending } = this
    this.pending = []
    for (const quirk of pending) this.onRepair?.(quirk)
  }
}
