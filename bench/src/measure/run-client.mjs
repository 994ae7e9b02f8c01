import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('child.mjs', import.meta.url))
const python = fileURLToPath(new URL('../clients/cpython.py', import.meta.url))

/** Longest time for one measurement, in milliseconds. */
const limit = 180_000

/**
 * One measurement in seconds and bytes.
 * @typedef {{ wall: number, cpu: number, peak: number, extra: Record<string, number>, sums: Record<string, number> }} Measurement
 */

/** Of a stack trace the line that says what happened. */
const lastError = (stderr) => {
  const lines = stderr.trim().split('\n')
  return lines.findLast((line) => /^[A-Za-z_$][\w.$]*(?: \[[^\]]*\])?: /.test(line)) ?? lines.at(-1)
}

/**
 * Runs a client once in a process of its own.
 * @param {string} client @param {object} job @returns {Promise<Measurement>}
 */
export const runClient = (client, job) => {
  const text = JSON.stringify(job)
  const [command, args] =
    client === 'cpython' ? ['python3', [python, text]] : [process.execPath, ['--expose-gc', child, client, text]]
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: limit, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error !== null) {
        const reason = error.killed ? `no end within ${limit / 1000} s` : lastError(stderr)
        return reject(new Error(reason || error.message))
      }
      try {
        resolve(JSON.parse(stdout.trim().split('\n').at(-1)))
      } catch {
        reject(new Error(`it printed ${JSON.stringify(stdout.slice(0, 200))}`))
      }
    })
  })
}
