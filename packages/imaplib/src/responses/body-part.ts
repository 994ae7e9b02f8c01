import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import { decodeWords } from './encoded-words.ts'
import type { Envelope } from './envelope.ts'
import { noParameters, type PartParameters } from './part-parameters.ts'

export const noLanguages: readonly string[] = Object.freeze([])
export const noParts: readonly BodyPart[] = Object.freeze([])

/**
 * One part of a message's MIME structure (RFC 9051 §7.5.2), the message itself being the first. Types, encodings,
 * dispositions and names of parameters are in lower case. The sender chose all of it: untrusted.
 *
 * @example
 * for (const part of message.bodyStructure.attachments()) console.log(part.partNumber, part.fileName, part.size)
 */
export class BodyPart {
  /**
   * What FETCH calls the part: `1`, `2.1` (RFC 9051 §6.4.5.1). Null for the outermost multipart of a message, which has no
   * number of its own; see {@link section}.
   */
  partNumber: string | null = null
  /** `text`, `multipart`, `image` … */
  type = 'application'
  /** `plain`, `mixed`, `png` … */
  subtype = 'octet-stream'
  /** Content-ID, with its angle brackets. */
  id: string | null = null
  /** Content-Transfer-Encoding: `7bit`, `base64` …; null for a multipart. */
  encoding: string | null = null
  /** Octets of the part as transferred, before the encoding is undone; null if the server does not know. */
  size: number | null = null
  /** Lines as transferred, of text and message parts. */
  lines: number | null = null
  /** Content-MD5, base64. */
  md5: string | null = null
  /** `inline`, `attachment` …; null if not given. */
  disposition: string | null = null
  /** Tags of RFC 5646, as `en`. */
  languages: readonly string[] = noLanguages
  /** Content-Location. */
  location: string | null = null
  /** The parts of a multipart, in order. */
  parts: readonly BodyPart[] = noParts
  /** The header of the message that a `message/rfc822` or `message/global` part is. */
  envelope: Envelope | null = null
  /** The body of that message. */
  body: BodyPart | null = null
  private sectionName = ''
  private rawDescription: RawText | null = null
  private typeParameters: PartParameters = noParameters
  private ofDisposition: PartParameters = noParameters

  /** @internal for the parser: what is only decoded when it is read */
  setRaw(parameters: PartParameters, description: RawText | null): void {
    this.typeParameters = parameters
    this.rawDescription = description
  }

  /** @internal */
  setDisposition(disposition: string | null, parameters: PartParameters): void {
    this.disposition = disposition
    this.ofDisposition = parameters
  }

  /** @internal */
  setNumber(partNumber: string | null, section: string): void {
    this.partNumber = partNumber
    this.sectionName = section
  }

  /**
   * The section that has the part's content: its number, `TEXT` for the multipart that is the whole message, `2.TEXT`
   * for the one inside message 2. To be fetched as `BODY[…]`.
   */
  get section(): string {
    return this.sectionName
  }

  /** `text/plain` */
  get mediaType(): string {
    return `${this.type}/${this.subtype}`
  }

  get isMultipart(): boolean {
    return this.type === 'multipart'
  }

  /** Content-Description, decoded. */
  get description(): string | null {
    return this.rawDescription === null ? null : decodeWords(decodeRaw(this.rawDescription))
  }

  /** Parameters of the Content-Type, by name in lower case, put together and decoded (RFC 2231). */
  get parameters(): ReadonlyMap<string, string> {
    return this.typeParameters.decoded
  }

  /** Parameters of the Content-Disposition. */
  get dispositionParameters(): ReadonlyMap<string, string> {
    return this.ofDisposition.decoded
  }

  /** The name proposed for the part as a file. Never a path to write to without checks. */
  get fileName(): string | null {
    return this.dispositionParameters.get('filename') ?? this.parameters.get('name') ?? null
  }

  /** This part and all below it, each before its children. Messages inside are entered. */
  *walk(): IterableIterator<BodyPart> {
    const open: BodyPart[] = [this]
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      yield part
      if (part.body !== null) open.push(part.body)
      for (let index = part.parts.length - 1; index >= 0; index--) open.push(part.parts[index] as BodyPart)
    }
  }

  /** The parts that have content of their own: all but multiparts. A message inside is one, and its parts follow. */
  *leaves(): IterableIterator<BodyPart> {
    for (const part of this.walk()) if (!part.isMultipart) yield part
  }

  /** The part with this number or {@link section}; null if there is none. */
  find(section: string): BodyPart | null {
    for (const part of this.walk()) if (part.partNumber === section || part.sectionName === section) return part
    return null
  }

  /**
   * The parts a reader would list as attachments: disposition `attachment`, or neither text nor multipart and without
   * the Content-ID by which an HTML part shows its pictures, or named text. What is inside an attached message is its own.
   */
  *attachments(): IterableIterator<BodyPart> {
    const open: BodyPart[] = [this]
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      if (part.isMultipart) {
        for (let index = part.parts.length - 1; index >= 0; index--) open.push(part.parts[index] as BodyPart)
      } else if (isAttachment(part)) yield part
    }
  }

  toJSON(): Record<string, unknown> {
    const { parameters, dispositionParameters, description, size, lines, languages, parts } = this
    return {
      partNumber: this.partNumber,
      mediaType: this.mediaType,
      ...present('parameters', parameters.size === 0 ? null : Object.fromEntries(parameters)),
      ...present('id', this.id),
      ...present('description', description),
      ...present('encoding', this.encoding),
      ...present('size', size),
      ...present('lines', lines),
      ...present('md5', this.md5),
      ...present('disposition', this.disposition),
      ...present(
        'dispositionParameters',
        dispositionParameters.size === 0 ? null : Object.fromEntries(dispositionParameters),
      ),
      ...present('languages', languages.length === 0 ? null : languages),
      ...present('location', this.location),
      ...(this.isMultipart ? { parts } : undefined),
      ...present('envelope', this.envelope),
      ...present('body', this.body),
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
    return this.toJSON()
  }
}

const present = (key: string, value: unknown): Record<string, unknown> | undefined =>
  value === null ? undefined : { [key]: value }

const isAttachment = (part: BodyPart): boolean => {
  if (part.disposition === 'attachment') return true
  if (part.disposition === 'inline') return false
  if (part.type === 'text') return part.fileName !== null
  return part.id === null || part.type === 'message'
}
