/**
 * `imaplib/wire`: bytes to responses and values to commands. Pure: no sockets, no clocks, nothing waits.
 *
 * - In: {@link Framer} cuts what arrives into frames, {@link Scanner} reads a frame.
 * - Out: {@link CommandWriter} makes the fragments of a command.
 */
export { ImapError, type ImapErrorCode, type ImapErrorDetails } from '../errors/imap-error.ts'
export { type DateTimeValue, formatDate, formatDateTime, parseDate, parseDateTime } from './date-time.ts'
export {
  canonicalFlag,
  checkFlag,
  checkKeyword,
  type Flag,
  isFlag,
  isPermanentFlag,
  keywords,
  sameFlag,
  systemFlags,
} from './flags.ts'
export type { Fragment, LiteralFragment, LiteralMode, StreamFragment, TextFragment } from './fragment.ts'
export type { ExternalLiteral, Frame, FramerLimits, FrameSink, LiteralConsumer } from './frame.ts'
export { defaultLimits, Framer, type FramerOptions } from './framer.ts'
export { isAstringAtom, isAtom, isListAtom, isQuotable, isTag } from './grammar.ts'
export { literalSizeAt } from './literal-header.ts'
export { type DecodedName, decodeMailboxName, encodeMailboxName, isValidModifiedUtf7 } from './mailbox-name.ts'
export { ParseError } from './parse-error.ts'
export { decodeRaw, rawCharset, type RawText, type RawTextCharset } from './raw-text.ts'
export type { ScanDiagnostics, ScanRepair } from './cursor.ts'
export { Scanner, StreamedLiteral } from './scanner.ts'
export { Secret } from './secret.ts'
export { type SequenceRange, SequenceSet, type SetMember, type SetNumber } from './sequence-set.ts'
export { type OrderedUids, pairSets, type UidMap } from './uid-map.ts'
export { CommandWriter, line, type WriterRules } from './writer.ts'
