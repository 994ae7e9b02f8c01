import type { Scanner } from '../../wire/scanner.ts'
import { readCapabilities } from '../read-capabilities.ts'
import type { ParseContext } from '../response-parser.ts'
import type { CodeTable } from './code-reader.ts'

/** RFC 9051 §7.1: what the server can do, told unasked. */
export interface CapabilityCode {
  readonly name: 'CAPABILITY'
  /** Upper case. */
  readonly capabilities: readonly string[]
}

/** RFC 9585 §4: a command takes long, and is still being done. */
export interface InProgressCode {
  readonly name: 'INPROGRESS'
  /** Tag of the command; null when the server does not tell. */
  readonly tag: string | null
  /** How much is done; null when unknown. */
  readonly progress: number | null
  /** Where {@link progress} will end; null when unknown. */
  readonly goal: number | null
}

/** RFC 5259 §9: how many messages, or parts, one CONVERT may name. */
export interface MaxConvertCode<Name extends 'MAXCONVERTMESSAGES' | 'MAXCONVERTPARTS'> {
  readonly name: Name
  readonly limit: number
}

const capability = (scan: Scanner, context: ParseContext): CapabilityCode => ({
  name: 'CAPABILITY',
  capabilities: readCapabilities(scan, context),
})

const inProgress = (scan: Scanner): InProgressCode => {
  let tag: string | null = null
  let progress: number | null = null
  let goal: number | null = null
  if (scan.openList()) {
    scan.skipSpaces()
    tag = scan.nstring()
    scan.skipSpaces()
    progress = scan.looseNumber()
    scan.skipSpaces()
    goal = scan.looseNumber()
    scan.closeList()
  }
  return { name: 'INPROGRESS', tag, progress, goal }
}

const maxConvert =
  <Name extends 'MAXCONVERTMESSAGES' | 'MAXCONVERTPARTS'>(name: Name) =>
  (scan: Scanner): MaxConvertCode<Name> => ({ name, limit: scan.number() })

export const serverCodes = [
  ['CAPABILITY', capability],
  ['INPROGRESS', inProgress],
  ['MAXCONVERTMESSAGES', maxConvert('MAXCONVERTMESSAGES')],
  ['MAXCONVERTPARTS', maxConvert('MAXCONVERTPARTS')],
] as const satisfies CodeTable
