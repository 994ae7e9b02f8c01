import { isAscii } from 'node:buffer'
import type { StatusLine } from '../connection/status-line.ts'
import { ParseError } from '../wire/parse-error.ts'
import type { RawText } from '../wire/raw-text.ts'
import { Scanner } from '../wire/scanner.ts'
import { annotationCodes } from './codes/annotation-codes.ts'
import { messageCodes } from './codes/message-codes.ts'
import { type PlainCode, plainCodes } from './codes/plain-codes.ts'
import { searchCodes } from './codes/search-codes.ts'
import { selectionCodes } from './codes/selection-codes.ts'
import { serverCodes } from './codes/server-codes.ts'
import { urlCodes } from './codes/url-codes.ts'
import { ParseContext } from './response-parser.ts'

/** A code that is not known here, or whose arguments could not be understood. */
export interface UnknownCode {
  readonly name: 'unknown'
  /** As the server named it, in upper case. */
  readonly atom: string
  /** What followed the name inside the brackets, as it was sent: each character an octet. */
  readonly arguments: RawText
}

const table = [
  ...selectionCodes,
  ...messageCodes,
  ...annotationCodes,
  ...searchCodes,
  ...urlCodes,
  ...serverCodes,
] as const

/**
 * What a status response says for programs, in brackets before its text (RFC 9051 §7.1). Told apart by `name`.
 *
 * @example
 * if (code?.name === 'APPENDUID') console.log(code.uidValidity, code.uids)
 * if (code?.name === 'TRYCREATE') await client.create(mailbox)
 */
export type ResponseCode = PlainCode | ReturnType<(typeof table)[number][1]> | UnknownCode

const readers = new Map<string, (scan: Scanner, context: ParseContext) => ResponseCode>(table)

/** Codes are read within a response that has a scanner of its own. */
const scan = new Scanner()
const silent = new ParseContext()

/**
 * The response code of a status line, be it tagged or untagged; null when it has none. Never throws: a code whose
 * arguments make no sense comes back as `unknown`, since the status counts more than the code.
 */
export const responseCode = (line: StatusLine, context: ParseContext = silent): ResponseCode | null => {
  const { code, codeArguments } = line
  if (code === '') return null
  const plain = plainCodes.get(code)
  if (plain !== undefined) return plain
  return readers.has(code) ? readCode(code, codeArguments, context) : unknown(code, codeArguments)
}

const unknown = (atom: string, args: RawText): UnknownCode => ({ name: 'unknown', atom, arguments: args })

const readCode = (name: string, args: RawText, context: ParseContext): ResponseCode => {
  const bytes = Buffer.from(args, 'latin1')
  scan.resetTo(bytes, args, 0, bytes.length, isAscii(bytes))
  scan.diagnostics = context
  try {
    scan.skipSpaces()
    return readers.get(name)?.(scan, context) ?? unknown(name, args)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    context.repaired('code-arguments')
    return unknown(name, args)
  }
}
