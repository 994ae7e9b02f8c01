import { decodeRaw, isAsciiText, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { Address, isPlaceholder, noAddresses } from './address.ts'
import { BodyPart } from './body-part.ts'
import { Envelope, noGroups } from './envelope.ts'
import { mediaTypes } from './media-types.ts'
import { headNext, keepHead } from './part-head.ts'
import { numberPart } from './part-number.ts'
import { noParameters, PartParameters } from './part-parameters.ts'
import type { ParseContext } from './response-parser.ts'

/**
 * ENVELOPE and BODYSTRUCTURE in the form in which servers nearly always send them: one space between items, strings in
 * quotes, nothing missing, nothing added. Whatever differs makes the result null, and the readers that know every form
 * begin again from the start; so this never repairs anything, and what it reads those would read to the same.
 *
 * It is here for speed alone, and most of all for that of the first seconds, when a program is not compiled yet: few
 * functions and no tolerance are ready sooner. That is why the state is the module's: reading never nests or calls out.
 */

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const ZERO = 0x30
const OPEN_BRACE = 0x7b

const NEVER = 0x7fffffff

/** Deeper structures are for the reader that has a stack of its own. */
const DEEPEST = 20

let scan: Scanner
let bytes: Buffer
let text: RawText
let pos = 0
let ascii = true
/** The first backslash from a position on that may have been passed since. */
let backslash = 0
let repairs: ParseContext
let repairsBefore = 0
/** The form is not the usual one. What is read from then on means nothing. */
let odd = false

/** The envelope that is next in text kept from a row, which `from` stands on; or null, and nothing is read. */
export const readUsualEnvelope = (from: Scanner, context: ParseContext): Envelope | null =>
  readUsual(from, context, readEnvelope)

/** As {@link readUsualEnvelope}, for a BODYSTRUCTURE or BODY. */
export const readUsualStructure = (from: Scanner, context: ParseContext): BodyPart | null =>
  readUsual(from, context, readOutermost)

const readUsual = <T>(from: Scanner, context: ParseContext, read: () => T): T | null => {
  scan = from
  bytes = from.bytes
  text = from.text
  pos = from.pos
  ascii = from.ascii
  repairs = context
  repairsBefore = context.repairs
  odd = false
  findBackslash()
  const start = pos
  const value = read()
  // The bytes behind the end are those of other rows.
  const usual = !odd && pos <= from.end
  from.pos = usual ? pos : start
  return usual ? value : null
}

// --- pieces

const findBackslash = (): void => {
  const at = text.indexOf('\\', pos)
  backslash = at === -1 ? NEVER : at
}

const expect = (byte: number): void => {
  if (bytes[pos] === byte) pos += 1
  else odd = true
}

/** A string as it was sent, or null for NIL. A delimiter follows, or it is odd. */
const readRaw = (): RawText | null => {
  const byte = bytes[pos]
  if (byte === QUOTE) {
    const close = text.indexOf('"', pos + 1)
    const next = bytes[close + 1]
    if (close !== -1 && close < backslash && (next === SPACE || next === CLOSE)) {
      const value = text.slice(pos + 1, close)
      pos = close + 1
      return value
    }
  } else if (byte === 0x4e && bytes[pos + 1] === 0x49 && bytes[pos + 2] === 0x4c) {
    const next = bytes[pos + 3]
    if (next === SPACE || next === CLOSE) {
      pos += 3
      return null
    }
  }
  return readRarer(byte)
}

/** Escapes and literals, which a row in ten has. */
const readRarer = (byte: number | undefined): RawText | null => {
  if (byte === OPEN_BRACE) {
    const start = text.indexOf('}', pos) + 3
    const digits = text.slice(pos + 1, start - 3)
    const close = start + Number(digits)
    const next = bytes[close]
    if (digits.length < 6 && isNumber.test(digits) && text.startsWith('\r\n', start - 2) && close <= text.length) {
      if (next === SPACE || next === CLOSE) {
        pos = close
        return text.slice(start, close)
      }
    }
  } else if (byte === QUOTE && !odd) {
    if (backslash < pos) {
      findBackslash()
      return readRaw()
    }
    const from = pos + 1
    let close = text.indexOf('"', from)
    while (close !== -1 && isEscaped(from, close)) close = text.indexOf('"', close + 1)
    const value = text.slice(from, close)
    const next = bytes[close + 1]
    if (close !== -1 && (next === SPACE || next === CLOSE) && !badEscape.test(value)) {
      pos = close + 1
      return value.replaceAll(escapes, '$1')
    }
  }
  odd = true
  return null
}

const isNumber = /^\d+$/
const escapes = /\\(.)/gs
/** A backslash before what needs none. The dot is the second half of what was passed over. */
const badEscape = /^(?:[^\\]|\\["\\])*\\(?!["\\])/s

/** Whether an odd number of backslashes stands before a quote. */
const isEscaped = (from: number, quote: number): boolean => {
  let at = quote
  while (at > from && bytes[at - 1] === 0x5c) at -= 1
  return ((quote - at) & 1) === 1
}

const readDecoded = (): string | null => {
  const raw = readRaw()
  return raw === null || ascii ? raw : scan.decode(raw)
}

/** Text that is decoded when it is read. */
const readNoted = (): RawText | null => {
  const raw = readRaw()
  if (raw !== null && !ascii) scan.noteCharset(raw)
  return raw
}

/** A word that comes often, in lower case. NIL is odd where there should be one. */
const readWord = (): string | null => {
  if (backslash < pos) findBackslash()
  const close = bytes[pos] === QUOTE ? text.indexOf('"', pos + 1) : -1
  const next = bytes[close + 1]
  if (close === -1 || close > backslash || (next !== SPACE && next !== CLOSE)) {
    odd = true
    return null
  }
  const word = text.slice(pos + 1, close)
  pos = close + 1
  return words.get(word) ?? keepWord(word)
}

/** Words by their text as it came, for a few hundred that come again and again; emptied when they are more. */
const words = new Map<RawText, string>()
const MOST_WORDS = 512
const LONGEST_WORD = 40

const keepWord = (word: RawText): string | null => {
  // Other letters than those of ASCII keep their case.
  if (!isAsciiText(word)) odd = true
  const lower = word.toLowerCase()
  if (word.length > LONGEST_WORD) return lower
  if (words.size === MOST_WORDS) words.clear()
  // A slice would keep its row's text.
  words.set(copyOf(word), copyOf(lower))
  return lower
}

const copyOf = (raw: RawText): RawText => Buffer.from(raw, 'latin1').toString('latin1')

const readNumber = (): number => {
  let value = 0
  let at = pos
  for (let digit = 0; (digit = (bytes[at] ?? 0) - ZERO) >= 0 && digit <= 9; at += 1) value = value * 10 + digit
  // Ten digits are more than any size has, and fewer than a number cannot count.
  if (at === pos || at - pos > 10) odd = true
  pos = at
  return value
}

// --- envelopes

const readEnvelope = (): Envelope => {
  expect(OPEN)
  const date = readDecoded()
  expect(SPACE)
  const subject = readNoted()
  expect(SPACE)
  const fromAt = pos
  const from = readAddresses()
  const fromEnd = pos
  expect(SPACE)
  const sender = takeAgain(fromAt, fromEnd) ? from : readAddresses()
  expect(SPACE)
  const replyTo = takeAgain(fromAt, fromEnd) ? from : readAddresses()
  expect(SPACE)
  const to = readAddresses()
  expect(SPACE)
  const cc = readAddresses()
  expect(SPACE)
  const bcc = readAddresses()
  expect(SPACE)
  const inReplyTo = readDecoded()
  expect(SPACE)
  const messageId = readDecoded()
  expect(CLOSE)
  return new Envelope(date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId, noGroups)
}

/** Passes over the bytes of `From`, if they come again: the server fills in Sender and Reply-To (RFC 9051 §7.5.2). */
const takeAgain = (fromAt: number, fromEnd: number): boolean => {
  const ahead = pos - fromAt
  for (let at = fromAt; at < fromEnd; at++) if (bytes[at] !== bytes[at + ahead]) return false
  pos += fromEnd - fromAt
  return true
}

const readAddresses = (): readonly Address[] => {
  if (bytes[pos] !== OPEN) {
    if (readRaw() !== null) odd = true
    return noAddresses
  }
  const found: Address[] = []
  pos += 1
  do {
    expect(OPEN)
    const name = readNoted()
    expect(SPACE)
    const route = readRaw()
    expect(SPACE)
    const mailbox = readDecoded()
    expect(SPACE)
    const host = readDecoded()
    expect(CLOSE)
    // Without a host it begins or ends a group.
    if (host === null || isPlaceholder(host)) odd = true
    if (odd) return noAddresses
    found.push(new Address(name, mailbox, host, route === null ? null : decodeRaw(route), null))
  } while (bytes[pos] !== CLOSE)
  pos += 1
  return found
}

// --- structures

const readOutermost = (): BodyPart => readPart(null, 0, 0)

const readPart = (parent: BodyPart | null, index: number, depth: number): BodyPart => {
  const part = new BodyPart()
  if (depth > DEEPEST) odd = true
  expect(OPEN)
  if (odd) return part
  if (bytes[pos] === OPEN) {
    part.type = 'multipart'
    numberPart(part, parent, index)
    const parts: BodyPart[] = []
    do parts.push(readPart(part, parts.length + 1, depth + 1))
    while (!odd && bytes[pos] === OPEN)
    part.parts = parts
    expect(SPACE)
    const subtype = readWord()
    if (subtype === null) odd = true
    else part.subtype = subtype
    if (bytes[pos] !== CLOSE) {
      expect(SPACE)
      part.setRaw(readParameters(), null)
    }
  } else {
    readHead(part)
    numberPart(part, parent, index)
    part.size = readNumber()
    if (part.type === 'text') {
      expect(SPACE)
      part.lines = readNumber()
    } else if (part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global')) {
      expect(SPACE)
      if (!odd) part.envelope = readEnvelope()
      expect(SPACE)
      if (!odd) part.body = readPart(part, 0, depth + 1)
      expect(SPACE)
      part.lines = readNumber()
    }
    if (bytes[pos] !== CLOSE) {
      expect(SPACE)
      part.md5 = readDecoded()
    }
  }
  if (bytes[pos] !== CLOSE) readExtensions(part)
  expect(CLOSE)
  return part
}

/** Type to encoding, and the space before the size. */
const readHead = (part: BodyPart): void => {
  scan.pos = pos
  const head = headNext(scan)
  if (head !== null) {
    pos += head.text.length
    part.type = 'text'
    part.subtype = head.subtype
    part.encoding = head.encoding
    part.setRaw(head.parameters, null)
    return
  }
  const start = pos
  const type = readWord()
  expect(SPACE)
  const subtype = readWord()
  expect(SPACE)
  const parameters = readParameters()
  expect(SPACE)
  part.id = readDecoded()
  expect(SPACE)
  const description = readRaw()
  expect(SPACE)
  const encoding = readWord()
  if (type === null || subtype === null || encoding === null || encoding === '') odd = true
  else if (!mediaTypes.has(type) || encoding.includes(' ')) odd = true
  if (odd) return
  part.type = type as string
  part.subtype = subtype as string
  part.encoding = encoding
  part.setRaw(parameters, description)
  if (type === 'text' && part.id === null && description === null && repairs.repairs === repairsBefore)
    keepHeadHere(start, part.subtype, parameters, encoding as string)
  expect(SPACE)
}

const keepHeadHere = (start: number, subtype: string, parameters: PartParameters, encoding: string): void => {
  scan.pos = pos
  keepHead(scan, start, subtype, parameters, encoding)
}

const readParameters = (): PartParameters => {
  if (bytes[pos] !== OPEN) {
    if (readRaw() !== null) odd = true
    return noParameters
  }
  const pairs: (RawText | null)[] = []
  do {
    pos += 1
    const name = readWord()
    expect(SPACE)
    const value = readRaw()
    if (name === null || value === null) odd = true
    pairs.push(name, value)
  } while (!odd && bytes[pos] === SPACE)
  expect(CLOSE)
  return new PartParameters(pairs)
}

/** Disposition, language and location, of which the later may be missing; the space before them is next. */
const readExtensions = (part: BodyPart): void => {
  expect(SPACE)
  if (bytes[pos] === OPEN) {
    pos += 1
    const disposition = readWord()
    expect(SPACE)
    part.setDisposition(disposition, readParameters())
    expect(CLOSE)
    if (disposition === null) odd = true
  } else if (readRaw() !== null) odd = true
  if (bytes[pos] === CLOSE) return
  expect(SPACE)
  readLanguages(part)
  if (bytes[pos] === CLOSE) return
  expect(SPACE)
  if (bytes[pos] === OPEN) odd = true
  part.location = readDecoded()
}

const readLanguages = (part: BodyPart): void => {
  if (bytes[pos] !== OPEN) {
    const language = readDecoded()
    if (language !== null) part.languages = [language]
    return
  }
  const languages: string[] = []
  do {
    pos += 1
    const language = readDecoded()
    if (language === null || (part.disposition === null && isDisposition(language))) odd = true
    else languages.push(language)
  } while (!odd && bytes[pos] === SPACE)
  expect(CLOSE)
  part.languages = languages
}

/** Servers are known that send the disposition in the place of the languages. */
const isDisposition = (word: string): boolean => /^(?:attachment|inline)$/i.test(word)
