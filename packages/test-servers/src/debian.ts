import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ServerUnavailable } from './server-unavailable.ts'

const run = promisify(execFile)

/** How long another apt or dpkg on this machine may hold its locks, in milliseconds. */
const lockTimeout = 300_000

/**
 * Sees to it that Debian packages are installed; quick when they are. As root, or where `sudo` asks no password, the missing ones are
 * installed, which one line on stderr says first, and none of their services is started. Otherwise the error says what to type.
 *
 * @throws {ServerUnavailable} a package is missing and cannot be installed
 */
export const ensurePackages = async (names: readonly string[]): Promise<void> => {
  const missing = await missingPackages(names)
  if (missing.length === 0) return
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`
  const prefix = await rootPrefix()
  if (prefix === undefined)
    throw new ServerUnavailable(
      `Debian packages are missing: ${missing.join(', ')}. As root: apt-get update && ${command}`,
    )
  process.stderr.write(`Installing Debian packages: ${missing.join(', ')}\n`)
  try {
    await withoutServices(prefix, async () => {
      await apt([...prefix, 'apt-get', '-qq', 'update'])
      const options = ['-qq', '-y', '--no-install-recommends', '-o', `DPkg::Lock::Timeout=${lockTimeout / 1000}`]
      await apt([...prefix, ...environment, 'apt-get', ...options, 'install', ...missing])
    })
  } catch (error) {
    throw new ServerUnavailable(`${command} failed: ${(error as Error).message}`, { cause: error })
  }
  const still = await missingPackages(names)
  if (still.length > 0) throw new ServerUnavailable(`${command} ran, and yet these are missing: ${still.join(', ')}`)
}

/** RUNLEVEL=1 keeps invoke-rc.d from starting what a package's script asks it to start, where there is no systemd. */
const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'LC_ALL=C.UTF-8']

const missingPackages = async (names: readonly string[]): Promise<string[]> => {
  if (!existsSync('/usr/bin/dpkg-query'))
    throw new ServerUnavailable(
      `this is no Debian, so nothing can be installed here; wanted is what Debian packages as ${names.join(', ')}`,
    )
  const query = run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\\n', ...names])
  // dpkg-query exits 1 when it does not know one of the names, and still lists the others.
  const { stdout } = await query.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  const installed = new Set(stdout.split('\n').flatMap((line) => line.split(' installed').slice(0, -1)))
  return names.filter((name) => !installed.has(name))
}

/** What to put before a command so that root runs it; `undefined` where one cannot be root. */
const rootPrefix = async (): Promise<string[] | undefined> => {
  if (process.getuid?.() === 0) return []
  const sudo = await run('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  )
  return sudo ? ['sudo', '-n'] : undefined
}

/** `DPkg::Lock::Timeout` does not cover the lock on the package lists, so a lock that is held is also waited for here. */
export const apt = async (command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> => {
  for (let waited = 0; ; waited += 1000) {
    const { code, output } = await loud(command, env)
    if (code === 0) return
    if (!/Could not get lock|Unable to lock/.test(output) || waited >= lockTimeout)
      throw new Error(`${command.join(' ')} exited ${code}: ${output.trim().slice(-2000)}`)
    await sleep(1000)
  }
}

const loud = (command: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const [program = '', ...rest] = command
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })

const policy = '/usr/sbin/policy-rc.d'
const ours = '#!/bin/sh\n# imap-test-servers: start no service while its packages are installed\nexit 101\n'

/** Forbids service starts through Debian's policy-rc.d while `action` runs. A policy that the machine has of its own stays in force. */
const withoutServices = async (prefix: readonly string[], action: () => Promise<void>): Promise<void> => {
  const stale = existsSync(policy) && readFileSync(policy, 'utf8') === ours
  const mine = prefix.length === 0 && (stale || !existsSync(policy))
  if (mine) writeFileSync(policy, ours, { mode: 0o755 })
  const remove = () => rmSync(policy, { force: true })
  if (mine) process.once('exit', remove)
  try {
    await action()
  } finally {
    if (mine) {
      process.off('exit', remove)
      remove()
    }
  }
}
