import { InternTable } from '../wire/intern.ts'
import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { QuirkId } from './quirks.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * The flags of a message or a mailbox, in the order the server gave. Immutable, and shared: messages with the same flags
 * have the same object, so 50,000 rows cost no more than the few combinations that occur.
 *
 * It has the reading half of `Set`, but {@link has} ignores the case of ASCII letters: `\Seen` and `\SEEN` are one flag
 * (RFC 9051 §2.3.2). Not declared as `ReadonlySet`, whose members differ between versions of TypeScript's library.
 *
 * @example
 * if (!message.flags.has('\\Seen')) …
 * const set = new Set(message.flags)
 */
export class Flags implements Iterable<string> {
  /** Spelt as the server spelt them. */
  readonly names: readonly string[]
  private readonly folded: readonly string[]

  constructor(names: Iterable<string>) {
    const seen = new Map<string, string>()
    for (const name of names) {
      const folded = name.toLowerCase()
      if (!seen.has(folded)) seen.set(folded, name)
    }
    this.names = Object.freeze([...seen.values()])
    this.folded = [...seen.keys()]
  }

  get size(): number {
    return this.names.length
  }

  has(flag: string): boolean {
    return this.folded.includes(flag.toLowerCase())
  }

  forEach(each: (flag: string) => void): void {
    for (const name of this.names) each(name)
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.names[Symbol.iterator]()
  }

  toJSON(): readonly string[] {
    return this.names
  }

  [Symbol.for('nodejs.util.inspect.custom')](): readonly string[] {
    return this.names
  }
}

export const noFlags = new Flags([])

interface KnownList {
  readonly flags: Flags
  /** What was wrong with this text; reported each time it comes. */
  readonly repairs: readonly QuirkId[]
}

/** Longer lists are no longer likely to be the same twice. */
const LONGEST_KEY = 120
const MOST_LISTS = 512
const texts = new InternTable(512, 'exact', LONGEST_KEY)
const closes = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x29 ? 1 : 0))
const lists = new Map<RawText, KnownList>()

const SPACE = 0x20

/** The flags of a text between parentheses that was read before, and had nothing wrong. */
export const knownFlags = (text: RawText): Flags | undefined => {
  if (text === '') return noFlags
  const known = lists.get(text)
  return known === undefined || known.repairs.length > 0 ? undefined : known.flags
}

/** A parenthesised list of flags (RFC 9051 §9, flag-list). */
export const readFlags = (scan: Scanner, context: ParseContext): Flags => {
  if (!scan.openList()) {
    if (!scan.takeNil()) scan.fail('a list of flags')
    context.repaired('flags-nil')
    return noFlags
  }
  const { pos } = scan
  const text = texts.getUntil(scan.bytes, pos, scan.end, closes, 1)
  const close = texts.stop
  if (close === scan.end) return readOddFlags(scan, context)
  if (close === pos) {
    scan.pos = pos + 1
    return noFlags
  }
  let known = lists.get(text)
  if (known === undefined) {
    if (text.includes('"') || text.includes('(') || text.includes('{')) return readOddFlags(scan, context)
    known = knownList(text)
    if (text.length <= LONGEST_KEY) {
      // Clearing is rare enough to be cheaper than keeping the order of use.
      if (lists.size === MOST_LISTS) lists.clear()
      lists.set(text, known)
    }
  }
  for (const repair of known.repairs) context.repaired(repair)
  scan.pos = close + 1
  return known.flags
}

const knownList = (text: RawText): KnownList => {
  const repairs: QuirkId[] = []
  const names: string[] = []
  for (const word of text.split(' ')) {
    if (word === '') continue
    for (const name of unglued(word)) names.push(flagName(name, repairs))
  }
  return { flags: new Flags(names), repairs: names.length > 1 && glued(text) ? [...repairs, 'flags-glued'] : repairs }
}

/** `\Seen\Flagged` without a space between. */
const unglued = (word: RawText): RawText[] => {
  const names: RawText[] = []
  let from = 0
  for (let at = word.indexOf('\\', 1); at !== -1; at = word.indexOf('\\', at + 1)) {
    names.push(word.slice(from, at))
    from = at
  }
  names.push(word.slice(from))
  return names
}

const glued = (text: RawText): boolean => {
  for (let at = text.indexOf('\\', 1); at !== -1; at = text.indexOf('\\', at + 1)) {
    if (text.charCodeAt(at - 1) !== SPACE) return true
  }
  return false
}

const flagName = (raw: RawText, repairs: QuirkId[]): string => {
  if (hasSpecials(raw)) repairs.push('flag-specials')
  return decodeRaw(raw)
}

/** Characters that a flag must not have (RFC 9051 §9, flag-keyword = atom); `\*` is for PERMANENTFLAGS alone. */
const hasSpecials = (raw: RawText): boolean => {
  for (let at = raw.charCodeAt(0) === 0x5c ? 1 : 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at)
    if (code <= SPACE || code >= 0x7f || code === 0x5d || code === 0x5c || code === 0x25) return true
  }
  return raw === '\\' || raw.charCodeAt(0) === 0x2a
}

/** Flags as quoted strings or literals, or with parentheses around. */
const readOddFlags = (scan: Scanner, context: ParseContext): Flags => {
  const names: string[] = []
  let inner = 0
  context.repaired('flag-specials')
  for (;;) {
    if (scan.closeList()) {
      if (inner === 0 || scan.atEnd) return new Flags(names)
      inner -= 1
    } else if (scan.openList()) inner += 1
    else names.push(scan.astring())
  }
}
