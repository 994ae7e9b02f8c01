import type { FetchedMessage } from '../responses/fetched-message.ts'
import type { Section } from '../responses/section.ts'
import type { Response } from '../responses/registry.ts'
import type { Frame, LiteralConsumer } from '../wire/frame.ts'
import type { Collector } from './command.ts'
import type { SectionRequest } from './section-request.ts'

/** Who takes the octets of a section. All calls are synchronous. */
export interface SectionSink {
  /**
   * Whether the octets that come next can be given to {@link chunk} as they arrive. Otherwise they are kept in memory until
   * their row is complete.
   * @param certain the row says which message it is of; otherwise that shows only when it has ended
   */
  mayStream(certain: boolean): boolean
  /** The octets begin. `origin`: what the server says is the place of the first one; null: it speaks of no range. */
  begin(size: number, origin: number | null): void
  /** Valid only during the call, unless it lies in {@link room}. */
  chunk(bytes: Buffer): void
  /** See `LiteralConsumer.room`. */
  room(): Buffer | null
}

/** What is known when the server has answered. */
export interface SectionOutcome {
  /** `came`: the octets did. `absent`: the message has no such section. `nothing`: there was no row of this message. */
  readonly section: 'came' | 'absent' | 'nothing'
  /** The octets that were streamed were those of another message. */
  readonly astray: boolean
  readonly unparsed: number
}

/** What a row holds up to the section: items that are short and cannot contain one. */
const rowHead =
  /^\* (\d+) (UID)?FETCH \(((?:UID \d+|FLAGS \([^()]*\)|MODSEQ \(\d+\)| )*)((?:BODY|BINARY)\[[^\]]*\])(?:<(\d+)[.\d]*>)? ~?\{\d+\+?\}$/i

/** Takes the one section of the one message that was asked for, and leaves all other rows to whom they belong. */
export class SectionCollector implements Collector<SectionOutcome>, LiteralConsumer {
  private readonly request: SectionRequest
  private readonly sink: SectionSink
  private streamed = false
  private section: SectionOutcome['section'] = 'nothing'
  private astray = false
  private unparsed = 0

  constructor(request: SectionRequest, sink: SectionSink) {
    this.request = request
    this.sink = sink
  }

  literal(head: Frame, size: number): LiteralConsumer | null {
    if (this.streamed || this.section !== 'nothing') return null
    const text = head.bytes.toString('latin1', head.start, head.end).trimEnd()
    const found = rowHead.exec(text)
    if (found === null || found[4]?.toUpperCase() !== this.request.name) return null
    // RFC 9586 §3.3: UIDFETCH has the UID in the place of the sequence number.
    const uid = found[2] === undefined ? /\bUID (\d+)/i.exec(found[3] ?? '')?.[1] : found[1]
    if (uid !== undefined && Number(uid) !== this.request.uid) return null
    if (!this.sink.mayStream(uid !== undefined)) return null
    this.streamed = true
    this.sink.begin(size, found[5] === undefined ? null : Number(found[5]))
    return this
  }

  chunk(bytes: Buffer): void {
    this.sink.chunk(bytes)
  }

  room(): Buffer | null {
    return this.sink.room()
  }

  // The row that follows tells of the end, and the failed command of a broken connection.
  end(): void {}
  abort(): void {}

  claim(response: Response): boolean {
    if (response.type === 'FETCH') return this.claimRow(response)
    if (response.type === 'unparsed' && (response.name === 'FETCH' || response.name === 'UIDFETCH')) this.unparsed += 1
    return false
  }

  result(): SectionOutcome {
    return { section: this.section, astray: this.astray, unparsed: this.unparsed }
  }

  /** The section asked for, even if its octets begin elsewhere than was asked: the sink sees to that. */
  private sectionOf(row: FetchedMessage): Section | undefined {
    const { name, range } = this.request
    const exact = row.section(name, range?.start)
    if (exact !== null || range === null) return exact ?? undefined
    return Array.from(row.sections.values()).find((section) => section.name === name)
  }

  private claimRow(row: FetchedMessage): boolean {
    const section = this.sectionOf(row)
    if (section === undefined) return false
    const streamed = section.data !== null && !Buffer.isBuffer(section.data)
    if (row.uid !== this.request.uid) {
      // Octets were taken on the word of a row that had not said yet of which message it is.
      if (streamed && this.streamed && this.section === 'nothing') this.astray = true
      return false
    }
    if (this.section !== 'nothing' && !(streamed && this.section === 'absent')) return false
    if (section.data === null) {
      this.section = 'absent'
      return true
    }
    this.section = 'came'
    if (Buffer.isBuffer(section.data)) {
      this.sink.begin(section.data.length, section.origin)
      this.sink.chunk(section.data)
    }
    return true
  }
}
