import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Socket } from 'node:net'
import { type Account, giveTo } from './account.ts'

/** A folder of one's own that is removed in every case, even when this process is killed. */
export interface GuardedFolder {
  readonly path: string
  /** Names the leader of the process group that lives in the folder and ends before the folder goes; `undefined` once it has ended. */
  readonly occupant: (pid: number | undefined) => void
  /** Ends the occupant and removes the folder; resolves when both are gone. */
  readonly remove: () => Promise<void>
}

// Reads until the pipe from the owner ends, be it that the owner closed it or that it died; the last line names the occupant. A zombie
// counts as gone: in a container nobody may be there to reap it.
const watch = `
trap '' HUP INT TERM
pid=
while read -r line; do pid=$line; done
alive() { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"; }
alive && kill -TERM "-$pid"
n=0; while alive && [ $n -lt 10 ]; do sleep 0.05; n=$((n + 1)); done
[ -n "$pid" ] && kill -KILL "-$pid" 2>/dev/null
n=0; while ! rm -rf "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
`

/** A new folder that belongs to `account`, on a path short enough for sockets in it (107 bytes, of which servers use up to 60). */
export const createGuardedFolder = (account?: Account): GuardedFolder => {
  const path = mkdtempSync(join(parent(), 'imap-'))
  chmodSync(path, 0o755)
  if (account !== undefined) giveTo(account, path)
  const guard = spawn('/bin/sh', ['-c', watch, 'sh', path], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const closed = once(guard, 'close')
  // The guard must not keep a process alive that has nothing else to do: when that one ends, the guard cleans up.
  leave(guard)
  guard.stdin.on('error', () => undefined)
  return {
    path,
    occupant: (pid) => void guard.stdin.write(`${pid ?? ''}\n`),
    remove: async () => {
      guard.ref()
      guard.stdin.end()
      await closed
    },
  }
}

const leave = (child: ChildProcess): void => {
  child.unref()
  ;(child.stdin as Socket | null)?.unref()
}

const parent = (): string => {
  const fits = (folder: string) => folder.length <= 30 && everybodyEnters(folder)
  return [tmpdir(), '/tmp', '/var/tmp'].find(fits) ?? tmpdir()
}

/** Whether a server that runs as another user gets into `folder`, on the whole way down to it. */
const everybodyEnters = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK)
    for (let at = folder; ; at = dirname(at)) {
      if (process.getuid?.() === 0 && (statSync(at).mode & 0o001) === 0) return false
      if (at === dirname(at)) return true
    }
  } catch {
    return false
  }
}
