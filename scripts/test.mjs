// `npm test`: builds, sets up, checks types, lint and format, runs the tests, and closes with `N passed, N failed` on a line of its own.
//   npm test -- [vitest's arguments]         for instance a part of a file's name
//   npm run test:servers -- [arguments]      only the long run against further real servers (`--only-servers`)
//   npm test -- --with-servers               both, one closing line
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { build, setup } from './setup.mjs'
import { closingLine, step, sum, tallyOf } from './tally.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const ci = process.env.CI === 'true'
const flags = new Set(['--only-servers', '--with-servers'])
const asked = new Set(process.argv.slice(2).filter((argument) => flags.has(argument)))
const vitestArguments = process.argv.slice(2).filter((argument) => !flags.has(argument))

const environment = { ...process.env }
if (process.stdout.isTTY !== true) {
  environment.NO_COLOR = '1'
  delete environment.FORCE_COLOR
}

const run = (title, output, command, ...args) => {
  console.log(`\n== ${title}`)
  const stdio = ['ignore', output, output]
  return spawnSync(command, args, { cwd: root, env: environment, stdio, encoding: 'utf8', maxBuffer: 2 ** 28 })
}

/** oxlint colours its output under CI whatever it is told, so on its way to a file the colours are taken out. */
const check = (title, command, ...args) => {
  if (process.stdout.isTTY === true) return step(run(title, 'inherit', command, ...args).status === 0)
  const { status, stdout, stderr } = run(title, 'pipe', command, ...args)
  process.stdout.write(stripVTControlCharacters(stdout + stderr))
  return step(status === 0)
}

const checks = () => [
  check('types', 'npx', '--no-install', 'tsc', '-p', 'tsconfig.test.json'),
  check('lint', 'npm', 'run', '--silent', 'lint'),
  check('format', 'npm', 'run', '--silent', 'format:check'),
]

const attempt = async (title, action) => {
  console.log(`\n== ${title}`)
  try {
    return step((await action()) !== false)
  } catch (error) {
    console.error(error.message)
    return step(false)
  }
}

const vitest = (title, config) => {
  const folder = mkdtempSync(join(tmpdir(), 'imap-report-'))
  const report = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const command = ['npx', '--no-install', 'vitest', 'run', '--config', config, ...reporters, ...vitestArguments]
    const ended = run(title, 'inherit', ...command)
    return tallyOf(readReport(report), ended.status ?? 1, ci)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const readReport = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const onlyServers = asked.has('--only-servers')
const tallies = [await attempt('build', () => build()), await attempt('setup', setup)]
if (!onlyServers) tallies.push(...checks(), vitest('tests', 'vitest.config.ts'))
if (asked.size > 0) tallies.push(vitest('tests against further servers', 'vitest.servers.config.ts'))
const total = sum(tallies)
console.log(`\n${closingLine(total)}`)
process.exitCode = total.failed === 0 ? 0 : 1
