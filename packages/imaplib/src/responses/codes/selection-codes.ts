import type { Scanner } from '../../wire/scanner.ts'
import { type Flags, readFlags } from '../flags.ts'
import type { ParseContext } from '../response-parser.ts'
import type { CodeTable } from './code-reader.ts'

/** What SELECT says about the mailbox in response codes (RFC 9051 §6.3.2). */
export interface PermanentFlagsCode {
  readonly name: 'PERMANENTFLAGS'
  /** `\*` among them says that new keywords can be made. */
  readonly flags: Flags
}

export interface CountCode<Name extends 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN'> {
  readonly name: Name
  /** 0 is forbidden, and sent by some servers. */
  readonly value: number
}

/** RFC 7162 §3.1.2.1 */
export interface HighestModSeqCode {
  readonly name: 'HIGHESTMODSEQ'
  readonly value: bigint
}

/** RFC 8474 §4.2 */
export interface MailboxIdCode {
  readonly name: 'MAILBOXID'
  readonly id: string
}

/** RFC 5257 §4.1: whether messages of this mailbox can carry annotations, and how long they may be. */
export interface AnnotationsCode {
  readonly name: 'ANNOTATIONS'
  /** Most octets of one annotation; null when there can be none, or none can be changed. */
  readonly maxSize: number | null
  readonly readOnly: boolean
  readonly noPrivate: boolean
}

const count =
  <Name extends 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN'>(name: Name) =>
  (scan: Scanner): CountCode<Name> => ({ name, value: scan.number() })

const permanentFlags = (scan: Scanner, context: ParseContext): PermanentFlagsCode => ({
  name: 'PERMANENTFLAGS',
  flags: readFlags(scan, context),
})

const highestModSeq = (scan: Scanner): HighestModSeqCode => ({ name: 'HIGHESTMODSEQ', value: scan.bigint() })

const mailboxId = (scan: Scanner): MailboxIdCode => {
  const listed = scan.openList()
  const id = scan.astring()
  if (listed) scan.closeList()
  return { name: 'MAILBOXID', id }
}

const annotations = (scan: Scanner): AnnotationsCode => {
  const first = scan.upperAtom()
  scan.skipSpaces()
  const noPrivate = !scan.atEnd && scan.upperAtom() === 'NOPRIVATE'
  const size = Number(first)
  return {
    name: 'ANNOTATIONS',
    maxSize: Number.isSafeInteger(size) ? size : null,
    readOnly: first === 'READ-ONLY',
    noPrivate,
  }
}

export const selectionCodes = [
  ['PERMANENTFLAGS', permanentFlags],
  ['UIDNEXT', count('UIDNEXT')],
  ['UIDVALIDITY', count('UIDVALIDITY')],
  ['UNSEEN', count('UNSEEN')],
  ['HIGHESTMODSEQ', highestModSeq],
  ['MAILBOXID', mailboxId],
  ['ANNOTATIONS', annotations],
] as const satisfies CodeTable
