import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { giveTo, serverAccount } from './account.ts'
import { type CertificateKind, createAuthority } from './certificates.ts'
import { startDaemon } from './daemon.ts'
import { ensurePackages } from './debian.ts'
import { chrooted, debianRoot, type Suite } from './debian-root.ts'
import { createDovecotUsers, password } from './dovecot-users.ts'
import { dovecot24Config } from './dovecot24-config.ts'
import { freshName } from './fresh-name.ts'
import { createGuardedFolder } from './guarded-folder.ts'
import { freePorts } from './ports.ts'
import type { TestServer } from './test-server.ts'

export interface Dovecot24Options {
  /** trixie has 2.4.1, forky 2.4.5 or later. Default `forky`. */
  readonly suite?: Exclude<Suite, 'bookworm'>
  /** The certificate that it shows. Default `good`. */
  readonly certificate?: CertificateKind
  /** Announces this instead of what it can do. */
  readonly capability?: string
  /** dovecot.conf text at the end, so that it wins. */
  readonly extraConfig?: string
}

/** A running Dovecot 2.4 of one's own. Users alice, bob, carol and tiny (100 kB) exist, besides those of `user()`. */
export interface Dovecot24Server extends TestServer {
  /** On the same ports, with LOGINDISABLED until TLS. */
  readonly insecureHost: string
}

/**
 * Starts a Dovecot 2.4 out of another Debian release, on free ports of 127.0.0.1 and 127.0.0.2. The first call downloads and unpacks it;
 * after that it takes about a second.
 *
 * @throws {ServerUnavailable} see `debianRoot`
 */
export const startDovecot24 = async (options: Dovecot24Options = {}): Promise<Dovecot24Server> => {
  const suite = options.suite ?? 'forky'
  const root = await debianRoot(suite, 'dovecot', ['dovecot-imapd'])
  await ensurePackages(['openssl'])
  const account = serverAccount()
  const guarded = createGuardedFolder(account)
  const folder = guarded.path
  try {
    for (const name of ['run', 'state', 'log']) {
      mkdirSync(join(folder, name))
      giveTo(account, join(folder, name))
    }
    const authority = await createAuthority(join(folder, 'tls'), account)
    const users = createDovecotUsers(folder, account)
    for (const name of ['alice', 'bob', 'carol']) users.add(name)
    users.add('tiny', 'userdb_quota_storage_size=100000')
    const [port = 0, tlsPort = 0] = await freePorts(2, ['127.0.0.1', '127.0.0.2'])
    const config = dovecot24Config({
      folder,
      account,
      port,
      tlsPort,
      usersFolder: users.folder,
      certificate: await authority.server(options.certificate),
      caFile: authority.caFile,
      capability: options.capability,
      extraConfig: options.extraConfig ?? '',
    })
    writeFileSync(join(folder, 'dovecot.conf'), config)
    const daemon = await startDaemon({
      command: chrooted(root, folder, account, ['/usr/sbin/dovecot', '-F', '-c', `${folder}/dovecot.conf`]),
      folder: guarded,
      output: join(folder, 'log', 'output.log'),
      logs: [join(folder, 'log', 'dovecot.log')],
      host: '127.0.0.1',
      port,
    })
    return {
      name: `Dovecot 2.4 of Debian ${suite}`,
      host: '127.0.0.1',
      insecureHost: '127.0.0.2',
      port,
      tlsPort,
      authority,
      ca: authority.ca,
      caFile: authority.caFile,
      password,
      folder,
      pid: daemon.pid,
      log: daemon.log,
      user: () => {
        const name = freshName()
        users.add(name)
        return name
      },
      stop: daemon.stop,
      [Symbol.asyncDispose]: daemon.stop,
    }
  } catch (error) {
    await guarded.remove()
    throw error
  }
}
