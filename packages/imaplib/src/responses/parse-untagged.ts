import type { Frame } from '../wire/frame.ts'
import { ImapError } from '../errors/imap-error.ts'
import { ParseError } from '../wire/parse-error.ts'
import { Scanner } from '../wire/scanner.ts'
import { type Response, responseParsers } from './registry.ts'
import { parseFetch } from './fetch.ts'
import { takeUsualFetch } from './usual-row.ts'
import type { ParseContext } from './response-parser.ts'

const STAR = 0x2a
const OPEN_BRACKET = 0x5b

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** Parsing is synchronous and never nested, so one scanner serves all connections (repairs are reported after it). */
const scan = new Scanner()

/**
 * Parses an untagged response: `* NAME …` or `* 23 NAME …` (RFC 9051 §7).
 *
 * Never throws on account of what the server sent: what cannot be understood comes back as `unparsed`, what nobody
 * registered for as `unknown`, both with their bytes.
 */
export const parseUntagged = (frame: Frame, context: ParseContext): Response => {
  scan.reset(frame)
  scan.diagnostics = context
  context.number = -1
  context.begin()
  let name = ''
  try {
    const row = takeUsualFetch(frame, scan)
    if (row !== 0) {
      name = 'FETCH'
      context.number = row
      return parseFetch(scan, context)
    }
    scan.expect(STAR)
    scan.skipSpaces()
    if (scan.pos - frame.start > 2) context.repaired('spaces')
    if (isDigit(scan.peek())) {
      context.number = scan.number()
      scan.space()
    }
    name = readName(scan, context)
    scan.skipSpaces()
    const parser = responseParsers.get(name)
    if (parser === undefined)
      return { type: 'unknown', name, number: context.number, raw: scan.copy(frame.start, frame.end) }
    const response = parser(scan, context)
    if (scan.skipSpaces()) context.repaired('spaces')
    if (!scan.atEnd) context.repaired('surplus')
    return response
  } catch (error) {
    // What is built of the server's words (sets, names) refuses bad ones with an error of its own.
    if (!(error instanceof ImapError)) throw error
    const { expected, position } = error instanceof ParseError ? error : { expected: error.message, position: scan.pos }
    const raw = scan.copy(frame.start, frame.end)
    return { type: 'unparsed', name, number: context.number, raw, expected, position: position - frame.start }
  } finally {
    context.finish()
  }
}

/** A response code without a status before it is taken as that of an OK. */
const readName = (from: Scanner, context: ParseContext): string => {
  if (from.peek() !== OPEN_BRACKET) return from.name()
  context.repaired('code-without-status')
  return 'OK'
}
