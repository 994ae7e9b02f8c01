import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

interface Checker {
  checkRooms(root: string): string[]
}

const faultsOf = async (files: Record<string, string>): Promise<string[]> => {
  const script = pathToFileURL(join(import.meta.dirname, '../../../scripts/check-rooms.mjs')).href
  const { checkRooms } = (await import(script)) as Checker
  const root = mkdtempSync(join(tmpdir(), 'rooms-'))
  try {
    for (const [path, source] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), source)
    }
    return checkRooms(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

it('the sources keep to the plan', async () => {
  const script = pathToFileURL(join(import.meta.dirname, '../../../scripts/check-rooms.mjs')).href
  const { checkRooms } = (await import(script)) as Checker
  expect(checkRooms(join(import.meta.dirname, '../src'))).toEqual([])
})

it.each([
  [
    'upward',
    { 'wire/a.ts': "import { b } from '../client/b.ts'", 'client/b.ts': 'export const b = 1' },
    'must not import',
  ],
  [
    'upward, of types only',
    { 'wire/a.ts': "import type {\n  B,\n} from '../client/b.ts'", 'client/b.ts': '' },
    'must not import',
  ],
  [
    'upward, by export',
    { 'sasl/a.ts': "export * from '../connection/b.ts'", 'connection/b.ts': '' },
    'must not import',
  ],
  ['sideways', { 'sasl/a.ts': "import '../transport/b.ts'", 'transport/b.ts': '' }, 'must not import'],
  [
    'upward, later',
    { 'wire/a.ts': "export const x = () => import('../client/b.ts')", 'client/b.ts': '' },
    'must not import',
  ],
  ['a circle', { 'wire/a.ts': "import './b.ts'", 'wire/b.ts': "import type { A } from './a.ts'" }, 'circle'],
  ['a room that is not in the plan', { 'helpers/a.ts': '' }, 'not in the plan'],
  ['nothing there', { 'wire/a.ts': "import './gone.ts'" }, 'does not exist'],
])('an import that runs %s is a fault', async (_name, files, fault) => {
  const faults = await faultsOf(files as Record<string, string>)
  expect(faults.join('\n')).toContain(fault)
})

it('imports downward are none, nor are strings and comments that look like imports', async () => {
  const files = {
    'client/b.ts': "import { a } from '../wire/a.ts'\nexport const host = '.MISSING.'\n// import '../nowhere.ts'\n",
    'wire/a.ts': 'export const a = 1',
  }
  expect(await faultsOf(files)).toEqual([])
})
