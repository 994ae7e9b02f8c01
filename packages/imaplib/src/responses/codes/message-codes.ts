import type { SequenceSet } from '../../wire/sequence-set.ts'
import type { Scanner } from '../../wire/scanner.ts'
import { readSequenceSet } from '../read-sequence-set.ts'
import type { ParseContext } from '../response-parser.ts'
import { readUidRanges, type UidRange } from '../uid-ranges.ts'
import type { CodeTable } from './code-reader.ts'

/** RFC 4315 §3, RFC 9051 §7.1: where APPEND put the message, or several (RFC 3502). */
export interface AppendUidCode {
  readonly name: 'APPENDUID'
  readonly uidValidity: number
  /** In the order in which the messages were sent. */
  readonly uids: readonly UidRange[]
}

/** RFC 4315 §3, RFC 9051 §7.1. `uidPairs(source, destination)` tells which message became which. */
export interface CopyUidCode {
  readonly name: 'COPYUID'
  /** Of the destination mailbox. */
  readonly uidValidity: number
  readonly source: readonly UidRange[]
  readonly destination: readonly UidRange[]
}

/** RFC 7162 §3.1.3: the messages that a conditional STORE left alone. UIDs after UID STORE, else sequence numbers. */
export interface ModifiedCode {
  readonly name: 'MODIFIED'
  readonly messages: SequenceSet
}

/** RFC 9738 §3.1: the command was done for part of the messages only, or for none. */
export interface MessageLimitCode {
  readonly name: 'MESSAGELIMIT'
  readonly limit: number
  /** The lowest UID that was dealt with; the command should be sent again for those below it. Null when none was. */
  readonly lastUid: number | null
}

const appendUid = (scan: Scanner): AppendUidCode => {
  const uidValidity = scan.number()
  scan.skipSpaces()
  return { name: 'APPENDUID', uidValidity, uids: readUidRanges(scan) }
}

const copyUid = (scan: Scanner, context: ParseContext): CopyUidCode => {
  const uidValidity = scan.number()
  scan.skipSpaces()
  const source = readUidRanges(scan)
  scan.skipSpaces()
  const destination = readUidRanges(scan)
  if (source.length === 0 || destination.length === 0) context.repaired('copyuid-empty')
  return { name: 'COPYUID', uidValidity, source, destination }
}

const modified = (scan: Scanner): ModifiedCode => ({ name: 'MODIFIED', messages: readSequenceSet(scan) })

const messageLimit = (scan: Scanner): MessageLimitCode => {
  const limit = scan.number()
  scan.skipSpaces()
  return { name: 'MESSAGELIMIT', limit, lastUid: scan.atEnd ? null : scan.number() }
}

export const messageCodes = [
  ['APPENDUID', appendUid],
  ['COPYUID', copyUid],
  ['MODIFIED', modified],
  ['MESSAGELIMIT', messageLimit],
] as const satisfies CodeTable
