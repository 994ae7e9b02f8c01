import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { apt } from './debian.ts'
import { ServerUnavailable } from './server-unavailable.ts'

const run = promisify(execFile)

/** A Debian release, by its code name. forky is testing: its versions move. */
export type Suite = 'bookworm' | 'trixie' | 'forky'

/**
 * A folder with packages of a Debian release and all that they depend on, unpacked and nothing more: no script of a package has run, and
 * nothing of this machine has changed. Kept in the cache, so that only the first call downloads; apt checks the signatures.
 *
 * @throws {ServerUnavailable} not root, no Debian, no network, or no right to make mount namespaces
 */
export const debianRoot = async (suite: Suite, name: string, packages: readonly string[]): Promise<string> => {
  if (process.getuid?.() !== 0)
    throw new ServerUnavailable(`${name} of Debian ${suite} runs in a root folder of its own, which needs root`)
  await run('unshare', ['--mount', 'true']).catch((error: Error) => {
    throw new ServerUnavailable(`${name} needs a mount namespace, which this machine does not give: ${error.message}`)
  })
  const root = join(cacheFolder(), `${suite}-${name}`)
  if (!existsSync(root)) await unpack(root, suite, packages)
  return root
}

/** Where unpacked servers are kept: `IMAP_TEST_SERVERS_CACHE`, or the place that is usual for caches. */
const cacheFolder = (): string => {
  const chosen = process.env['IMAP_TEST_SERVERS_CACHE']
  if (chosen !== undefined && chosen !== '') return chosen
  const caches = process.env['XDG_CACHE_HOME'] ?? (process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache'))
  return join(caches, 'imap-test-servers')
}

const unpack = async (root: string, suite: Suite, packages: readonly string[]): Promise<void> => {
  const source = `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror()} ${suite} main\n`
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o755 })
  const work = mkdtempSync(`${root}.`)
  const at = (path: string) => join(work, path)
  process.stderr.write(`Unpacking ${packages.join(', ')} of Debian ${suite} into ${root}\n`)
  try {
    for (const path of ['lists/partial', 'cache/archives/partial', 'root']) mkdirSync(at(path), { recursive: true })
    writeFileSync(at('sources.list'), source)
    writeFileSync(at('apt.conf'), aptConfig(work))
    const env = { ...process.env, APT_CONFIG: at('apt.conf'), DEBIAN_FRONTEND: 'noninteractive' }
    await apt(['apt-get', '-qq', 'update'], env)
    await apt(
      ['apt-get', '-qq', 'install', '-y', '--no-install-recommends', '--download-only', 'base-files', ...packages],
      env,
    )
    // base-files first: where /bin, /lib and /sbin lead into /usr, it brings the links.
    const archives = readdirSync(at('cache/archives')).filter((file) => file.endsWith('.deb'))
    const first = (file: string) => (file.startsWith('base-files_') ? 0 : 1)
    for (const file of archives.toSorted((a, b) => first(a) - first(b)))
      await run('dpkg-deb', ['-x', at(join('cache/archives', file)), at('root')])
    for (const path of ['proc', 'dev', 'tmp', 'etc', 'run']) mkdirSync(at(join('root', path)), { recursive: true })
    moveInto(at('root'), root)
  } catch (error) {
    const reason = (error as Error).message
    throw new ServerUnavailable(`${packages.join(', ')} of Debian ${suite}: ${reason}`, { cause: error })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Another process may have been faster: what it unpacked is as good. */
const moveInto = (from: string, to: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

/** The mirror that this machine's own sources name. */
const mirror = (): string => {
  const folder = '/etc/apt/sources.list.d'
  const files = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []
  for (const file of ['/etc/apt/sources.list', ...files]) {
    if (!existsSync(file) || !/\.(?:sources|list)$/.test(file)) continue
    const found = readFileSync(file, 'utf8').matchAll(/^(?:URIs:|deb(?: +\[[^\]]*\])?) +(\S+)/gm)
    const main = [...found].map((match) => match[1] ?? '').find((uri) => /\/debian\/?$/.test(uri))
    if (main !== undefined) return main
  }
  throw new Error('no Debian mirror in the sources of apt')
}

const aptConfig = (work: string): string => `
Dir::Etc::sourcelist "${work}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "${work}/lists";
Dir::State::status "/dev/null";
Dir::Cache "${work}/cache";
APT::Sandbox::User "root";
`

// $folder lies on a file system in memory that ends with the namespace, so that nothing of it is left in the cache.
const enter = `
root=$1 folder=$2 uid=$3 gid=$4; shift 4
parent=$(dirname "$folder")
mkdir -p "$root$parent"
mount -t tmpfs none "$root$parent"
mkdir "$root$folder"
mount --bind "$folder" "$root$folder"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
exec setpriv --inh-caps=-all chroot --userspec="$uid:$gid" --groups="$gid" "$root" "$@"
`

/** The command line that runs `command` as `account` with `root` as its root, where it finds `folder` at its own path. */
export const chrooted = (root: string, folder: string, account: Account, command: readonly string[]): string[] => {
  prepareEtc(root, folder, account)
  const namespace = ['unshare', '--mount', '--propagation', 'private']
  return [...namespace, 'sh', '-ec', enter, 'sh', root, folder, String(account.uid), String(account.gid), ...command]
}

/** Names and numbers that servers look up. */
const prepareEtc = (root: string, folder: string, { name, group, uid, gid }: Account): void => {
  const write = (file: string, text: string) => {
    const path = join(root, 'etc', file)
    const made = `${path}.${process.pid}`
    writeFileSync(made, text)
    renameSync(made, path)
  }
  const nobody = 'nobody:x:65534:65534::/nonexistent:/bin/sh'
  write('passwd', `root:x:0:0::/root:/bin/sh\n${name}:x:${uid}:${gid}::${folder}:/bin/sh\n${nobody}\n`)
  write('group', `root:x:0:\n${group}:x:${gid}:\nmail:x:8:\nnogroup:x:65534:\n`)
  write('nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n')
  write('hosts', '127.0.0.1 localhost\n::1 localhost\n')
  write('services', 'imap2 143/tcp imap\nimaps 993/tcp\nlmtp 24/tcp\n')
  write('protocols', 'ip 0 IP\ntcp 6 TCP\nudp 17 UDP\n')
}
