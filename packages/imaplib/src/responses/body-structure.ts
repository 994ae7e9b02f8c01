import type { Scanner } from '../wire/scanner.ts'
import { readExtensions, readParameters } from './body-fields.ts'
import { BodyPart } from './body-part.ts'
import { mediaTypes } from './media-types.ts'
import { headNext, keepHead } from './part-head.ts'
import { numberPart } from './part-number.ts'
import { noParameters } from './part-parameters.ts'
import { readEnvelope } from './envelope.ts'
import type { ParseContext } from './response-parser.ts'

const OPEN = 0x28
const MINUS = 0x2d

/** Parts may nest this deep; a deeper structure is not a message that anybody could read. */
export const MAX_DEPTH = 100

/** Names that only a multipart has, for servers that send one without parts. */
const multipartSubtypes = new Set([
  'alternative',
  'appledouble',
  'byteranges',
  'digest',
  'encrypted',
  'form-data',
  'mixed',
  'parallel',
  'related',
  'report',
  'signed',
])

/**
 * A BODYSTRUCTURE, or a BODY, which is the same without the extension data (RFC 9051 §7.5.2). Null for `NIL`.
 *
 * Parts that contain others wait on a stack of their own, not on the engine's.
 */
export const readBodyStructure = (scan: Scanner, context: ParseContext): BodyPart | null => {
  const open: OpenPart[] = []
  for (;;) {
    let part = readStart(scan, context, open)
    if (part === undefined) {
      if (open.length > MAX_DEPTH) scan.fail(`no more than ${MAX_DEPTH} levels of parts`)
      continue
    }
    // A part is complete: give it to the one that waits for it, which may complete that in turn.
    for (;;) {
      const parent = open.at(-1)
      if (parent === undefined) return part
      if (parent.children === null) parent.part.body = part
      else if (part !== null) parent.children.push(part)
      if (parent.children !== null && nextChild(scan, context)) break
      open.pop()
      part = parent.part
      if (parent.children === null) readMessageRest(part, scan, context)
      else {
        part.parts = parent.children
        readMultipartRest(part, scan, context)
      }
    }
  }
}

/** A part whose inner part is being read: a multipart has `children`, a message has none. */
interface OpenPart {
  readonly part: BodyPart
  readonly children: BodyPart[] | null
}

/**
 * Reads a part up to its end, or up to the first part inside it: then it is put on `open`, and the result is undefined.
 * Null where the server says that there is no part.
 */
const readStart = (scan: Scanner, context: ParseContext, open: OpenPart[]): BodyPart | null | undefined => {
  scan.skipSpaces()
  if (!scan.openList()) {
    if (!scan.takeNil()) scan.fail('a body structure')
    context.repaired('body-nil')
    return null
  }
  scan.skipSpaces()
  if (scan.peek() === OPEN) {
    const part = new BodyPart()
    part.type = 'multipart'
    number(part, open.at(-1))
    open.push({ part, children: [] })
    return undefined
  }
  if (scan.atListEnd()) {
    scan.closeList()
    context.repaired('body-nil')
    return null
  }
  return readSinglePart(scan, context, open)
}

const readSinglePart = (scan: Scanner, context: ParseContext, open: OpenPart[]): BodyPart | undefined => {
  const part = new BodyPart()
  const head = headNext(scan)
  if (head !== null) {
    scan.pos += head.text.length
    part.type = 'text'
    part.subtype = head.subtype
    part.encoding = head.encoding
    part.setRaw(head.parameters, null)
    number(part, open.at(-1))
  } else if (!readHead(part, scan, context, open)) return part
  if (scan.atListEnd()) context.repaired('body-short')
  else part.size = readSize(scan)
  if (isMessage(part, scan, context)) {
    part.envelope = readEnvelope(scan, context)
    if (!scan.atListEnd()) {
      open.push({ part, children: null })
      return undefined
    }
  } else if (part.type === 'text') readLines(part, scan, context)
  readSingleRest(part, scan, context)
  return part
}

/** Type to encoding. False if it turns out to be a multipart without parts, which then is read to its end. */
const readHead = (part: BodyPart, scan: Scanner, context: ParseContext, open: readonly OpenPart[]): boolean => {
  const start = scan.pos
  const repairs = context.repairs
  const type = scan.lowerNstring()
  // A multipart without parts is sent as its subtype alone, or with NIL for the parts.
  const bare = scan.atListEnd() || scan.peek() === OPEN
  if (type !== null && (bare ? !mediaTypes.has(type) : multipartSubtypes.has(type)))
    return emptyMultipart(part, type, scan, context, open)
  const subtype = bare ? null : scan.lowerNstring()
  if (type === null && subtype !== null && multipartSubtypes.has(subtype))
    return emptyMultipart(part, subtype, scan, context, open)
  if (type === null || subtype === null) context.repaired('type-nil')
  if (type !== null) {
    part.type = type
    part.subtype = subtype ?? (type === 'text' ? 'plain' : 'octet-stream')
  } else if (subtype !== null) part.subtype = subtype
  number(part, open.at(-1))
  const parameters = scan.atListEnd() ? noParameters : readParameters(scan, context)
  if (!scan.atListEnd()) part.id = scan.nstring()
  const description = scan.atListEnd() ? null : scan.rawNstring()
  part.setRaw(parameters, description)
  if (scan.atListEnd()) return true
  part.encoding = readEncoding(scan, context)
  if (type === 'text' && part.id === null && description === null && context.repairs === repairs)
    keepHead(scan, start, part.subtype, parameters, part.encoding)
  return true
}

