import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const version = (name) => require(`${name}/package.json`).version

const pythonVersion = () => {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split(' ')[1]
  } catch {
    return undefined
  }
}

/** The tasks that CPython's driver knows. */
const pythonTasks =
  'metadataRaw bodies literal flagsEach append appendStream idle firstRow statusMany part search parser'.split(' ')

/**
 * Who can take part here.
 * @typedef {{ version: string, tasks: ReadonlySet<string> } | { missing: string }} Entry
 * @returns {Promise<Map<string, Entry>>}
 */
export const roster = async () => {
  const entries = new Map()
  const ours = await import('imaplib').catch((error) => ({ failure: error.message }))
  const packages = {
    raw: undefined,
    ours: 'imaplib',
    imapflow: 'imapflow',
    'node-imap': 'node-imap',
    imap: 'imap',
    'ours-imaplib': 'imaplib',
  }
  const needs = { ours: 'ImapClient', 'ours-imaplib': 'IMAP4' }
  for (const [client, name] of Object.entries(packages)) {
    if (client in needs && ours[needs[client]] === undefined) {
      entries.set(client, {
        missing: `the build of imaplib has no ${needs[client]} (${ours.failure ?? 'not exported'})`,
      })
      continue
    }
    const { tasks } = await import(`../clients/${client}.mjs`)
    entries.set(client, {
      version: name === undefined ? process.version : version(name),
      tasks: new Set(Object.keys(tasks)),
    })
  }
  const python = pythonVersion()
  entries.set(
    'cpython',
    python === undefined ? { missing: 'no python3 in the path' } : { version: python, tasks: new Set(pythonTasks) },
  )
  return entries
}
