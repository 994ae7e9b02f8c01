import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeMaildir } from '../corpus/maildir.mjs'

/**
 * A Dovecot of our own on loopback, in a folder under the temporary directory that `stop` removes.
 * @typedef {{ host: string, port: number, stop(): Promise<void> }} Dovecot
 */

const binary = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'].find(existsSync)

export const user = 'bench'
export const password = 'secret'

/** Whether a Dovecot is installed. */
export const dovecotInstalled = () => binary !== undefined

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** Dovecot refuses to serve mail as root, so root hands it to an unprivileged account that every Unix has. */
const mailOwner = () => {
  if (process.getuid() !== 0)
    return {
      name: execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
      uid: process.getuid(),
      gid: process.getgid(),
    }
  const number = (flag) => Number(execFileSync('id', [flag, 'mail'], { encoding: 'utf8' }))
  return { name: 'mail', uid: number('-u'), gid: number('-g') }
}

const groupName = (gid) => execFileSync('getent', ['group', String(gid)], { encoding: 'utf8' }).split(':')[0]

const configuration = ({ folder, port, owner }) => {
  const group = groupName(owner.gid)
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
default_internal_user = ${owner.name}
default_internal_group = ${group}
default_login_user = ${owner.name}
first_valid_uid = ${owner.uid}
first_valid_gid = ${owner.gid}
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail/%n
mail_fsync = never
mail_max_userip_connections = 0
default_vsz_limit = 2G
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${folder}/mail/%n
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-urlauth-login {
  chroot =
}
`
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  }).finally(() => undefined)

/**
 * Starts Dovecot with an INBOX of the given corpus, or an empty one.
 * @param {{ corpus?: { seed: number, count: number } }} [options]
 * @returns {Promise<Dovecot>}
 */
export const startDovecot = async ({ corpus } = {}) => {
  if (binary === undefined) throw new Error('no Dovecot found: install dovecot-imapd')
  const owner = mailOwner()
  const folder = mkdtempSync(join(tmpdir(), 'imap-bench-'))
  chmodSync(folder, 0o755)
  for (const name of ['run', 'state', 'mail', `mail/${user}`]) {
    mkdirSync(join(folder, name))
    chownSync(join(folder, name), owner.uid, owner.gid)
  }
  if (corpus !== undefined) writeMaildir(join(folder, 'mail', user), { ...corpus, owner })
  const port = await freePort()
  const config = join(folder, 'dovecot.conf')
  writeFileSync(config, configuration({ folder, port, owner }))
  const child = spawn(binary, ['-F', '-c', config], { stdio: 'ignore', env: { PATH: process.env.PATH, TZ: 'UTC' } })
  const exited = new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) break
    if (await answers(port)) return { host: '127.0.0.1', port, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const log = existsSync(join(folder, 'dovecot.log'))
    ? readFileSync(join(folder, 'dovecot.log'), 'utf8').slice(-1000)
    : ''
  await stop()
  throw new Error(`Dovecot did not start: ${log}`)
}
