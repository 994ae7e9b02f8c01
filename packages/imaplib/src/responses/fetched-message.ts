import type { RawText } from '../wire/raw-text.ts'
import type { StreamedLiteral } from '../wire/scanner.ts'
import type { BodyPart } from './body-part.ts'
import { readBodyStructure } from './body-structure.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import type { FetchItem } from './fetch-item.ts'
import type { Flags } from './flags.ts'
import { scanKept } from './lazy-text.ts'
import type { ParseContext } from './response-parser.ts'
import { ParseError } from '../wire/parse-error.ts'
import type { Section } from './section.ts'

/** No offset of a time zone. */
const NO_DATE = -32768

/**
 * One FETCH response: what the server said of one message, solicited or not (RFC 9051 §7.5.2). What it did not mention is
 * null.
 *
 * ENVELOPE and BODYSTRUCTURE are kept as text and parsed when they are first read: 50,000 rows that nobody looks into
 * cost their text and little more. A row holds no memory of the connection and stays right however long it is kept.
 */
export class FetchedMessage {
  /** The message's sequence number. It is only good until the next EXPUNGE; 0 from servers that make it up. */
  readonly seq: number
  uid: number | null = null
  flags: Flags | null = null
  /** RFC822.SIZE, octets. */
  size: number | null = null
  /** MODSEQ (RFC 7162 §3.1.4). */
  modseq: bigint | null = null
  private dateSeconds = 0
  private dateZone = NO_DATE
  private keptEnvelope: RawText | Envelope | null = null
  private keptStructure: RawText | BodyPart | null = null
  private keptAscii = true
  private readonly context: ParseContext
  private sectionMap: Map<string, Section> | null = null
  private extraMap: Map<string, unknown> | null = null
  private unparsedMap: Map<string, Buffer> | null = null

  constructor(seq: number, context: ParseContext) {
    this.seq = seq
    this.context = context
  }

  get type(): 'FETCH' {
    return 'FETCH'
  }

  /** INTERNALDATE: when the server received the message, to the second. A new object each time. */
  get internalDate(): Date | null {
    return this.dateZone === NO_DATE ? null : new Date(this.dateSeconds * 1000)
  }

  /** The offset that INTERNALDATE was given with, minutes east of UTC. */
  get internalDateZone(): number | null {
    return this.dateZone === NO_DATE ? null : this.dateZone
  }

  /** Null when it was not sent, or could not be understood: then it is in {@link unparsed}. */
  get envelope(): Envelope | null {
    const kept = this.keptEnvelope
    if (typeof kept !== 'string') return kept
    this.keptEnvelope = null
    try {
      this.keptEnvelope = scanKept(kept, this.keptAscii, this.context, readEnvelope)
    } catch (error) {
      this.lose('ENVELOPE', kept, error)
    }
    return this.keptEnvelope
  }

  /** BODYSTRUCTURE, or BODY, which has less. Null as {@link envelope} is. */
  get bodyStructure(): BodyPart | null {
    const kept = this.keptStructure
    if (typeof kept !== 'string') return kept
    this.keptStructure = null
    try {
      this.keptStructure = scanKept(kept, this.keptAscii, this.context, readBodyStructure)
    } catch (error) {
      this.lose('BODYSTRUCTURE', kept, error)
    }
    return this.keptStructure
  }

  /** Whether an envelope came, without parsing it. */
  get hasEnvelope(): boolean {
    return this.keptEnvelope !== null || this.unparsed.has('ENVELOPE')
  }

  /** Whether a body structure came, without parsing it. */
  get hasStructure(): boolean {
    return this.keptStructure !== null || this.unparsed.has('BODYSTRUCTURE')
  }

  /** @internal Takes over what another row of the same message has besides: some servers split an answer. */
  absorb(other: FetchedMessage): void {
    this.uid ??= other.uid
    this.flags = other.flags ?? this.flags
    this.size ??= other.size
    this.modseq = other.modseq ?? this.modseq
    if (this.dateZone === NO_DATE) {
      this.dateSeconds = other.dateSeconds
      this.dateZone = other.dateZone
    }
    if (!this.hasEnvelope) this.keptEnvelope = other.keptEnvelope
    if (!this.hasStructure) this.keptStructure = other.keptStructure
    this.keptAscii &&= other.keptAscii
    for (const { name, origin, data } of other.sections.values()) this.addSection(name, origin, data)
    for (const [name, value] of other.extras) this.addExtra(name, value)
    for (const [name, raw] of other.unparsed) this.addUnparsed(name, raw)
  }

