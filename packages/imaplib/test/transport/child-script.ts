import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packageRoot = fileURLToPath(new URL('../..', import.meta.url))
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

const transports = ['tcp', 'tls', 'process', 'deflate', 'memory', 'duplex'].map((name) => `transport/${name}`)

export interface ScriptResult {
  stdout: string
  stderr: string
}

/**
 * Runs scripts in Node processes of their own, for what a process as a whole does: its memory, its environment, whether
 * it exits by itself. Node 20 reads no TypeScript, so what they use is compiled first.
 */
export class ScriptRunner {
  private readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** @param sources files of `src/`, without their extension; what they import comes with them */
  static async create(sources: readonly string[] = transports): Promise<ScriptRunner> {
    const directory = await mkdtemp(join(tmpdir(), 'imaplib-scripts-'))
    const config = {
      extends: join(packageRoot, '../../tsconfig.base.json'),
      compilerOptions: { rootDir: join(packageRoot, 'src'), outDir: directory, declaration: false, noCheck: true },
      files: sources.map((path) => join(packageRoot, 'src', `${path}.ts`)),
    }
    await symlink(modules, join(directory, 'node_modules'))
    await writeFile(join(directory, 'package.json'), '{"type":"module"}')
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc')
    await run(process.execPath, [tsc, '-p', join(directory, 'tsconfig.json')])
    return new ScriptRunner(directory)
  }

  /** `script` is a module; it may import `./transport/tcp.js` and the like, and read `process.argv[2]` on. */
  async run(script: string, args: string[] = [], env: NodeJS.ProcessEnv = process.env): Promise<ScriptResult> {
    const file = join(this.directory, `script-${process.hrtime.bigint()}.js`)
    await writeFile(file, script)
    return run(process.execPath, ['--unhandled-rejections=strict', file, ...args], { env, timeout: 60_000 })
  }

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}
