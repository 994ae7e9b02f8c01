import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createGuardedFolder } from '../src/guarded-folder.ts'

it('a guarded folder goes with all that is in it, and its occupant with it', async () => {
  const folder = createGuardedFolder()
  mkdirSync(`${folder.path}/a/b`, { recursive: true })
  writeFileSync(`${folder.path}/a/b/c`, 'x')
  const occupant = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  const ended = once(occupant, 'exit')
  folder.occupant(occupant.pid)
  await folder.remove()
  expect(existsSync(folder.path)).toBe(false)
  expect(await ended).toEqual([null, 'SIGTERM'])
})

it('a guarded folder ends no process that has left it', async () => {
  const folder = createGuardedFolder()
  const visitor = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  const ended = once(visitor, 'exit')
  folder.occupant(visitor.pid)
  folder.occupant(undefined)
  await folder.remove()
  visitor.kill('SIGINT')
  expect(await ended).toEqual([null, 'SIGINT'])
})

it('an occupant that ignores the request to end is killed', async () => {
  const folder = createGuardedFolder()
  const script =
    "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); process.stdout.write('up')"
  const stubborn = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(stubborn, 'exit')
  await once(stubborn.stdout, 'data')
  folder.occupant(stubborn.pid)
  await folder.remove()
  expect(await ended).toEqual([null, 'SIGKILL'])
})
