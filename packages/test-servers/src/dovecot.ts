import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, giveTo, serverAccount } from './account.ts'
import { type CertificateKind, createAuthority } from './certificates.ts'
import { startDaemon } from './daemon.ts'
import { ensurePackages } from './debian.ts'
import { dovecotConfig, type DovecotSettings } from './dovecot-config.ts'
import { createDovecotUsers, password } from './dovecot-users.ts'
import { freshName } from './fresh-name.ts'
import { createGuardedFolder, type GuardedFolder } from './guarded-folder.ts'
import { freePorts } from './ports.ts'
import { ServerUnavailable } from './server-unavailable.ts'
import type { TestServer } from './test-server.ts'
import { startTokenServer, tokenOf, type TokenServer } from './token-server.ts'

export interface DovecotOptions {
  /** The certificate that it shows. Default `good`. */
  readonly certificate?: CertificateKind
  /** Further users beside alice, bob, carol and tiny; `server.user()` adds more at any time. */
  readonly users?: readonly string[]
  /** Announces this instead of what it can do: `IMAP4rev1` imitates a server without extensions. */
  readonly capability?: string
  /** dovecot.conf text at the end, so that it wins. */
  readonly extraConfig?: string
  /** How mailboxes are stored. Default `maildir`. */
  readonly mailbox?: 'maildir' | 'sdbox' | 'mdbox'
  /** Connections to make room for. Default 500. */
  readonly maxConnections?: number
  /** Fifty connections share one process: needs a tenth of the memory, but IDLE then looks once a second. Default false. */
  readonly sharedProcesses?: boolean
  /** Records what goes over each connection after login, both ways, in files in `rawlogFolder(user)`. Default false. */
  readonly rawlog?: boolean
}

export interface DovecotUserOptions {
  /** How much the account holds, in bytes. Default 4 GiB. */
  readonly quota?: number
  /** Extra fields of Dovecot's passwd-file, such as `nologin=y host=other.example` for a LOGIN referral (RFC 2221). */
  readonly fields?: string
}

/** A running Dovecot 2.3 with every mechanism and extension that it has, of one's own. */
export interface DovecotServer extends TestServer {
  /** On the same ports, with LOGINDISABLED until TLS. */
  readonly insecureHost: string
  readonly user: (options?: DovecotUserOptions) => string
  /** An access token for OAUTHBEARER and XOAUTH2; `${token}expired-` and anything else is refused. */
  readonly token: (user: string) => string
  /** The argv of a child process that talks IMAP on its standard input and output and greets with PREAUTH. */
  readonly preauthCommand: (user: string) => string[]
  /** The same as one line for a shell. */
  readonly preauthShellCommand: (user: string) => string
  /** Where a user's home is, with the mail in it. */
  readonly home: (user: string) => string
  /** Where `rawlog` records the connections of a user. */
  readonly rawlogFolder: (user: string) => string
}

const hosts = ['127.0.0.1', '127.0.0.2']
const program = '/usr/sbin/dovecot'
const imapProgram = '/usr/lib/dovecot/imap'

/**
 * Starts a Dovecot 2.3 on free ports of 127.0.0.1 and 127.0.0.2, in a folder of its own, as an ordinary user. It takes about half a
 * second. Users alice, bob, carol and tiny (100 kB) exist; `user()` makes new ones. Every password is `secret`.
 *
 * ```ts
 * await using server = await startDovecot()
 * const user = server.user()
 * ```
 *
 * @throws {ServerUnavailable} Dovecot is neither installed nor installable
 */
export const startDovecot = async (options: DovecotOptions = {}): Promise<DovecotServer> => {
  const version = await dovecotVersion()
  const account = serverAccount()
  for (let tries = 1; ; tries++) {
    try {
      return await start(options, version, account)
    } catch (error) {
      // Between finding a port free and listening there, another process may have taken it.
      if (tries === 3 || !/Address already in use/.test((error as Error).message)) throw error
    }
  }
}

const dovecotVersion = async (): Promise<string> => {
  if (![program, imapProgram, '/usr/bin/openssl'].every((file) => existsSync(file)))
    await ensurePackages(['dovecot-core', 'dovecot-imapd', 'openssl'])
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).split(' ')[0]?.trim() ?? ''
  if (!version.startsWith('2.3.')) throw new ServerUnavailable(`wanted is Dovecot 2.3, installed is ${version}`)
  return version
}

const start = async (options: DovecotOptions, version: string, account: Account): Promise<DovecotServer> => {
  const guarded = createGuardedFolder(account)
  const tokens = await startTokenServer()
  try {
    return await startIn(guarded, tokens, options, version, account)
  } catch (error) {
    await tokens.stop()
    await guarded.remove()
    throw error
  }
}

