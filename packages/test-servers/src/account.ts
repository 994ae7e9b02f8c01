import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync } from 'node:fs'
import { userInfo } from 'node:os'
import { ServerUnavailable } from './server-unavailable.ts'

/** Whom a server runs as. */
export interface Account {
  readonly name: string
  readonly group: string
  readonly uid: number
  readonly gid: number
}

const systemUser = 'imaptest'

/**
 * A system user of its own when root asks, since Dovecot and Cyrus serve no mail as root; otherwise oneself. The user is created once and
 * stays: it has no home, no shell and no password.
 *
 * @throws {ServerUnavailable} the system user cannot be created
 */
export const serverAccount = (): Account => {
  if (process.getuid?.() !== 0) return known(userInfo().username)
  // Two processes may do this at once: the one that comes second fails, and finds the user there.
  for (let tries = 0; lookUp(systemUser) === undefined; tries++) {
    const created = spawnSync(
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        systemUser,
      ],
      { encoding: 'utf8' },
    )
    if (created.error !== undefined || (created.status !== 0 && tries >= 50))
      throw new ServerUnavailable(`useradd ${systemUser} failed: ${created.error?.message ?? created.stderr.trim()}`)
    if (created.status !== 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  return known(systemUser)
}

/** Makes `account` the owner of `path`, where that is not so by itself. */
export const giveTo = (account: Account, path: string): void => {
  if (process.getuid?.() === 0) chownSync(path, account.uid, account.gid)
}

/** What `spawn` needs to run a child as `account`. Only root may say it; libuv then drops the other groups too. */
export const spawnAs = (account: Account): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: account.uid, gid: account.gid } : {}

const lookUp = (name: string): string | undefined => {
  const found = spawnSync('id', ['-u', name], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.trim() : undefined
}

const known = (name: string): Account => {
  const ask = (flag: string) => execFileSync('id', [flag, name], { encoding: 'utf8' }).trim()
  return { name, group: ask('-gn'), uid: Number(ask('-u')), gid: Number(ask('-g')) }
}
