import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Block } from './blocks.ts'
import { frames } from './frames.ts'

const packageRoot = fileURLToPath(new URL('../../', import.meta.url))
const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url))

/** The examples as programs, type-checked together with the sources they import. */
export interface Compiled extends Disposable {
  /** What the compiler found wrong; empty when nothing is. */
  readonly errors: string
  /** The JavaScript of a block. */
  readonly program: (block: Block) => string
}

/** One run of the compiler for all blocks, in a folder of the package so that its dependencies are found. */
export const compile = (blocks: readonly Block[]): Compiled => {
  mkdirSync(join(packageRoot, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(packageRoot, '.tmp', 'docs-'))
  const sources = join(folder, 'blocks')
  const out = join(folder, 'out')
  mkdirSync(sources)
  for (const block of blocks) writeFileSync(join(sources, `${nameOf(block)}.ts`), programOf(block))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../../tsconfig.base.json',
      compilerOptions: {
        rootDir: packageRoot,
        outDir: out,
        declaration: false,
        paths: { imaplib: ['../../src/index.ts'], 'imaplib/wire': ['../../src/wire/index.ts'] },
      },
      include: ['blocks'],
    }),
  )
  let errors = ''
  try {
    execFileSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    errors = inBlocks((error as { stdout: string }).stdout)
  }
  // The programs import 'imaplib' as everybody does, and get the sources that were compiled with them.
  mkdirSync(join(out, 'node_modules'), { recursive: true })
  mkdirSync(join(out, 'src'), { recursive: true })
  const entries = { '.': './index.js', './wire': './wire/index.js' }
  writeFileSync(join(out, 'src/package.json'), JSON.stringify({ name: 'imaplib', type: 'module', exports: entries }))
  symlinkSync('../src', join(out, 'node_modules/imaplib'))
  writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module' }))
  return {
    errors,
    program: (block) => join(out, '.tmp', basename(folder), 'blocks', `${nameOf(block)}.js`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Of the compiler's messages those about the examples, with the lines that explain them. The sources have a check of their own. */
const inBlocks = (messages: string): string =>
  messages
    .split(/\n(?=\S)/)
    .filter((message) => message.startsWith('blocks/'))
    .join('\n')

/** `docs/search.md:12` → `docs-search.md-12`: errors of the compiler name the document. */
const nameOf = ({ place }: Block): string => place.replaceAll(/[/:]/g, '-')

const programOf = ({ code, directives, place }: Block): string => {
  const frame = frames.get(directives.get('frame') ?? 'none')
  if (frame === undefined) throw new Error(`${place}: there is no frame ${directives.get('frame')}`)
  // An empty export, so that a block without imports is a module too.
  return `${frame}${code}export {}\n`
}
