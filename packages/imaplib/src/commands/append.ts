import { invalid } from '../errors/imap-error.ts'
import { responseCode } from '../responses/response-code.ts'
import type { AppendUidCode } from '../responses/codes/message-codes.ts'
import type { DateTimeValue } from '../wire/date-time.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command, type CommandContext } from './command.ts'
import { require } from './require.ts'

/** The octets of a message: all there, or to come while they are sent. */
export type MessageOctets =
  | { readonly bytes: Uint8Array }
  | { readonly size: number; readonly source: AsyncIterable<Uint8Array>; readonly binary: boolean }

/** One message of an APPEND. */
export interface AppendedMessage {
  readonly octets: MessageOctets
  readonly flags: readonly string[]
  /** The internal date. Default: when the server gets it. */
  readonly date?: Date | DateTimeValue | string | undefined
  /** In the `UTF8 (~{…}` form of RFC 6855 §4. */
  readonly utf8: boolean
}

/**
 * APPEND (RFC 9051 §6.3.12): puts a message into a mailbox; several, all or none of them, with MULTIAPPEND (RFC 3502).
 *
 * Resolves to where they are, or null when the server does not tell (RFC 4315 §3 APPENDUID).
 */
export const append = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  needs: ([, messages]: [mailbox: string, messages: readonly AppendedMessage[]]) =>
    messages.length > 1 ? 'MULTIAPPEND' : undefined,
  write(out, [mailbox, messages], context) {
    if (messages.length === 0) throw invalid('APPEND: there is no message')
    out.mailbox(mailbox)
    for (const message of messages) writeMessage(out, message, context)
  },
  result(_replies, { completion }): AppendUidCode | null {
    const code = responseCode(completion)
    return code?.name === 'APPENDUID' ? code : null
  },
})

/** Flags, date and octets (RFC 9051 §9, append-message). */
export const writeMessage = (
  out: CommandWriter,
  { octets, flags, date, utf8 }: AppendedMessage,
  context: CommandContext,
): void => {
  if (flags.length > 0) out.flags(flags)
  if (date !== undefined) out.dateTime(date)
  if (!utf8) return writeOctets(out, octets, false)
  require(context, 'UTF8=ACCEPT', 'APPEND UTF8')
  out.atom('UTF8').open()
  writeOctets(out, octets, true)
  out.glue().close()
}

const writeOctets = (out: CommandWriter, octets: MessageOctets, binary: boolean): void => {
  if ('source' in octets) out.stream(octets.size, octets.source, { binary: binary || octets.binary })
  else if (binary) out.literal8(octets.bytes)
  else out.literal(octets.bytes)
}
