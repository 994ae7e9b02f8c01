import type { RawText } from '../wire/raw-text.ts'
import type { Scanner, StreamedLiteral } from '../wire/scanner.ts'
import { BodyPart } from './body-part.ts'
import { readBodyStructure } from './body-structure.ts'
import { type Envelope, noEnvelope, readEnvelope } from './envelope.ts'
import type { FetchItem } from './fetch-item.ts'
import type { Flags } from './flags.ts'
import { closeKept, openKept } from './lazy-text.ts'
import type { ParseContext } from './response-parser.ts'
import { ParseError } from '../wire/parse-error.ts'
import type { Section } from './section.ts'
import { readUsualEnvelope, readUsualStructure } from './usual-form.ts'

/** No offset of a time zone. */
const NO_DATE = -32768

/** No position in the kept text. */
const NOWHERE = -1

const STRUCTURE = ' BODYSTRUCTURE ('
const CLOSE = 0x29

/** A row's rest longer than this is read at once: keeping it would copy bodies twice. */
const LONGEST_REST = 32 * 1024

/** Reading the rest of a row for its other items: what is postponed is passed over. Parses never nest. */
let hurried = false

/** Reads items into the row up to its end, or up to the first that the row postpones. It must not throw `ParseError`. */
export type ReadItems = (scan: Scanner, row: FetchedMessage, context: ParseContext) => void

/**
 * One FETCH response: what the server said of one message, solicited or not (RFC 9051 §7.5.2). What it did not mention is
 * null. Of an item that is given twice the first counts.
 *
 * Reading stops at the first ENVELOPE or BODYSTRUCTURE: from there on the row is kept as text, to be read when something
 * in it is asked for. 50,000 rows that nobody looks into cost their text and little more. A row refers to no memory of
 * the connection and stays right however long it is kept.
 */
export class FetchedMessage {
  /** Its sequence number, good only until the next EXPUNGE; 0 under UIDONLY (RFC 9586), and from servers that make it up. */
  readonly seq: number
  private uidValue: number | null = null
  private flagsValue: Flags | null = null
  private sizeValue: number | null = null
  private modseqValue: bigint | null = null
  private dateSeconds = 0
  private dateZone = NO_DATE
  private envelopeValue: Envelope | null = null
  private structureValue: BodyPart | null = null
  /** Text of what has not been read, and in it: where the two begin, and where the reading of items stopped. */
  private kept: RawText | null = null
  private envelopeAt = NOWHERE
  private structureAt = NOWHERE
  private resumeAt = NOWHERE
  private readonly context: ParseContext
  private readonly readItems: ReadItems
  private sectionMap: Map<string, Section> | null = null
  private extraMap: Map<string, unknown> | null = null
  private unparsedMap: Map<string, Buffer> | null = null

  /** @internal */
  constructor(seq: number, context: ParseContext, readItems: ReadItems) {
    this.seq = seq
    this.context = context
    this.readItems = readItems
  }

  get type(): 'FETCH' {
    return 'FETCH'
  }

  get uid(): number | null {
    if (this.uidValue === null && this.resumeAt !== NOWHERE) this.readRest()
    return this.uidValue
  }

  get flags(): Flags | null {
    if (this.flagsValue === null && this.resumeAt !== NOWHERE) this.readRest()
    return this.flagsValue
  }

  /** RFC822.SIZE, octets. */
  get size(): number | null {
    if (this.sizeValue === null && this.resumeAt !== NOWHERE) this.readRest()
    return this.sizeValue
  }

  /** MODSEQ (RFC 7162 §3.1.4). */
  get modseq(): bigint | null {
    if (this.modseqValue === null && this.resumeAt !== NOWHERE) this.readRest()
    return this.modseqValue
  }

  /** INTERNALDATE: when the server received the message, to the second. A new object each time. */
  get internalDate(): Date | null {
    if (this.dateZone === NO_DATE && this.resumeAt !== NOWHERE) this.readRest()
    return this.dateZone === NO_DATE ? null : new Date(this.dateSeconds * 1000)
  }

  /** The offset that INTERNALDATE was given with, minutes east of UTC. */
  get internalDateZone(): number | null {
    if (this.dateZone === NO_DATE && this.resumeAt !== NOWHERE) this.readRest()
    return this.dateZone === NO_DATE ? null : this.dateZone
  }

  /** Null when it was not sent. One that is `NIL`, or that could not be understood ({@link unparsed}), has no fields. */
  get envelope(): Envelope | null {
    if (this.envelopeAt === NOWHERE && this.envelopeValue === null && this.resumeAt !== NOWHERE) this.readRest()
    const at = this.envelopeAt
    if (at !== NOWHERE) {
      this.envelopeAt = NOWHERE
      this.envelopeValue = this.readKept('ENVELOPE', at, envelopeNext) ?? noEnvelope
    }
    return this.envelopeValue
  }

