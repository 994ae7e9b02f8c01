import type { RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type BodyPart, noLanguages } from './body-part.ts'
import { noParameters, PartParameters } from './part-parameters.ts'
import type { ParseContext } from './response-parser.ts'

const QUOTE = 0x22
const OPEN = 0x28

/** `("CHARSET" "utf-8" …)` or `NIL` (RFC 9051 §9, body-fld-param). */
export const readParameters = (scan: Scanner, context: ParseContext): PartParameters => {
  if (!scan.openList()) {
    if (scan.takeNil()) return noParameters
    scan.skipValue()
    context.repaired('parameters-string')
    return noParameters
  }
  let pairs: (RawText | null)[] | null = null
  while (!scan.closeList()) {
    if (scan.peek() === OPEN) {
      scan.skipValue()
      context.repaired('parameters-nested')
      continue
    }
    const name = scan.lowerNstring()
    const value = scan.atListEnd() ? null : scan.internedNstring()
    if (value === null) context.repaired('parameter-nil')
    if (name === null) continue
    pairs ??= []
    pairs.push(name, value)
  }
  return pairs === null ? noParameters : new PartParameters(pairs)
}

/**
 * What a BODYSTRUCTURE has and a BODY has not (RFC 9051 §9, body-ext-1part and body-ext-mpart), after the MD5 or the
 * multipart's parameters: disposition, languages, location, and whatever extensions may come. The closing parenthesis
 * is read.
 */
export const readExtensions = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.atListEnd()) readDisposition(part, scan, context)
  if (!scan.atListEnd()) readLanguages(part, scan, context)
  if (!scan.atListEnd()) {
    if (scan.peek() === OPEN) scan.skipValue()
    else part.location = scan.nstring()
  }
  while (!scan.closeList()) scan.skipValue()
}

/** `("ATTACHMENT" ("FILENAME" "a.txt"))`, `NIL`, or a bare string. */
const readDisposition = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.openList()) {
    const disposition = scan.lowerNstring()
    if (disposition === null) return
    context.repaired('disposition-string')
    part.setDisposition(disposition, noParameters)
    return
  }
  if (scan.closeList()) return
  const disposition = scan.peek() === OPEN ? null : scan.lowerNstring()
  if (scan.atListEnd()) {
    scan.closeList()
    part.setDisposition(disposition, noParameters)
    return
  }
  if (scan.peek() === QUOTE && disposition !== null) {
    // Two strings: these are languages, and the disposition comes after them.
    context.repaired('extensions-swapped')
    part.languages = readLanguageItems([disposition], scan, context)
    return
  }
  const parameters = readParameters(scan, context)
  if (disposition === null) context.repaired('disposition-nil')
  // A disposition that is there but not named is to be treated as an attachment (RFC 2183 §2.8).
  part.setDisposition(disposition ?? 'attachment', parameters)
  while (!scan.closeList()) scan.skipValue()
}

/** A string, a list of strings, or `NIL`. */
const readLanguages = (part: BodyPart, scan: Scanner, context: ParseContext): void => {
  if (!scan.openList()) {
    const language = scan.nstring()
    if (language !== null) part.languages = [language]
    return
  }
  if (scan.closeList()) return
  const start = scan.pos
  const first = scan.peek() === OPEN ? null : scan.lowerNstring()
  scan.skipSpaces()
  if (first !== null && part.disposition === null && (scan.peek() === OPEN || isDisposition(first))) {
    context.repaired('extensions-swapped')
    const parameters = scan.atListEnd() ? noParameters : readParameters(scan, context)
    part.setDisposition(first, parameters)
    while (!scan.closeList()) scan.skipValue()
    return
  }
  scan.rewind(start)
  part.languages = readLanguageItems([], scan, context)
}

const isDisposition = (word: string): boolean => word === 'attachment' || word === 'inline'

const readLanguageItems = (languages: string[], scan: Scanner, context: ParseContext): readonly string[] => {
  while (!scan.closeList()) {
    if (scan.peek() === OPEN) {
      scan.skipValue()
      continue
    }
    const language = scan.nstring()
    if (language === null) context.repaired('language-nil')
    else languages.push(language)
  }
  return languages.length === 0 ? noLanguages : languages
}
