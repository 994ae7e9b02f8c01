import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * Does what CONTRIBUTING.md says, to the letter, in a copy of the sources: writes the files that stand behind
 * `<!-- example: path -->`, adds the lines of "in `path`: `line`", and runs what came of it.
 */

const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
const binary = (path: string) => join(root, 'node_modules', path)

const examples = [...contributing.matchAll(/<!-- example: (\S+) -->\n```\w*\n([^]*?)\n```/g)].map(
  ([, path, text]) => [path as string, `${text}\n`] as const,
)
const lines = [...contributing.matchAll(/\bin `(src\/\S+)`: `(.+,)`/g)].map(
  ([, path, line]) => [path as string, line as string] as const,
)

let folder: string
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  mkdirSync(join(packageRoot, '.tmp'), { recursive: true })
  folder = mkdtempSync(join(packageRoot, '.tmp', 'extension-'))
  cpSync(join(packageRoot, 'src'), join(folder, 'src'), { recursive: true })
  for (const file of ['fixtures.ts', 'responses/response-fixtures.test.ts'])
    cpSync(join(packageRoot, 'test', file), join(folder, 'test', file))
  for (const [path, text] of examples) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, line] of lines) register(join(folder, path), line)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../../tsconfig.base.json',
      compilerOptions: {
        noEmit: true,
        paths: {
          imaplib: ['./src/index.ts'],
          'imap-test-servers': ['../../../test-servers/src/index.ts'],
        },
      },
      include: ['src', 'test'],
    }),
  )
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default {
      root: ${JSON.stringify(folder)},
      test: { include: ['test/**/*.test.ts'], reporters: ['json'], outputFile: 'report.json' },
      resolve: { alias: [
        { find: /^imaplib$/, replacement: ${JSON.stringify(join(folder, 'src/index.ts'))} },
        { find: 'imap-test-servers', replacement: ${JSON.stringify(join(root, 'packages/test-servers/src/index.ts'))} },
      ] },
    }\n`,
  )
})

/** Puts the line at the head of the file's first table, and imports the name in it from the example that exports it. */
const register = (file: string, line: string): void => {
  const source = readFileSync(file, 'utf8')
  const name = /(\w+)\W*$/.exec(line)?.[1] ?? ''
  const [from] = examples.find(([, text]) => text.includes(`export const ${name} =`)) ?? []
  if (from === undefined) throw new Error(`no example exports ${name}`)
  const changed = source.replace(/^(?:export )?const \w+ = [[{]\n/m, (head) => `${head}  ${line}\n`)
  if (changed === source) throw new Error(`${file} has no table`)
  writeFileSync(file, `import { ${name} } from './${basename(from)}'\n${changed}`)
}

const run = (program: string, ...args: string[]): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`)
  return stdout
}

describe('the extension that CONTRIBUTING.md adds', () => {
  it('is one file for the command and one for its response, a line in the registry of each, a fixture and a test', () => {
    expect(examples.map(([path]) => path)).toEqual([
      'src/responses/xpong.ts',
      'src/commands/xping.ts',
      'test/responses/xpong.fixture',
      'test/commands/xping.test.ts',
    ])
    expect(lines.map(([path]) => path)).toEqual(['src/responses/registry.ts', 'src/commands/registry.ts'])
  })

  it('is well-typed: the method on the client, its arguments and its result', () => {
    expect(run(binary('typescript/bin/tsc'), '-p', '.')).toBe('')
  })

  it('is understood as its fixture says, and works against a scripted server', () => {
    run(binary('vitest/vitest.mjs'), 'run', '--config', 'vitest.config.mjs')
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
      testResults: { name: string; assertionResults: { title: string; status: string }[] }[]
    }
    const outcomes = report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status }) => `${basename(name)}: ${title}: ${status}`),
    )
    expect(outcomes.toSorted()).toEqual([
      'response-fixtures.test.ts: XPONG with a quoted word: passed',
      'xping.test.ts: XPING: needs the capability: passed',
      'xping.test.ts: XPING: the word comes back: passed',
    ])
  })
})
