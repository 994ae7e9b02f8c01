export * from './imaplib/index.ts'
export { ImapClient } from './client/imap-client.ts'
