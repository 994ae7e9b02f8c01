export * from './imaplib/index.ts'