/** Whether envelope and body of a message inside follow the size: it is what comes that tells, not the type alone. */
const isMessage = (part: BodyPart, scan: Scanner, context: ParseContext): boolean => {
  const listNext = !scan.atListEnd() && scan.peek() === OPEN
  if (part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global')) {
    if (!listNext) context.repaired('message-basic')
    return listNext
  }
  if (!listNext || !isEnvelopeNext(scan)) return false
  context.repaired('message-untyped')
  return true
}

/** A disposition, which may be next too if the MD5 is missing, is a list of two. */
const isEnvelopeNext = (scan: Scanner): boolean => {
  const start = scan.pos
  scan.openList()
  let items = 0
  while (items < 3 && !scan.atListEnd()) {
    scan.skipQuietly()
    items += 1
  }
  scan.rewind(start)
  return items === 3
}

/** Content-Transfer-Encoding; `7bit` is what a missing one means (RFC 2045 §6.1). */
const readEncoding = (scan: Scanner, context: ParseContext): string => {
  const encoding = scan.lowerNstring()
  if (encoding === null || encoding === '') {
    context.repaired('encoding-nil')
    return '7bit'
  }
  if (!encoding.endsWith(' ') && !encoding.startsWith(' ')) return encoding
  context.repaired('encoding-space')
  return encoding.trim()
}

const readSize = (scan: Scanner): number | null => {
  if (scan.peek() !== OPEN) return scan.looseNumber()
  return null
}

const isNumberNext = (scan: Scanner): boolean => {
  const byte = scan.peek()
  return (byte >= 0x30 && byte <= 0x39) || byte === MINUS
}

/** The line count of a text. When it is missing what follows is the MD5, a string or `NIL`. */
const readLines = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.atListEnd() && isNumberNext(scan)) part.lines = scan.looseNumber()
  else context.repaired('lines-missing')
}

/** After the size, or after the body and lines of a message: MD5 and the other extension data. */
const readSingleRest = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.atListEnd() && isNumberNext(scan)) {
    part.lines ??= scan.looseNumber()
    while (!scan.atListEnd() && isNumberNext(scan)) scan.looseNumber()
    context.repaired('lines-surplus')
  }
  // A list cannot be the MD5: that was left out.
  if (!scan.atListEnd() && scan.peek() !== OPEN) part.md5 = scan.nstring()
  readExtensions(part, scan, context)
}

const readMessageRest = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.atListEnd() && isNumberNext(scan)) part.lines = scan.looseNumber()
  readSingleRest(part, scan, context)
}

/** Whether another part of a multipart follows. `NIL` for a part is passed over. */
const nextChild = (scan: Scanner, context: ParseContext): boolean => {
  for (;;) {
    scan.skipSpaces()
    if (scan.peek() === OPEN) return true
    if (!scan.takeNil()) return false
    context.repaired('body-nil')
  }
}

/** After the parts: subtype and extension data. */
const readMultipartRest = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  const subtype = scan.atListEnd() ? null : scan.lowerNstring()
  if (subtype === null) context.repaired('type-nil')
  part.subtype = subtype ?? 'mixed'
  readMultipartExtensions(part, scan, context)
}

const readMultipartExtensions = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.atListEnd()) {
    if (scan.peek() === OPEN) part.setRaw(readParameters(scan, context), null)
    else if (!scan.takeNil()) {
      // Exchange puts the Content-Description here.
      part.setRaw(noParameters, scan.rawString())
      context.repaired('multipart-description')
    }
  }
  readExtensions(part, scan, context)
}

const emptyMultipart = (
  part: BodyPart,
  subtype: string,
  scan: Scanner,
  context: ParseContext,
  open: readonly OpenPart[],
): false => {
  context.repaired('multipart-empty')
  part.type = 'multipart'
  part.subtype = subtype
  number(part, open.at(-1))
  readMultipartExtensions(part, scan, context)
  return false
}

const number = (part: BodyPart, parent: OpenPart | undefined): void => {
  if (parent === undefined) numberPart(part, null, 0)
  else numberPart(part, parent.part, parent.children === null ? 0 : parent.children.length + 1)
}
