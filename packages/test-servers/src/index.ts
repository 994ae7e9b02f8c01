export { type Account, serverAccount } from './account.ts'
export { type Authority, type Certificate, type CertificateKind, createAuthority } from './certificates.ts'
export { ensurePackages } from './debian.ts'
export { type DovecotOptions, type DovecotServer, type DovecotUserOptions, startDovecot } from './dovecot.ts'
export { createGuardedFolder, type GuardedFolder } from './guarded-folder.ts'
export { orSkipped, ServerUnavailable } from './server-unavailable.ts'
export type { TestServer } from './test-server.ts'
export type { AnnouncedLiteral, LiteralJudge } from './command-reader.ts'
export { rawServer, type RawServer, type RawServerOptions, type TlsChoice } from './raw-server.ts'
export { type Piece, type ReceivedCommand, ScriptedConnection } from './scripted-connection.ts'
export {
  type CommandContext,
  type Handler,
  type HandlerResult,
  type ScriptedServer,
  scriptedServer,
  type ScriptedServerOptions,
} from './scripted-server.ts'
export { type Dialogue, dialogue, type DialogueOptions } from './dialogue.ts'
export { type CyrusOptions, type CyrusServer, startCyrus } from './cyrus.ts'
export { type Suite } from './debian-root.ts'
export { type Dovecot24Options, type Dovecot24Server, startDovecot24 } from './dovecot24.ts'
