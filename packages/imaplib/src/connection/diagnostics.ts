import diagnosticsChannel from 'node:diagnostics_channel'

/**
 * The `diagnostics_channel` names of this library. They are public API; so are the payloads below. Nothing secret is in
 * any of them: what was given as a secret shows as `[secret]`.
 *
 * | channel | payload |
 * |---|---|
 * | `imaplib:connection:open` | {@link OpenMessage} after the greeting |
 * | `imaplib:connection:close` | {@link CloseMessage} once |
 * | `imaplib:wire:sent`, `imaplib:wire:received` | {@link WireMessage} a line, literals shown by their size |
 * | `imaplib:command:start`, `imaplib:command:end` | {@link CommandMessage} |
 * | `imaplib:repair` | {@link RepairMessage} the server broke the grammar and was understood all the same |
 * | `imaplib:unparsed` | {@link UnparsedMessage} a response that could not be understood |
 */
export const channels = {
  open: diagnosticsChannel.channel('imaplib:connection:open'),
  close: diagnosticsChannel.channel('imaplib:connection:close'),
  sent: diagnosticsChannel.channel('imaplib:wire:sent'),
  received: diagnosticsChannel.channel('imaplib:wire:received'),
  commandStart: diagnosticsChannel.channel('imaplib:command:start'),
  commandEnd: diagnosticsChannel.channel('imaplib:command:end'),
  repair: diagnosticsChannel.channel('imaplib:repair'),
  unparsed: diagnosticsChannel.channel('imaplib:unparsed'),
} as const

export interface OpenMessage {
  /** Distinguishes the connections of a process; the same in all messages. */
  connection: number
  /** `tls mail.example:993`. */
  peer: string
  greeting: string
}

export interface CloseMessage {
  connection: number
  error: Error | null
  bytesSent: number
  bytesReceived: number
}

export interface WireMessage {
  connection: number
  /** One line without its CRLF; the octets of a literal appear as `<n octets>`. */
  line: string
}

export interface CommandMessage {
  connection: number
  tag: string
  /** `UID FETCH`; never the arguments. */
  name: string
  /** Only in `imaplib:command:end`: the tagged status, or the code of the error. */
  outcome?: string
}

export interface RepairMessage {
  connection: number
  /** Id of the row in the quirk table. */
  quirk: string
}

export interface UnparsedMessage {
  connection: number
  name: string
  raw: Buffer
  error: Error
}

let lastConnection = 0
/** A number for a new connection. */
export const nextConnectionId = (): number => ++lastConnection