  /** BODYSTRUCTURE, or BODY, which has less. Null when it was not sent; one that makes no sense is a part of octets. */
  get bodyStructure(): BodyPart | null {
    if (this.structureAt === NOWHERE && this.structureValue === null && this.resumeAt !== NOWHERE) this.readRest()
    const at = this.structureAt
    if (at !== NOWHERE) {
      this.structureAt = NOWHERE
      this.structureValue = this.readKept('BODYSTRUCTURE', at, structureNext) ?? new BodyPart()
    }
    return this.structureValue
  }

  /** Whether an ENVELOPE came; does not parse it. */
  get hasEnvelope(): boolean {
    if (this.envelopeAt !== NOWHERE || this.envelopeValue !== null) return true
    if (this.resumeAt !== NOWHERE) this.readRest()
    return this.envelopeAt !== NOWHERE
  }

  /** Whether a BODYSTRUCTURE or BODY came; does not parse it. */
  get hasBodyStructure(): boolean {
    if (this.structureAt !== NOWHERE || this.structureValue !== null) return true
    if (this.resumeAt !== NOWHERE) {
      if (this.envelopeAt === this.resumeAt && structureFollows(this.kept as RawText)) return true
      this.readRest()
    }
    return this.structureAt !== NOWHERE
  }

  /** The sections that came, by name and origin: `BODY[1.MIME]`, `BODY[2]<1024>`, `BINARY[1]`, `RFC822.HEADER`. */
  get sections(): ReadonlyMap<string, Section> {
    if (this.resumeAt !== NOWHERE) this.readRest()
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
    return this.extras.get(item.name) as T | undefined
  }

  /** Names of the extension items that came. */
  get extras(): ReadonlyMap<string, unknown> {
    if (this.resumeAt !== NOWHERE) this.readRest()
    return this.extraMap ?? noExtras
  }

  /** Items whose bytes could not be understood, and items that nothing is known of, by name. */
  get unparsed(): ReadonlyMap<string, Buffer> {
    if (this.resumeAt !== NOWHERE) this.readRest()
    return this.unparsedMap ?? noUnparsed
  }

  /** @internal The setters are the parser's. */
  setUid(uid: number): void {
    this.uidValue ??= uid
  }

  /** @internal */
  setFlags(flags: Flags): void {
    this.flagsValue ??= flags
  }

  /** @internal */
  setSize(size: number): void {
    this.sizeValue ??= size
  }

  /** @internal */
  setModseq(modseq: bigint): void {
    this.modseqValue ??= modseq
  }

  /** @internal */
  setInternalDate(seconds: number, zone: number): void {
    if (this.dateZone !== NO_DATE) return
    this.dateSeconds = seconds
    this.dateZone = zone
  }

  /** @internal */
  addSection(name: string, origin: number | null, data: Buffer | StreamedLiteral | null): void {
    this.sectionMap ??= new Map()
    const key = origin === null ? name : `${name}<${origin}>`
    if (!this.sectionMap.has(key)) this.sectionMap.set(key, { name, origin, data })
  }

  /** @internal */
  addExtra(name: string, value: unknown): void {
    this.extraMap ??= new Map()
    this.extraMap.set(name, value)
  }

  /** @internal */
  addUnparsed(name: string, raw: RawText): void {
    this.unparsedMap ??= new Map()
    if (!this.unparsedMap.has(name)) this.unparsedMap.set(name, Buffer.from(raw, 'latin1'))
  }

  /** @internal Whether reading stopped at something that was postponed. */
  get stopped(): boolean {
    return this.resumeAt !== NOWHERE
  }

  /**
   * @internal The scanner stands before the value of an ENVELOPE or BODYSTRUCTURE. The first one that a frame has stops
   * the reading, and all from there on is kept; unless that is much or lies partly outside of the frame, when each
   * value is kept by itself.
   */
  postpone(item: 'envelope' | 'structure', scan: Scanner): void {
    const at = this.keep(scan)
    if (item === 'envelope') {
      if (this.envelopeAt === NOWHERE && this.envelopeValue === null) this.envelopeAt = at
    } else if (this.structureAt === NOWHERE && this.structureValue === null) this.structureAt = at
  }

  private keep(scan: Scanner): number {
    const from = scan.pos
    if (this.kept === null) {
      if (!scan.hasExternals && scan.end - from <= LONGEST_REST) {
        this.kept = scan.rawCopy(from, scan.end)
        this.resumeAt = 0
        scan.pos = scan.end
        return 0
      }
    } else if (scan.text === this.kept) {
      if (hurried) this.skipKept(scan)
      else this.resumeAt = from
      return from
    }
    const at = this.kept?.length ?? 0
    this.skipKept(scan)
    this.kept = (this.kept ?? '') + scan.rawCopy(from, scan.pos)
    return at
  }

