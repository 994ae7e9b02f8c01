import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileSearch, writeSearch } from '../../src/commands/search-criteria.ts'
import type { SearchCriteria } from '../../src/commands/search-keys/index.ts'
import { CommandWriter } from '../../src/wire/writer.ts'

/** What a search means: keys, and how they are joined. */
type Tree = string | { readonly all: readonly Tree[] } | { readonly any: readonly Tree[] } | { readonly not: Tree }

/** One meaning has one shape: no lists of one, no list inside a list of its own kind. */
const all = (trees: readonly Tree[]): Tree => {
  const flat = trees.flatMap((tree) => (typeof tree === 'object' && 'all' in tree ? tree.all : [tree]))
  return flat.length === 1 ? (flat[0] as Tree) : { all: flat }
}
const any = (trees: readonly Tree[]): Tree => {
  const flat = trees.flatMap((tree) => (typeof tree === 'object' && 'any' in tree ? tree.any : [tree]))
  return flat.length === 1 ? (flat[0] as Tree) : { any: flat }
}

/** How many arguments a key takes, by RFC 9051 §6.4.4. */
const argumentsOf = new Map([
  ['SEEN', 0],
  ['UNSEEN', 0],
  ['ALL', 0],
  ['FROM', 1],
  ['SUBJECT', 1],
  ['BODY', 1],
  ['SINCE', 1],
  ['LARGER', 1],
  ['UID', 1],
  ['KEYWORD', 1],
  ['HEADER', 2],
])

/** Reads a search program by the grammar of RFC 9051 §9, knowing nothing of how it was made. */
class GrammarReader {
  private readonly tokens: string[]
  private at = 0

  constructor(text: string) {
    // Strings, parentheses, words.
    this.tokens = text.match(/"(?:[^"\\]|\\.)*"|[()]|[^ ()"]+/g) ?? []
  }

  program(): Tree {
    const trees = this.keys()
    if (this.at !== this.tokens.length) throw new Error(`more than a program at ${this.at}`)
    return all(trees)
  }

  private keys(): Tree[] {
    const trees: Tree[] = []
    while (this.at < this.tokens.length && this.tokens[this.at] !== ')') trees.push(this.key())
    return trees
  }

  private key(): Tree {
    const token = this.next()
    if (token === '(') {
      const inner = all(this.keys())
      if (this.next() !== ')') throw new Error('a parenthesis is open')
      return inner
    }
    if (token === 'NOT') return { not: this.key() }
    if (token === 'OR') return any([this.key(), this.key()])
    if (/^[\d*]/.test(token)) return `seq ${token}`
    const count = argumentsOf.get(token)
    if (count === undefined) throw new Error(`no key: ${token}`)
    return [token, ...Array.from({ length: count }, () => this.argument())].join(' ')
  }

  private argument(): string {
    const token = this.next()
    return token.startsWith('"') ? JSON.stringify(token.slice(1, -1).replaceAll(/\\(.)/g, '$1')) : token
  }

  private next(): string {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new Error('the program ends too early')
    return token
  }
}

/** The same meaning from the criteria. */
const meaning = (criteria: SearchCriteria): Tree =>
  all(
    Object.entries(criteria).map(([key, value]): Tree => {
      switch (key) {
        case 'not':
          return { not: meaning(value as SearchCriteria) }
        case 'and':
          return all((value as SearchCriteria[]).map(meaning))
        case 'or':
          return any((value as (SearchCriteria | SearchCriteria[])[]).map((each) => all([each].flat().map(meaning))))
        case 'header':
          return all(
            Object.entries(value as object).map(([name, text]) => `HEADER ${quote(name)} ${quote(String(text))}`),
          )
        case 'seen':
          return value === true ? 'SEEN' : 'UNSEEN'
        case 'all':
          return 'ALL'
        case 'seq':
          return `seq ${String(value)}`
        case 'since':
          return 'SINCE 1-Feb-2026'
        case 'keyword':
          return all((value as string[]).map((each) => `KEYWORD ${each}`))
        case 'from':
        case 'subject':
        case 'body':
          return `${key.toUpperCase()} ${quote(value as string)}`
        default:
          return `${key.toUpperCase()} ${String(value)}`
      }
    }),
  )

const quote = (text: string) => JSON.stringify(text)

// Printable ASCII, so that strings stay quoted: literals are a matter of the writer's own tests.
const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
const fieldName = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/)

const { criteria } = fc.letrec<{ criteria: SearchCriteria; plain: SearchCriteria; alternative: unknown }>((tie) => ({
  plain: fc
    .record(
      {
        seen: fc.boolean(),
        from: text,
        subject: text,
        body: text,
        since: fc.constant('2026-02-01'),
        larger: fc.nat(),
        uid: fc.integer({ min: 1, max: 9999 }),
        seq: fc.integer({ min: 1, max: 9999 }),
        keyword: fc.array(fieldName, { minLength: 1, maxLength: 3 }),
        header: fc.dictionary(fieldName, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
      },
      { requiredKeys: [] },
    )
    .map((keys) => (Object.keys(keys).length === 0 ? { all: true as const } : keys)) as fc.Arbitrary<SearchCriteria>,
  alternative: fc.oneof(tie('criteria'), fc.array(tie('criteria'), { minLength: 1, maxLength: 3 })),
  criteria: fc.oneof(
    { maxDepth: 4 },
    tie('plain'),
    fc
      .tuple(
        tie('plain'),
        fc.record(
          {
            not: tie('criteria'),
            and: fc.array(tie('criteria'), { minLength: 1, maxLength: 3 }),
            or: fc.array(tie('alternative'), { minLength: 1, maxLength: 5 }),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([plain, groups]) => ({ ...groups, ...plain }) as SearchCriteria),
  ),
}))

const context = { state: 'selected', has: () => true, isEnabled: () => false } as const

it('what is written means what was asked, by an independent reading of the grammar', () => {
  fc.assert(
    fc.property(criteria, (asked) => {
      const out = new CommandWriter({ literals: 'synchronising' })
      out.atom('SEARCH')
      writeSearch(out, compileSearch(asked), context)
      const fragments = out.finish('A1')
      expect(fragments).toHaveLength(1)
      const line = fragments.map((each) => (each.kind === 'text' ? each.bytes.toString() : '')).join('')
      const program = line.slice('A1 SEARCH '.length, -2)
      expect(new GrammarReader(program).program()).toEqual(meaning(asked))
    }),
    { numRuns: 1000 },
  )
})