const startIn = async (
  guarded: GuardedFolder,
  tokens: TokenServer,
  options: DovecotOptions,
  version: string,
  account: Account,
): Promise<DovecotServer> => {
  const folder = guarded.path
  layOut(folder, account)
  const authority = await createAuthority(join(folder, 'tls'), account)
  const users = createDovecotUsers(folder, account)
  const addUser = (name: string, fields?: string) => {
    users.add(name, fields)
    // Dovecot records only where there is a folder for it already.
    if (options.rawlog === true) makeFolder(join(folder, 'rawlog', name), account)
  }
  for (const name of ['alice', 'bob', 'carol', ...(options.users ?? [])]) addUser(name)
  addUser('tiny', 'userdb_quota_rule=*:bytes=100000')

  const [port = 0, tlsPort = 0] = await freePorts(2, hosts)
  const oauthFile = join(folder, 'oauth2.conf')
  writeFileSync(oauthFile, oauthConfig(tokens.url))
  const settings: DovecotSettings = {
    folder,
    account,
    port,
    tlsPort,
    oauthFile,
    usersFolder: users.folder,
    caFile: authority.caFile,
    certificate: await authority.server(options.certificate),
    mailbox: options.mailbox ?? 'maildir',
    maxConnections: options.maxConnections ?? 500,
    sharedProcesses: options.sharedProcesses ?? false,
    capability: options.capability,
    rawlog: options.rawlog ?? false,
    extraConfig: options.extraConfig ?? '',
  }
  const configFile = join(folder, 'dovecot.conf')
  writeFileSync(configFile, dovecotConfig(settings))

  const daemon = await startDaemon({
    command: [program, '-F', '-c', configFile],
    folder: guarded,
    output: join(folder, 'log', 'output.log'),
    logs: [join(folder, 'log', 'dovecot.log')],
    account,
    host: '127.0.0.1',
    port,
  })
  linkTokenLogin(folder)
  const stop = async () => {
    await daemon.stop()
    await tokens.stop()
  }
  const preauthCommand = (user: string) => [
    ...(process.getuid?.() === 0
      ? ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups']
      : []),
    'env',
    '-i',
    'PATH=/usr/bin:/bin',
    `USER=${user}`,
    `HOME=${users.home(user)}`,
    'IP=127.0.0.1',
    'LOCAL_IP=127.0.0.1',
    imapProgram,
    '-c',
    configFile,
  ]
  return {
    name: `Dovecot ${version}`,
    host: '127.0.0.1',
    insecureHost: '127.0.0.2',
    port,
    tlsPort,
    authority,
    ca: authority.ca,
    caFile: authority.caFile,
    password,
    folder,
    stop,
    preauthCommand,
    pid: daemon.pid,
    log: daemon.log,
    token: tokenOf,
    home: users.home,
    rawlogFolder: (user) => join(folder, 'rawlog', user),
    // Nothing in it needs quoting but the odd name of a temporary folder.
    preauthShellCommand: (user) =>
      preauthCommand(user)
        .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
        .join(' '),
    user: ({ quota, fields = '' } = {}) => {
      const name = freshName()
      addUser(name, [quota === undefined ? '' : `userdb_quota_rule=*:bytes=${quota}`, fields].join(' ').trim())
      return name
    },
    [Symbol.asyncDispose]: stop,
  }
}

const makeFolder = (path: string, account: Account): void => {
  mkdirSync(path, { recursive: true })
  giveTo(account, path)
}

const layOut = (folder: string, account: Account): void => {
  for (const name of [
    'run',
    'state',
    'log',
    'rawlog',
    'public',
    'public/mailboxes',
    'virtual',
    'virtual/All',
    'virtual/Flagged',
  ])
    makeFolder(join(folder, name), account)
  writeFileSync(join(folder, 'virtual/All/dovecot-virtual'), '*\n  all\n')
  writeFileSync(join(folder, 'virtual/Flagged/dovecot-virtual'), '*\n  flagged\n')
  // Everybody may do everything in the public namespace. dbox looks for the rule in public/mailboxes.
  for (const name of ['public', 'public/mailboxes'])
    writeFileSync(join(folder, name, 'dovecot-acl'), 'authenticated lrwstipekxa\n')
}

const oauthConfig = (url: string): string => `
tokeninfo_url = ${url}
active_attribute = active
active_value = true
username_attribute = username
openid_configuration_url = https://localhost/.well-known/openid-configuration
timeout_msecs = 5000
`

/**
 * Without its chroot imap-urlauth-login works in run/login, while its sockets are in run/token-login. With the links a URLFETCH of another
 * user's URL is refused instead of hanging (this version cannot serve it); one's own URLs work without.
 */
const linkTokenLogin = (folder: string): void => {
  for (const name of ['tokenlogin', 'imap-urlauth'])
    symlinkSync(join('..', 'token-login', name), join(folder, 'run', 'login', name))
}
