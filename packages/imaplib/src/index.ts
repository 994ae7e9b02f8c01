/**
 * IMAP for TypeScript: Python's `imaplib` whole, and a typed modern client beside it.
 */
export * from './client/index.ts'
export * from './imaplib/index.ts'
export * from './responses/index.ts'
// Python's module has a pattern of the same name as the class; the pattern keeps it.
export { Flags } from './imaplib/patterns.ts'
export { Flags as MessageFlags } from './responses/flags.ts'
export { formatImapUrl, type ImapUrl, parseImapUrl } from './wire/imap-url.ts'
export { Secret } from './wire/secret.ts'
export { type SequenceRange, SequenceSet, type SetMember } from './wire/sequence-set.ts'
export { keywords, systemFlags } from './wire/flags.ts'
export type { Transport, TransportReceiver } from './transport/transport.ts'
export { duplexTransport } from './transport/duplex.ts'
export { readPem } from './transport/pem.ts'
export type { TlsOptions } from './transport/tls.ts'
