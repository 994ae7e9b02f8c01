import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DovecotServer } from 'imap-test-servers'
import { deliver } from './mail.ts'

/** How a program ended. */
export interface Ending {
  /** The exit status; `until` when it printed what it was run for. */
  readonly status: number | string
  readonly printed: string
  readonly complained: string
}

const redirect = new URL('./redirect.mjs', import.meta.url).href

/**
 * Runs a program in a folder of its own, in which is `ca.pem`. With `until` it is ended when it has printed that, and mail
 * is delivered all the while.
 */
export const runProgram = async (program: string, server: DovecotServer, until?: string): Promise<Ending> => {
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  copyFileSync(server.caFile, join(folder, 'ca.pem'))
  const child = spawn(process.execPath, ['--import', redirect, program], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: server.caFile,
      EXAMPLE_PORTS: JSON.stringify([
        [993, server.tlsPort],
        [143, server.port],
      ]),
      IMAP_TOKEN: server.token('me'),
    },
  })
  let printed = ''
  let complained = ''
  let ended = false
  const ending = new Promise<number | string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (until === undefined || !printed.includes(until)) return
      resolve('until')
      child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      ended = true
      resolve(code ?? signal ?? 'unknown')
    })
  })
  const delivering = async () => {
    while (until !== undefined && !ended) {
      await deliver(server)
      await sleep(200)
    }
  }
  try {
    const [status] = await Promise.all([ending, delivering()])
    return { status, printed, complained }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}