  /** Parses one value in the kept text, and goes on from there if it is where reading stopped. */
  private readKept<T>(name: string, at: number, read: (scan: Scanner, context: ParseContext) => T | null): T | null {
    const { context } = this
    const scan = openKept(this.kept as RawText, context)
    try {
      let value: T | null = null
      scan.pos = at
      try {
        value = read(scan, context)
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
        this.loseKept(name, at, scan)
      }
      if (this.resumeAt === at) {
        this.resumeAt = NOWHERE
        this.readOn(scan)
      }
      return value
    } finally {
      this.release()
      closeKept(context)
    }
  }

  /** What nearly always follows is told from the text: the structure after the envelope, and the end after that. */
  private readOn(scan: Scanner): void {
    const { text, pos, end } = scan
    if (text.startsWith(STRUCTURE, pos)) {
      scan.pos = pos + STRUCTURE.length - 1
      this.postpone('structure', scan)
    } else if (pos !== end - 1 || scan.bytes[pos] !== CLOSE) this.readItems(scan, this, this.context)
  }

  /** Reads all items that are still in the kept text; what is postponed stays so. */
  private readRest(): void {
    const { context } = this
    const scan = openKept(this.kept as RawText, context)
    try {
      scan.pos = this.resumeAt
      this.resumeAt = NOWHERE
      hurried = true
      this.skipKept(scan)
      this.readItems(scan, this, context)
    } finally {
      hurried = false
      closeKept(context)
    }
  }

  /** Passes over a value; all the rest, if it has no end. */
  private skipKept(scan: Scanner): void {
    try {
      scan.skipQuietly()
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      scan.pos = scan.end
    }
  }

  /** A value that cannot be understood. */
  private loseKept(name: string, at: number, scan: Scanner): void {
    scan.pos = at
    this.skipKept(scan)
    this.addUnparsed(name, scan.text.slice(at, scan.pos))
    this.context.repaired('item-unparsed')
  }

  private release(): void {
    if (this.envelopeAt === NOWHERE && this.structureAt === NOWHERE && this.resumeAt === NOWHERE) this.kept = null
  }

  /** @internal Leaves nothing for later. */
  readAll(): void {
    void this.envelope
    void this.bodyStructure
    if (this.resumeAt !== NOWHERE) this.readRest()
  }

  /** @internal Takes over what another row of the same message has and this one has not. */
  absorb(other: FetchedMessage): void {
    this.readAll()
    other.readAll()
    this.uidValue ??= other.uidValue
    this.flagsValue ??= other.flagsValue
    this.sizeValue ??= other.sizeValue
    this.modseqValue ??= other.modseqValue
    if (other.dateZone !== NO_DATE) this.setInternalDate(other.dateSeconds, other.dateZone)
    this.envelopeValue ??= other.envelopeValue
    this.structureValue ??= other.structureValue
    for (const { name, origin, data } of other.sections.values()) this.addSection(name, origin, data)
    for (const [name, value] of other.extras) if (!this.extras.has(name)) this.addExtra(name, value)
    for (const [name, raw] of other.unparsed) this.addUnparsed(name, raw.toString('latin1'))
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

/**
 * Whether an envelope, with which the text begins, is followed by a BODYSTRUCTURE, told by the end of its Message-ID:
 * `… "<1@example.org>") BODYSTRUCTURE (…`. What the sender of the message wrote cannot look like it: that `"` would have
 * a backslash before it, or be in a literal. So it is sure when it is true; otherwise one must read.
 */
const structureFollows = (kept: RawText): boolean => {
  let found = kept.indexOf(STRUCTURE_NEXT)
  for (let brace = kept.indexOf('{'); brace !== -1 && brace < found; ) {
    const after = literalEnd(kept, brace)
    if (after > found) found = kept.indexOf(STRUCTURE_NEXT, after)
    brace = kept.indexOf('{', after)
  }
  return found !== -1
}

const STRUCTURE_NEXT = '>") BODYSTRUCTURE ('

/** Where the octets of a literal end whose header is at `brace`; where no header is, in a quoted string, the next place. */
const literalEnd = (kept: RawText, brace: number): number => {
  let at = brace + 1
  let size = 0
  for (let digit = kept.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; digit = kept.charCodeAt(at) - 0x30) {
    size = size * 10 + digit
    at += 1
  }
  return kept.startsWith('}\r\n', at) ? at + 3 + size : brace + 1
}

const envelopeNext = (scan: Scanner, context: ParseContext): Envelope | null =>
  readUsualEnvelope(scan, context) ?? readEnvelope(scan, context)

const structureNext = (scan: Scanner, context: ParseContext): BodyPart | null =>
  readUsualStructure(scan, context) ?? readBodyStructure(scan, context)

const noSections: ReadonlyMap<string, Section> = new Map()
const noExtras: ReadonlyMap<string, unknown> = new Map()
const noUnparsed: ReadonlyMap<string, Buffer> = new Map()

const present = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

const plain = ([name, value]: [string, unknown]): [string, unknown] => [
  name,
  typeof value === 'bigint' ? value.toString() : value instanceof Map ? Object.fromEntries(value) : value,
]
