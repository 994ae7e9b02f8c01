import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DovecotServer, orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Block, blocksOf, documents, readDocument } from './blocks.ts'
import { compile } from './compile.ts'
import { refill } from './mail.ts'
import { runProgram } from './run.ts'

const all = documents().flatMap((path) => blocksOf(path))
const programs = all.filter(({ language }) => language === 'ts')
const compiled = compile(programs)
const server = await orSkipped(startDovecot({ users: ['me'] }))
afterAll(async () => {
  compiled[Symbol.dispose]()
  await server?.stop()
})

it('the examples are well-typed, all of them together', () => {
  expect(compiled.errors).toBe('')
})

describe.each(documents())('%s', (path) => {
  it('has links that lead somewhere', () => {
    expect(deadLinks(path)).toEqual([])
  })

  const runnable = blocksOf(path).filter(({ language, directives }) => language === 'ts' && !directives.has('not run'))
  describe.skipIf(server === undefined || runnable.length === 0)('runs as it is written', () => {
    beforeAll(() => expect(compiled.errors).toBe(''))
    it.each(runnable.map((block) => [block.place, block] as const))('%s', async (_, block) => {
      await run(block, server as DovecotServer)
    })
  })
})

const deadLinks = (path: string): string[] => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const links = [...readDocument(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link as string)
  return links.filter((link) => !existsSync(join(root, dirname(path), link)))
}

const run = async (block: Block, dovecot: DovecotServer): Promise<void> => {
  await refill(dovecot)
  const until = block.directives.get('runs until')
  const { status, printed, complained } = await runProgram(compiled.program(block), dovecot, until)
  // Some examples write to stderr; Node's warnings there are faults.
  expect(status, complained).toBe(until === undefined ? 0 : 'until')
  expect(complained).not.toMatch(/^\(node:\d+\)/m)
  if (block.prints !== null) expect(printed).toBe(block.prints)
}

it.each(['CONTRIBUTING.md', 'SECURITY.md'])('%s has links that lead somewhere', (path) => {
  expect(deadLinks(path)).toEqual([])
})

it('at most one example in ten is not run', () => {
  const exempt = programs.filter(({ directives }) => directives.has('not run'))
  expect(exempt.length).toBeLessThanOrEqual(Math.floor(programs.length / 10))
})

it('what the documents tell people to type at a shell is there', () => {
  const commands = all
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .flatMap((line) => line.replace(/ +#.*$/, '').split(' && '))
  const { bin } = JSON.parse(readDocument('packages/imaplib/package.json')) as { bin: object }
  const scripts = new Set(
    Object.keys(JSON.parse(readDocument('package.json')).scripts as Record<string, string>).concat('ci', 'install'),
  )
  const unknown = commands.filter((command) => {
    const [, program, name = ''] = /^(npm|npx) (?:run )?([\w:-]+)/.exec(command) ?? []
    return !(program === 'npm' && scripts.has(name)) && !(program === 'npx' && name in bin)
  })
  expect(unknown).toEqual([])
})
