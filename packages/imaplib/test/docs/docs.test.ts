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
    const root = fileURLToPath(new URL('../../../../', import.meta.url))
    const links = [...readDocument(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link as string)
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([])
  })

  const runnable = blocksOf(path).filter(({ language, directives }) => language === 'ts' && !directives.has('not run'))
  describe.skipIf(server === undefined || runnable.length === 0)('runs as it is written', () => {
    beforeAll(() => expect(compiled.errors).toBe(''))
    it.each(runnable.map((block) => [block.place, block] as const))('%s', async (_, block) => {
      await run(block, server as DovecotServer)
    })
  })
})

const run = async (block: Block, dovecot: DovecotServer): Promise<void> => {
  await refill(dovecot)
  const until = block.directives.get('runs until')
  const { status, printed, complained } = await runProgram(compiled.program(block), dovecot, until)
  expect({ status, complained }).toEqual({ status: until === undefined ? 0 : 'until', complained: '' })
  if (block.prints !== null) expect(printed).toBe(block.prints)
}

it('at most one example in ten is not run', () => {
  const exempt = programs.filter(({ directives }) => directives.has('not run'))
  expect(exempt.length).toBeLessThanOrEqual(Math.floor(programs.length / 10))
})

it('what the documents tell people to type at a shell is there', () => {
  const commands = all
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .flatMap((line) => line.replace(/ +#.*$/, '').split(' && '))
  const scripts = new Set(
    Object.keys(JSON.parse(readDocument('package.json')).scripts as Record<string, string>).concat('ci', 'install'),
  )
  const unknown = commands.filter((command) => {
    const npm = /^npm (?:run )?([\w:]+)/.exec(command)
    return npm !== null && !scripts.has(npm[1] as string)
  })
  expect(unknown).toEqual([])
})
