import { Readable } from 'node:stream'
import { FetchCollector } from '../commands/fetch-collector.ts'
import { askedItems } from '../commands/fetch-items/index.ts'
import type { OctetRange } from '../commands/fetch-items/sections.ts'
import { sectionRequest } from '../commands/section-request.ts'
import { uidFetch } from '../commands/fetch.ts'
import type { CallOptions } from '../commands/run.ts'
import type { Session } from '../commands/session.ts'
import { invalid, ImapError } from '../errors/imap-error.ts'
import { BodyPart } from '../responses/body-part.ts'
import { charsetDecoder } from '../responses/charset.ts'
import { FlowedDecoder } from '../responses/flowed.ts'
import { transferDecoder } from '../responses/transfer-encoding.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { OctetStream } from './octet-stream.ts'
import type { SelectedMailbox } from './selected-mailbox.ts'

export interface DownloadOptions extends CallOptions {
  /** Takes the transfer encoding off (base64, quoted-printable …) of a part named by number. Default true. */
  readonly decode?: boolean | undefined
  /** Lets the server take it off (RFC 3516 BINARY), which saves a quarter of the bytes of base64. Default false. */
  readonly binary?: boolean | undefined
  /** Only these octets, as they are stored: nothing is decoded. */
  readonly range?: OctetRange | undefined
  /** Fails when other than so many octets come as BODYSTRUCTURE announced. Default false: some servers only estimate. */
  readonly exactSize?: boolean | undefined
}

export interface TextOptions {
  /** Instead of what the part says of itself. */
  readonly charset?: string | undefined
  /** Joins the lines of paragraphs that were cut for sending, if the part says `format=flowed` (RFC 3676). Default false. */
  readonly flowed?: boolean | undefined
}

/** How much {@link Download.bytes} and {@link Download.text} gather. */
export interface GatherOptions {
  /** Octets; more fail with `ELIMIT`. Default 128 MiB. */
  readonly limit?: number | undefined
}

const MOST_GATHERED = 128 * 1024 * 1024

/** A part named by its number, whose transfer encoding is known from the structure. */
const numbered = /^[1-9]\d*(?:\.[1-9]\d*)*$/

/**
 * A part of a message, or all of it, on its way: nothing is sent before it is read, and it is read once, in the way that
 * suits. Leaving it half read is cheap. Other commands work meanwhile.
 *
 * @example
 * await pipeline(inbox.download(uid, '2').stream(), createWriteStream(path))
 * const text = await inbox.download(uid, '1').text({ flowed: true })
 */
export class Download implements AsyncIterable<Buffer> {
  private readonly mailbox: SelectedMailbox
  private readonly uid: number
  private readonly options: DownloadOptions
  private readonly decodes: boolean
  private readonly octets: OctetStream
  private known: BodyPart | null
  private readonly section: string
  private begun = false

  /** @internal use `inbox.download()` */
  constructor(mailbox: SelectedMailbox, uid: number, part: string | BodyPart, options: DownloadOptions) {
    if (typeof uid !== 'number') throw invalid('download: one message is named by its UID')
    if (typeof part !== 'string' && !(part instanceof BodyPart))
      throw invalid('download: a part is named by its number, or taken from a body structure')
    this.mailbox = mailbox
    this.uid = uid
    this.options = options
    this.known = typeof part === 'string' ? null : part
    this.section = typeof part === 'string' ? part : part.section
    const { range, binary = false, decode = true } = options
    this.octets = new OctetStream(sectionRequest(uid, this.section, range, binary), mailbox.maxBacklog)
    this.decodes = decode && range === undefined && numbered.test(this.section)
  }

  /** What the message's structure says of the part; null for sections that are none, such as the whole message. */
  async part(): Promise<BodyPart | null> {
    if (this.known !== null || !numbered.test(this.section)) return this.known
    const call = this.call
    const structure = await this.mailbox.use(true, call, ({ lane }, left) =>
      structureOf(lane.session, this.uid, left()),
    )
    this.known = structure?.find(this.section) ?? null
    return this.known
  }

