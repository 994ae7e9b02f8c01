import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What goes in besides the library. More than three of them, and somebody has to answer for it. */
const others: ReadonlyMap<string, string> = new Map([
  [
    '@exodus/bytes',
    'charsets of East Asia and the rest of the Encoding Standard; loaded when a mail or a user needs one',
  ],
])

let folder: string
let staged: string
let tarball: string
let elsewhere: string

const run = (command: string, args: readonly string[], cwd: string): string => {
  const { stdout, stderr, status, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? status}\n${stdout}\n${stderr}`)
  return stdout
}

const node = (...args: string[]): string => run(process.execPath, args, elsewhere).trim()

const pack = (path: string, ...more: string[]): string =>
  run('npm', ['pack', '--silent', '--pack-destination', folder, ...more], path).trim()

/** Packs a copy of the repository's parts that are needed for it: dist/ is not disturbed, and nothing stale is in it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imaplib-package-'))
  const copy = join(folder, 'copy')
  staged = join(copy, 'packages/imaplib')
  for (const path of ['README.md', 'tsconfig.base.json', 'scripts/prepack.mjs'])
    cpSync(join(root, path), join(copy, path))
  for (const path of ['package.json', 'tsconfig.json', 'LICENSE', 'bin', 'src'])
    cpSync(join(root, 'packages/imaplib', path), join(staged, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  tarball = join(folder, pack(staged))
  elsewhere = join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'package.json'), JSON.stringify({ private: true }))
  // Without a network, from what `npm ci` has installed here: whatever is not named above cannot be had, and fails the test.
  const packed = [...others.keys()].map((other) =>
    join(folder, pack(join(root, 'node_modules', other), '--ignore-scripts')),
  )
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball, ...packed], elsewhere)
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed tarball, installed in an empty folder', () => {
  it('can be required and imported, both entries', () => {
    expect(node('-e', "console.log(typeof require('imaplib').ImapClient.connect)")).toBe('function')
    const both =
      "import { IMAP4 } from 'imaplib'; import { Framer } from 'imaplib/wire'; console.log(IMAP4.name, Framer.name)"
    expect(node('--input-type=module', '-e', both)).toBe('IMAP4 Framer')
  })

  it('says nothing when it is loaded: no warning of Node, no output', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', "require('imaplib')"], {
      cwd: elsewhere,
      encoding: 'utf8',
    })
    // Nodes before 20.19.5 warn of require() of an ES module.
    const warnings = stderr
      .split('\n')
      .filter((line) => !/ExperimentalWarning: (?:CommonJS|Support)|--trace-warnings/.test(line))
    expect([stdout, warnings.join('')]).toEqual(['', ''])
  })

  it('brings with it only what is named here, and loads it only when it is used', () => {
    const installed = Object.keys(
      (JSON.parse(readFileSync(join(elsewhere, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object })
        .packages,
    ).map((path) => path.replace(/^node_modules\//, ''))
    expect(installed.filter((name) => name !== 'imaplib').toSorted()).toEqual([...others.keys()])
    expect(others.size).toBeLessThanOrEqual(3)
    const load = "require('imaplib/wire'); const { decodeCharset, IMAP4, ImapClient } = require('imaplib');"
    const western = `${load} console.log(decodeCharset(Buffer.from([0xfc]), 'iso-8859-1').text, typeof IMAP4, typeof ImapClient)`
    const japanese = `${load} console.log(decodeCharset(Buffer.from([0x82, 0xa0]), 'shift_jis').text)`
    expect(node('-e', japanese)).toBe('あ')
    renameSync(join(elsewhere, 'node_modules/@exodus'), join(elsewhere, 'hidden'))
    try {
      expect(node('-e', western)).toBe('ü function function')
      expect(() => node('-e', japanese)).toThrow('@exodus/bytes')
    } finally {
      renameSync(join(elsewhere, 'hidden'), join(elsewhere, 'node_modules/@exodus'))
    }
  })

  it('takes less than 2 MB with all that it brings', () => {
    const files = readdirSync(join(elsewhere, 'node_modules'), { recursive: true, encoding: 'utf8' })
    const sizes = files.map((file) => statSync(join(elsewhere, 'node_modules', file))).filter((stat) => stat.isFile())
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(2_000_000)
  })

  it('has the documents, and nothing of the workshop', () => {
    const top = readdirSync(join(elsewhere, 'node_modules/imaplib')).toSorted()
    expect(top).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json'])
    const strays = readdirSync(join(elsewhere, 'node_modules/imaplib/dist'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((file) => /\.[a-z]+$/.test(file) && !/\.(?:js|d\.ts)$/.test(file))
    expect(strays).toEqual([])
  })

  it('has the self-test as a command', () => {
    expect(run('npx', ['--no-install', 'imaplib-selftest', '--help'], elsewhere)).toContain('imaplib-selftest')
  })

  it('is well-formed by publint and attw', () => {
    const bin = (name: string) => join(root, 'node_modules/.bin', name)
    expect(run(bin('publint'), ['run', '--strict', join(elsewhere, 'node_modules/imaplib')], folder)).toContain(
      'All good',
    )
    run(bin('attw'), [tarball, '--profile', 'esm-only'], folder)
  }, 120_000)
})
