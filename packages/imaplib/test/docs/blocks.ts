import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/*
 * The examples of README.md and docs/*.md. Comments before a block say how it is to be taken:
 *
 *   <!-- frame: inbox -->       the block is a part of a program: frames.ts has what comes before it
 *   <!-- not run: why -->       type-checked only
 *   <!-- runs until: text -->   a program without an end: mail is delivered while it runs, until it has printed the text
 *
 * A ```text block right behind it is what it prints, to the letter.
 */

/** A fenced block of a Markdown file. */
export interface Block {
  /** `search.md:12`: the file and the line of its first line of code. */
  readonly place: string
  readonly language: string
  readonly code: string
  /** What the comments before it say. */
  readonly directives: ReadonlyMap<string, string>
  /** What it is said to print; null when nothing is said. */
  readonly prints: string | null
}

const root = new URL('../../../../', import.meta.url)
const directives = new Set(['frame', 'not run', 'runs until'])

/** README.md, and all that is in docs/. */
export const documents = (): string[] => [
  'README.md',
  ...readdirSync(fileURLToPath(new URL('docs/', root)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export const readDocument = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8')

/** The blocks of a document, in order. Throws for a directive that nobody knows: it would be without effect. */
export const blocksOf = (path: string, text: string = readDocument(path)): Block[] => {
  const lines = text.split('\n')
  const found: Block[] = []
  let said = new Map<string, string>()
  let lastEnd = -1
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string
    const directive = /^<!-- ([a-z ]+): (.+) -->$/.exec(line)
    const fence = /^```(\w*)$/.exec(line)
    if (directive !== null) {
      const [, name = '', value = ''] = directive
      if (!directives.has(name)) throw new Error(`${path}:${at + 1}: nobody knows what "${name}" means`)
      said.set(name, value)
    } else if (fence !== null) {
      const end = lines.indexOf('```', at + 1)
      if (end === -1) throw new Error(`${path}:${at + 1}: the block has no end`)
      const code = `${lines.slice(at + 1, end).join('\n')}\n`
      const before = found.at(-1)
      const between = lines
        .slice(lastEnd + 1, at)
        .join('')
        .trim()
      if (fence[1] === 'text' && before?.language === 'ts' && between === '')
        found[found.length - 1] = { ...before, prints: code }
      else found.push({ place: `${path}:${at + 2}`, language: fence[1] ?? '', code, directives: said, prints: null })
      said = new Map()
      at = end
      lastEnd = end
    } else if (line !== '' && said.size > 0) throw new Error(`${path}:${at + 1}: a directive without a block`)
  }
  return found
}
