import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImapError } from '../../src/errors/imap-error.ts'
import type { LiteralMode } from '../../src/wire/fragment.ts'
import { decodeMailboxName } from '../../src/wire/mailbox-name.ts'
import { CommandWriter, line, type WriterRules } from '../../src/wire/writer.ts'
import { hostileString, hostileStrings } from './hostile-strings.ts'
import { octetsOf, readCommands, type Token, valueOf } from './server-tokens.ts'

// No argument of any method may end the command it is part of, begin another, or change another argument.

interface Rules extends Required<Omit<WriterRules, 'oddNames'>> {}

const rules: fc.Arbitrary<Rules> = fc.record({
  literals: fc.constantFrom<LiteralMode>('synchronising', 'minus', 'plus'),
  utf8: fc.boolean(),
  binary: fc.boolean(),
})

/** One value written by one method, and what a server must find in its place. */
interface Step {
  readonly method: string
  write(out: CommandWriter): void
  check(token: Token, rules: Rules): void
}

const same = (token: Token, text: string | Uint8Array) =>
  expect(valueOf(token).toString('latin1')).toBe(Buffer.from(text as string).toString('latin1'))

const isWord = (token: Token, text: string) => expect(token).toEqual({ kind: 'atom', text })

const stringStep =
  (method: 'string' | 'astring' | 'nstring' | 'secret') =>
  (text: string): Step => ({
    method: `${method} ${JSON.stringify(text.slice(0, 30))}`,
    write: (out) => out[method](text),
    check: (token) => {
      same(token, text)
      if (method !== 'astring') expect(token.kind).not.toBe('atom')
      else if (token.kind === 'atom') expect(token.text.toUpperCase()).not.toBe('NIL')
    },
  })

const octetsStep =
  (method: 'string' | 'astring' | 'reference' | 'listMailbox' | 'literal' | 'literal8') =>
  (octets: Uint8Array): Step => ({
    method: `${method} octets`,
    write: (out) => out[method](octets),
    check: (token) => same(token, octets),
  })

const nameStep =
  (method: 'reference' | 'listMailbox') =>
  (name: string): Step => ({
    method: `${method} ${JSON.stringify(name.slice(0, 30))}`,
    write: (out) => out[method](name),
    check: (token, { utf8 }) => {
      const octets = valueOf(token)
      const found = utf8 ? octets.toString('utf8') : decodeMailboxName(octets).name
      expect(found).toBe(name.toUpperCase() === 'INBOX' ? 'INBOX' : name)
    },
  })

/** Methods that take only words: what they let pass must arrive as one word. */
const wordStep =
  (method: 'atom' | 'flag' | 'set' | 'date' | 'dateTime') =>
  (text: string): Step => ({
    method: `${method} ${JSON.stringify(text.slice(0, 30))}`,
    write: (out) => out[method](text),
    check: (token) => {
      if (method === 'atom' || method === 'flag') isWord(token, text)
      else expect(token.kind).toBe(method === 'dateTime' ? 'quoted' : 'atom')
    },
  })

const octets = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  hostileString.map((text) => new Uint8Array(Buffer.from(text))),
  fc.constant(new Uint8Array(4097).fill(0x0a)),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  ...(['string', 'astring', 'nstring', 'secret'] as const).map((method) => hostileString.map(stringStep(method))),
  ...(['string', 'astring', 'reference', 'listMailbox', 'literal', 'literal8'] as const).map((method) =>
    octets.map(octetsStep(method)),
  ),
  ...(['reference', 'listMailbox'] as const).map((method) => hostileString.map(nameStep(method))),
  ...(['atom', 'flag', 'set', 'date', 'dateTime'] as const).map((method) => hostileString.map(wordStep(method))),
  fc.maxSafeNat().map(
    (number): Step => ({
      method: 'number',
      write: (out) => out.number(number),
      check: (token) => isWord(token, String(number)),
    }),
  ),
  octets.map(
    (value): Step => ({
      method: 'base64',
      write: (out) => out.base64(value, { secret: true }),
      check: (token) => isWord(token, Buffer.from(value).toString('base64') || '='),
    }),
  ),
)

/** Writes the steps and reads them as a server does. Null when the writer refused. */
const roundTrip = (steps: readonly Step[], rules: Rules): Token[] | null => {
  const out = new CommandWriter(rules)
  try {
    out.atom('X')
    for (const each of steps) each.write(out)
    const commands = readCommands(octetsOf(out.finish('A1')), rules)
    expect(commands).toHaveLength(1)
    return commands[0] as Token[]
  } catch (error) {
    if (error instanceof ImapError && error.code === 'EINVALID') return null
    throw error
  }
}

