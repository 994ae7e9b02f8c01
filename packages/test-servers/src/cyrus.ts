import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, giveTo, serverAccount } from './account.ts'
import { type CertificateKind, createAuthority } from './certificates.ts'
import { cyrusFolders, type CyrusSettings, imapdConfig, passwordFile, processConfig } from './cyrus-config.ts'
import { startDaemon } from './daemon.ts'
import { ensurePackages } from './debian.ts'
import { chrooted, debianRoot, type Suite } from './debian-root.ts'
import { password } from './dovecot-users.ts'
import { freshName } from './fresh-name.ts'
import { createGuardedFolder } from './guarded-folder.ts'
import { freePorts } from './ports.ts'
import type { TestServer } from './test-server.ts'

export interface CyrusOptions {
  /** bookworm has Cyrus 3.6, trixie 3.10, forky 3.12 or later. Default `forky`. */
  readonly suite?: Suite
  /** The certificate that it shows. Default `good`. */
  readonly certificate?: CertificateKind
  /** imapd.conf text at the end, so that it wins. */
  readonly extraConfig?: string
}

/** A running Cyrus IMAP of one's own. Users alice, bob and carol exist, besides those of `user()`. */
export interface CyrusServer extends TestServer {
  /** A user who may do everything: `cyrus`. */
  readonly administrator: string
}

/**
 * Starts a Cyrus IMAP out of another Debian release, on free ports of 127.0.0.1. The first call downloads and unpacks it; after that it
 * takes about a second. An account's INBOX comes into being at its first login.
 *
 * @throws {ServerUnavailable} see `debianRoot`
 */
export const startCyrus = async (options: CyrusOptions = {}): Promise<CyrusServer> => {
  const suite = options.suite ?? 'forky'
  const root = await debianRoot(suite, 'cyrus', ['cyrus-imapd', 'sasl2-bin'])
  await ensurePackages(['openssl'])
  const account = serverAccount()
  const guarded = createGuardedFolder(account)
  const folder = guarded.path
  try {
    for (const name of cyrusFolders) {
      mkdirSync(join(folder, name))
      giveTo(account, join(folder, name))
    }
    const authority = await createAuthority(join(folder, 'tls'), account)
    const [port = 0, tlsPort = 0] = await freePorts(2)
    const settings: CyrusSettings = {
      folder,
      account,
      port,
      tlsPort,
      certificate: await authority.server(options.certificate),
      caFile: authority.caFile,
      newer: suite !== 'bookworm',
      extraConfig: options.extraConfig ?? '',
    }
    writeFileSync(join(folder, 'imapd.conf'), imapdConfig(settings))
    writeFileSync(join(folder, 'cyrus.conf'), processConfig(settings))
    for (const name of ['alice', 'bob', 'carol', 'cyrus']) addUser(root, folder, account, name)
    const master = ['/usr/lib/cyrus/bin/master', '-D', '-C', `${folder}/imapd.conf`, '-M', `${folder}/cyrus.conf`]
    const daemon = await startDaemon({
      command: chrooted(root, folder, account, [...master, '-p', `${folder}/master.pid`]),
      folder: guarded,
      output: join(folder, 'log', 'master.log'),
      logs: [],
      host: '127.0.0.1',
      port,
    })
    return {
      name: `Cyrus IMAP of Debian ${suite}`,
      host: '127.0.0.1',
      port,
      tlsPort,
      authority,
      ca: authority.ca,
      caFile: authority.caFile,
      password,
      folder,
      administrator: 'cyrus',
      pid: daemon.pid,
      log: daemon.log,
      user: () => {
        const name = freshName()
        addUser(root, folder, account, name)
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

const addUser = (root: string, folder: string, account: Account, name: string): void => {
  const command = ['/usr/sbin/saslpasswd2', '-p', '-c', '-f', passwordFile(folder), '-u', 'localhost', name]
  const [program = '', ...args] = chrooted(root, folder, account, command)
  const result = spawnSync(program, args, { input: password, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`saslpasswd2 ${name}: ${result.error?.message ?? result.stderr}`)
}
