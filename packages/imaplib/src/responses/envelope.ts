import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type Address, type AddressGroup, noAddresses, readAddresses } from './address.ts'
import { decodeWords } from './encoded-words.ts'
import { parseMessageDate } from './message-date.ts'
import type { ParseContext } from './response-parser.ts'

export type EnvelopeField = 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc'

/** A group in one of the address fields; an empty one is seen nowhere else. */
export interface EnvelopeGroup extends AddressGroup {
  readonly field: EnvelopeField
}

/**
 * What a message's header says of it, as the server read it (RFC 9051 §7.5.2). All of it is the sender's word: untrusted.
 *
 * Texts are decoded when they are read. Address fields that the header lacks are empty lists; the server fills `sender`
 * and `replyTo` from `from`, and then they are the same list.
 */
export class Envelope {
  /** The Date field as it stands in the header. */
  readonly rawDate: string | null
  /** The Subject field as it stands in the header, one character for each octet. */
  readonly rawSubject: RawText | null
  readonly from: readonly Address[]
  readonly sender: readonly Address[]
  readonly replyTo: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  /** Message-IDs of the messages that this one answers, as in the header: `<a@b> <c@d>`. */
  readonly inReplyTo: string | null
  /** With its angle brackets. */
  readonly messageId: string | null
  /** The groups among the addresses (RFC 5322 §3.4), in order. */
  readonly groups: readonly EnvelopeGroup[]
  private decodedSubject: string | null = null

  constructor(
    rawDate: string | null,
    rawSubject: RawText | null,
    from: readonly Address[],
    sender: readonly Address[],
    replyTo: readonly Address[],
    to: readonly Address[],
    cc: readonly Address[],
    bcc: readonly Address[],
    inReplyTo: string | null,
    messageId: string | null,
    groups: readonly EnvelopeGroup[],
  ) {
    this.rawDate = rawDate
    this.rawSubject = rawSubject
    this.from = from
    this.sender = sender
    this.replyTo = replyTo
    this.to = to
    this.cc = cc
    this.bcc = bcc
    this.inReplyTo = inReplyTo
    this.messageId = messageId
    this.groups = groups
  }

  /** The Date field; null when there is none or no date can be made out of it. A new object each time. */
  get date(): Date | null {
    if (this.rawDate === null) return null
    const time = parseMessageDate(this.rawDate)
    return Number.isNaN(time) ? null : new Date(time)
  }

  /** The subject, encoded words (RFC 2047) decoded; null when there is none. */
  get subject(): string | null {
    if (this.decodedSubject === null && this.rawSubject !== null)
      this.decodedSubject = decodeWords(decodeRaw(this.rawSubject))
    return this.decodedSubject
  }

  toJSON(): Record<string, unknown> {
    const { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId, groups } = this
    const all = { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId }
    return groups.length === 0 ? all : { ...all, groups: groups.map(({ field, name }) => ({ field, name })) }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, unknown> {
    return this.toJSON()
  }
}

const OPEN = 0x28

export const noGroups: readonly EnvelopeGroup[] = Object.freeze([])

/** What stands for an envelope that the server did not make. */
export const noEnvelope: Envelope = new Envelope(
  null,
  null,
  noAddresses,
  noAddresses,
  noAddresses,
  noAddresses,
  noAddresses,
  noAddresses,
  null,
  null,
  noGroups,
)

/** `(date subject from sender reply-to to cc bcc in-reply-to message-id)`; null for `NIL`. */
export const readEnvelope = (scan: Scanner, context: ParseContext): Envelope | null => {
  if (!scan.openList()) {
    if (!scan.takeNil()) scan.fail('an envelope')
    context.repaired('envelope-nil')
    return null
  }
  if (scan.peek() !== OPEN) return readFields(scan, context)
  context.repaired('envelope-parentheses')
  scan.openList()
  const envelope = readFields(scan, context)
  while (!scan.closeList()) scan.skipValue()
  return envelope
}

const readFields = (scan: Scanner, context: ParseContext): Envelope => {
  groups.list = null
  const date = scan.atListEnd() ? null : scan.nstring()
  const subject = scan.atListEnd() ? null : scan.rawNstring()
  if (subject !== null) scan.noteCharset(subject)
  scan.skipSpaces()
  const fromAt = scan.pos
  const from = readField('from', scan, context)
  // Without a Sender or Reply-To field the server repeats From (RFC 9051 §7.5.2): nearly always, so it is worth a look.
  const fromEnd = from.length > 0 && groups.list === null ? scan.pos : fromAt
  const sender = takeAgain(fromAt, fromEnd, scan) ? from : readField('sender', scan, context)
  const replyTo = takeAgain(fromAt, fromEnd, scan) ? from : readField('replyTo', scan, context)
  const to = readField('to', scan, context)
  const cc = readField('cc', scan, context)
  const bcc = readField('bcc', scan, context)
  const inReplyTo = scan.atListEnd() ? null : scan.nstring()
  if (scan.atListEnd()) context.repaired('envelope-short')
  const messageId = scan.atListEnd() ? null : scan.nstring()
  while (!scan.closeList()) {
    scan.skipValue()
    context.repaired('envelope-surplus')
  }
  return new Envelope(date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId, groups.list ?? noGroups)
}

/** Collects the groups of the envelope being read, whichever field they are in. */
class Groups {
  list: EnvelopeGroup[] | null = null
  field: EnvelopeField = 'from'

  readonly add = ({ name, members }: AddressGroup): void => {
    this.list ??= []
    this.list.push({ field: this.field, name, members })
  }
}

const groups = new Groups()

const readField = (field: EnvelopeField, scan: Scanner, context: ParseContext): readonly Address[] => {
  if (scan.atListEnd()) return noAddresses
  groups.field = field
  return readAddresses(scan, context, groups.add)
}

/** Passes over the bytes of `From`, if they come again. */
const takeAgain = (fromAt: number, fromEnd: number, scan: Scanner): boolean => {
  scan.skipSpaces()
  const { bytes, pos } = scan
  const ahead = pos - fromAt
  if (fromAt === fromEnd || fromEnd + ahead > scan.end) return false
  for (let at = fromAt; at < fromEnd; at++) if (bytes[at] !== bytes[at + ahead]) return false
  scan.pos = fromEnd + ahead
  return true
}
