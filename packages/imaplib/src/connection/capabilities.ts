import type { LiteralMode } from '../wire/fragment.ts'

const parsed = new Map<string, Capabilities>()
const MOST_PARSED = 64
const LONGEST_PARSED = 4096

/** What a server says it can do: names in upper case, as in `CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN`. */
export class Capabilities {
  private readonly names: ReadonlySet<string>
  /** The names before a `=`: `AUTH`, `APPENDLIMIT`, `THREAD`. */
  private readonly prefixes: ReadonlySet<string>

  constructor(names: Iterable<string> = []) {
    this.names = new Set(Array.from(names, (name) => name.toUpperCase()))
    this.prefixes = new Set(Array.from(this.names, (name) => name.slice(0, name.indexOf('=') + 1)))
  }

  /**
   * Reads the words after `CAPABILITY`. Stray spaces are borne, and `LITERAL +` is put together again. The same words give
   * the same object: a thousand connections to one server share one.
   */
  static parse(text: string): Capabilities {
    const known = parsed.get(text)
    if (known !== undefined) return known
    const made = new Capabilities(
      text
        .replace(/ \+(?= |$)/g, '+')
        .split(' ')
        .filter((name) => name !== ''),
    )
    if (parsed.size === MOST_PARSED) parsed.clear()
    if (text.length <= LONGEST_PARSED) parsed.set(text, made)
    return made
  }

  /** Case does not matter. `has('IMAP4rev2')`, `has('AUTH=PLAIN')`; `has('APPENDLIMIT')` for one with any value too. */
  has(name: string): boolean {
    const upper = name.toUpperCase()
    return this.names.has(upper) || this.prefixes.has(`${upper}=`)
  }

  /** The values of a capability that has them: `values('AUTH')` → `['PLAIN', 'SCRAM-SHA-256']`. */
  values(name: string): string[] {
    const prefix = `${name.toUpperCase()}=`
    return [...this.names].filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length))
  }

  get size(): number {
    return this.names.size
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.names[Symbol.iterator]()
  }

  /** RFC 7888 §5: LITERAL+ for any size; LITERAL- for up to 4096 octets, and IMAP4rev2 includes it (RFC 9051 App. E). */
  get literals(): LiteralMode {
    if (this.has('LITERAL+')) return 'plus'
    return this.has('LITERAL-') || this.has('IMAP4REV2') ? 'minus' : 'synchronising'
  }
}