const check = (steps: readonly Step[], rules: Rules): boolean => {
  const tokens = roundTrip(steps, rules)
  if (tokens === null) return false
  expect(tokens).toHaveLength(steps.length + 2)
  isWord(tokens[0] as Token, 'A1')
  isWord(tokens[1] as Token, 'X')
  steps.forEach((each, i) => each.check(tokens[i + 2] as Token, rules))
  for (const token of tokens) {
    if (token.kind !== 'literal' || token.synchronising) continue
    // RFC 7888 §4
    expect(rules.literals).not.toBe('synchronising')
    if (rules.literals === 'minus') expect(token.octets.length).toBeLessThanOrEqual(4096)
  }
  return true
}

describe('every command is one command with the arguments that were given', () => {
  it('one argument', () => {
    fc.assert(
      fc.property(step, rules, (each, rules) => void check([each], rules)),
      { numRuns: 3000 },
    )
  })

  it('several arguments', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 5 }), rules, (steps, rules) => {
        // What is refused alone is refused here; the rest must arrive together as they do apart.
        const accepted = steps.filter((each) => check([each], rules))
        expect(check(accepted, rules)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('text that the caller made', () => {
    fc.assert(
      fc.property(hostileString, hostileString, rules, (a, b, rules) => {
        const out = new CommandWriter(rules).atom('X')
        let octets: Buffer
        try {
          octets = octetsOf(out.verbatim(a).glue().verbatim(b).string('\r\n').verbatim(a).finish('A1'))
        } catch (error) {
          expect((error as ImapError).code).toBe('EINVALID')
          return
        }
        const text = octets.toString('latin1')
        expect(text).toMatch(/^[^\0\r\n]*\r\n\r\n[^\0\r\n]*\r\n$/)
        expect(text).not.toMatch(/\{\d+\+?\}\r\n$/)
      }),
      { numRuns: 3000 },
    )
  })

  it('lines of an exchange', () => {
    fc.assert(
      fc.property(hostileString, (text) => {
        try {
          expect(line(text).bytes.toString('latin1')).toMatch(/^[^\0\r\n]*\r\n$/)
        } catch (error) {
          expect((error as ImapError).code).toBe('EINVALID')
        }
      }),
    )
  })
})

describe('strings are refused only when no octets can stand for them', () => {
  it('NUL without literal8, and half a surrogate pair', () => {
    fc.assert(
      fc.property(hostileString, rules, (text, rules) => {
        const possible = text.isWellFormed() && (rules.binary || !text.includes('\0'))
        expect(roundTrip([stringStep('string')(text)], rules) !== null).toBe(possible)
        expect(roundTrip([stringStep('astring')(text)], rules) !== null).toBe(possible)
        expect(roundTrip([stringStep('secret')(text)], rules) !== null).toBe(
          text.isWellFormed() && !text.includes('\0'),
        )
        expect(roundTrip([nameStep('reference')(text)], rules) !== null).toBe(
          rules.utf8 ? possible : text.isWellFormed(),
        )
      }),
      { numRuns: 3000 },
    )
  })
})

describe('each known attack in each method', () => {
  const all: Rules[] = []
  for (const literals of ['synchronising', 'minus', 'plus'] as const)
    for (const utf8 of [false, true]) for (const binary of [false, true]) all.push({ literals, utf8, binary })

  it.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const))('%s', (_shown, text) => {
    const after = stringStep('astring')('after')
    const octets = new Uint8Array(Buffer.from(text))
    for (const rules of all)
      for (const each of [
        ...(['string', 'astring', 'nstring', 'secret'] as const).map((method) => stringStep(method)(text)),
        ...(['reference', 'listMailbox'] as const).map((method) => nameStep(method)(text)),
        ...(['atom', 'flag', 'set', 'date', 'dateTime'] as const).map((method) => wordStep(method)(text)),
        ...(['string', 'reference', 'listMailbox', 'literal'] as const).map((method) => octetsStep(method)(octets)),
      ]) {
        const alone = check([each], rules)
        expect(check([each, after], rules)).toBe(alone)
      }
  })

  it('a million octets', () => {
    for (const text of ['x'.repeat(1e6), '\n'.repeat(1e6), 'ü'.repeat(1e6)])
      for (const utf8 of [false, true]) {
        const rules: Rules = { literals: 'minus', utf8, binary: false }
        expect(check([stringStep('string')(text), stringStep('astring')('after')], rules)).toBe(true)
        expect(check([nameStep('reference')(text), stringStep('astring')('after')], rules)).toBe(true)
      }
  })
})
