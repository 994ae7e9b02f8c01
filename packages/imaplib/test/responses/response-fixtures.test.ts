import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { testFixtures } from '../fixtures.ts'

/** Those that a test of their own takes care of. All others are found by their being here. */
const elsewhere = new Set(['body-structure', 'envelope', 'fetch', 'quirks'])

const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.fixture'))
  .map((file) => file.slice(0, -'.fixture'.length))
  .filter((name) => !elsewhere.has(name))

for (const name of names) testFixtures(`responses/${name}`)