  /** The sections that came, by name and origin: `BODY[1.MIME]`, `BODY[2]<1024>`, `BINARY[1]`, `RFC822.HEADER`. */
  get sections(): ReadonlyMap<string, Section> {
    return this.sectionMap ?? noSections
  }

  /**
   * The section of this canonical name (see `canonicalSection`). With `origin`, the answer that begins there; a server
   * that ignores partial requests answers with the whole, which then is the result: look at the section's own `origin`.
   */
  section(name: string, origin?: number): Section | null {
    const map = this.sections
    if (origin === undefined) return map.get(name) ?? null
    return map.get(`${name}<${origin}>`) ?? map.get(name) ?? null
  }

  /** The octets of a section; null when it did not come, does not exist, or was streamed. */
  bytes(name: string, origin?: number): Buffer | null {
    const data = this.section(name, origin)?.data ?? null
    return Buffer.isBuffer(data) ? data : null
  }

  /** The value of an item of an extension: `message.get(emailId)`. Undefined when it was not sent. */
  get<T>(item: FetchItem<T>): T | undefined {
    return this.extraMap?.get(item.name) as T | undefined
  }

  /** Names of the extension items that came. */
  get extras(): ReadonlyMap<string, unknown> {
    return this.extraMap ?? noExtras
  }

  /** Items whose bytes could not be understood, and items that nothing is known of, by name. */
  get unparsed(): ReadonlyMap<string, Buffer> {
    return this.unparsedMap ?? noUnparsed
  }

  /** @internal for the parser */
  setInternalDate(seconds: number, zone: number): void {
    this.dateSeconds = seconds
    this.dateZone = zone
  }

  /** @internal */
  keepEnvelope(raw: RawText, ascii: boolean): void {
    this.keptEnvelope = raw
    this.keptAscii &&= ascii
  }

  /** @internal A BODY does not take the place of a BODYSTRUCTURE. */
  keepStructure(raw: RawText, ascii: boolean, extended: boolean): void {
    if (!extended && this.keptStructure !== null) return
    this.keptStructure = raw
    this.keptAscii &&= ascii
  }

  /** @internal */
  addSection(name: string, origin: number | null, data: Buffer | StreamedLiteral | null): void {
    this.sectionMap ??= new Map()
    this.sectionMap.set(origin === null ? name : `${name}<${origin}>`, { name, origin, data })
  }

  /** @internal */
  addExtra(name: string, value: unknown): void {
    this.extraMap ??= new Map()
    this.extraMap.set(name, value)
  }

  /** @internal */
  addUnparsed(name: string, raw: Buffer): void {
    this.unparsedMap ??= new Map()
    this.unparsedMap.set(name, raw)
  }

  private lose(name: string, kept: RawText, error: unknown): void {
    if (!(error instanceof ParseError)) throw error
    this.addUnparsed(name, Buffer.from(kept, 'latin1'))
    this.context.begin()
    this.context.repaired('item-unparsed')
    this.context.finish()
  }

  /** Everything that was sent, the lazy items too. A `bigint` becomes a decimal string. */
  toJSON(): Record<string, unknown> {
    const { seq, uid, flags, internalDate, size, modseq, envelope, bodyStructure, sections, extras, unparsed } = this
    return {
      type: this.type,
      seq,
      ...present({ uid, flags, internalDate, size, envelope, bodyStructure }),
      ...(modseq === null ? undefined : { modseq: modseq.toString() }),
      ...(sections.size === 0 ? undefined : { sections: Object.fromEntries(sections) }),
      ...(extras.size === 0 ? undefined : { extras: Object.fromEntries(Array.from(extras, plain)) }),
      ...(unparsed.size === 0 ? undefined : { unparsed: Object.fromEntries(unparsed) }),
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
    const { seq, uid, flags, internalDate, size, modseq, envelope, bodyStructure, sections, extras, unparsed } = this
    const maps = { sections, extras, unparsed }
    return {
      type: this.type,
      seq,
      ...present({ uid, flags, internalDate, size, modseq, envelope, bodyStructure }),
      ...Object.fromEntries(Object.entries(maps).filter(([, map]) => map.size > 0)),
    }
  }
}

const noSections: ReadonlyMap<string, Section> = new Map()
const noExtras: ReadonlyMap<string, unknown> = new Map()
const noUnparsed: ReadonlyMap<string, Buffer> = new Map()

const present = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

const plain = ([name, value]: [string, unknown]): [string, unknown] => [
  name,
  typeof value === 'bigint' ? value.toString() : value instanceof Map ? Object.fromEntries(value) : value,
]