  /** The octets, decoded, piece by piece. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    if (this.begun) throw new ImapError('ESTATE', 'A download can be read once.')
    this.begun = true
    yield* this.read()
  }

  private async *read(): AsyncGenerator<Buffer, void> {
    try {
      await this.ask()
      const { decodes, known, options } = this
      const decoder = transferDecoder(decodes && options.binary !== true ? (known?.encoding ?? '') : '')
      for (let chunk = await this.octets.next(); chunk !== null; chunk = await this.octets.next()) {
        const decoded = decoder.write(chunk)
        if (decoded.length > 0) yield decoded
      }
      this.checkSize()
      const rest = decoder.end()
      if (rest.length > 0) yield rest
    } finally {
      this.octets.leave()
    }
  }

  /** The same as a stream of Node. Destroying it ends the download. */
  stream(): Readable {
    return Readable.from(this, { objectMode: false })
  }

  /** All octets, decoded. */
  async bytes({ limit = MOST_GATHERED }: GatherOptions = {}): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of this) {
      size += chunk.length
      if (size > limit) throw tooLong(limit)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, size)
  }

  /** The text, piece by piece, in the charset that the part names; `us-ascii` when it names none. */
  async *strings(options: TextOptions = {}): AsyncGenerator<string, void> {
    const octets = this[Symbol.asyncIterator]()
    const first = await octets.next()
    // From the first octets on it is known what they are.
    const { known } = this
    const decoder = charsetDecoder(options.charset ?? known?.parameters.get('charset') ?? 'us-ascii')
    const flowed = options.flowed === true && known?.parameters.get('format')?.toLowerCase() === 'flowed'
    const joiner = flowed
      ? new FlowedDecoder({ delSp: known?.parameters.get('delsp')?.toLowerCase() === 'yes' })
      : { write: (text: string) => text, end: () => '' }
    try {
      for (let result = first; result.done !== true; result = await octets.next()) {
        const text = joiner.write(decoder.write(result.value))
        if (text !== '') yield text
      }
    } finally {
      await octets.return()
    }
    const rest = joiner.write(decoder.end()) + joiner.end()
    if (rest !== '') yield rest
  }

  /** All of the text. */
  async text({ limit = MOST_GATHERED, ...options }: TextOptions & GatherOptions = {}): Promise<string> {
    let text = ''
    for await (const piece of this.strings(options)) {
      text += piece
      if (text.length > limit) throw tooLong(limit)
    }
    return text
  }

  /** Sends the commands, together; waits only for what decoding needs to know. */
  private async ask(): Promise<void> {
    const { call } = this
    const lease = await this.mailbox.lease(call)
    const { session } = lease.lane
    const needed = this.known === null && numbered.test(this.section) && this.options.range === undefined
    const structure = needed ? structureOf(session, this.uid, call) : null
    this.octets.ask(lease, call)
    const whole = structure === null ? null : await structure
    if (whole === null) return
    this.known = whole.find(this.section)
    // Dovecot answers for a part that does not exist as for an empty one.
    if (this.known === null) throw noPart(this.uid, this.section)
  }

  private get call(): CallOptions {
    const { signal, timeout } = this.options
    return { signal, timeout }
  }

  private checkSize(): void {
    const { known, options } = this
    const size = known?.size
    if (size === undefined || size === null || options.range !== undefined || options.binary === true) return
    const { received } = this.octets
    // Some servers leave one of several sections empty under load (Apache James): never taken for an empty part.
    if (received === size || (options.exactSize !== true && (received > 0 || size <= 0))) return
    throw new ImapError('EUNPARSED', `The server sent ${received} octets of a part that has ${size}.`, {
      command: 'UID FETCH',
    })
  }
}

const structureOf = async (session: Session, uid: number, call: CallOptions): Promise<BodyPart | null> => {
  const set = SequenceSet.of(uid)
  const items = askedItems({ bodyStructure: true })
  let found: BodyPart | null = null
  const collector = new FetchCollector(set, items, true, { row: (row) => void (found = row.bodyStructure) })
  await session.run(uidFetch, [set, items, {}], call, collector)
  return found
}

const noPart = (uid: number, section: string) =>
  new ImapError('EMISSING', `Message ${uid} has no part ${section}.`, { command: 'UID FETCH' })

const tooLong = (limit: number) =>
  new ImapError('ELIMIT', `The part has more than ${limit} octets; read it piece by piece.`, { command: 'UID FETCH' })
