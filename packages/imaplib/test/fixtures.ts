import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseUntagged } from '../src/responses/parse-untagged.ts'
import { ParseContext } from '../src/responses/response-parser.ts'
import type { Frame } from '../src/wire/frame.ts'
import { Framer } from '../src/wire/framer.ts'

/*
 * Fixtures: files of what servers send and what is to be made of it, readable as text. `responses/fetch.fixture` belongs
 * to `src/responses/fetch.ts`, `responses/rfc/rfc9051.fixture` has the examples of that RFC. Each case is:
 *
 *   === RFC 9051 §7.5.2: a title
 *   * 23 FETCH (UID 5)
 *   ---
 *   { "type": "FETCH", "seq": 23, "uid": 5 }
 *
 * A line end of the file stands for CRLF, in literals too. `\xE9` is an octet if the title ends with `[escaped]`, else it
 * is four characters. In what is expected `"123n"` is a bigint, `"bytes: …"` a Buffer (latin1), an object a Map as well;
 * `repairs` lists the quirks that were reported. `UPDATE_FIXTURES=1` writes what is expected anew: read the diff.
 */

export interface FixtureCase {
  readonly title: string
  /** As it came over the wire. */
  readonly input: Buffer
  readonly expected: string
  /** As it stands in the file. */
  readonly source: string
}

/** What a case is put through: the value of one response. Repairs go to `context`. */
export type FixtureParser = (frame: Frame, context: ParseContext) => unknown

const pathOf = (name: string): string => fileURLToPath(new URL(`./${name}.fixture`, import.meta.url))

const update = process.env['UPDATE_FIXTURES'] === '1'

export const loadFixtures = (name: string): FixtureCase[] => {
  const [, ...parts] = `\n${readFileSync(pathOf(name), 'utf8')}`.split(/\n=== /)
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n')
    const divider = lines.indexOf('---')
    const source = (divider === -1 ? lines : lines.slice(0, divider)).join('\n').replace(/\n+$/, '')
    const expected = divider === -1 ? '' : lines.slice(divider + 1).join('\n')
    return { title, source, input: wire(title, source), expected: expected.trim() }
  })
}

/** Each response of all fixtures by itself: what tests begin with that look for what nobody has thought of. */
export const everyResponse = (): Buffer[] => {
  const found = new Set<string>()
  const keep = ({ bytes, start, end }: Frame) => found.add(bytes.toString('latin1', start, end))
  for (const file of readdirSync(fileURLToPath(new URL('./responses', import.meta.url)), { recursive: true })) {
    const name = /^(.*)\.fixture$/.exec(String(file).replaceAll('\\', '/'))?.[1]
    if (name === undefined) continue
    for (const { input } of loadFixtures(`responses/${name}`)) new Framer({ frame: keep }).push(input)
  }
  return [...found].map((response) => Buffer.from(`${response}\r\n`, 'latin1'))
}

const wire = (title: string, source: string): Buffer => {
  const octets = Buffer.from(`${source}\n`.replaceAll('\n', '\r\n'), 'utf8')
  if (!title.endsWith('[escaped]')) return octets
  const unescaped = octets
    .toString('latin1')
    .replaceAll(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(unescaped, 'latin1')
}

/** Declares a test for each case of `<name>.fixture`: parsed whole, cut into chunks in every way, and with each literal
 * outside of its frame. */
export const testFixtures = (name: string, parse: FixtureParser = parseUntagged): void => {
  const cases = loadFixtures(name)
  const written: string[] = []
  describe(`${name}.fixture`, () => {
    it.each(cases.map((entry) => [entry.title, entry] as const))('%s', (_, { title, source, input, expected }) => {
      const found = print(outcome([input], parse))
      if (update) written.push(`=== ${title}\n${source}\n---\n${found}\n`)
      else expect(found).toBe(print(JSON.parse(expected)))
      for (let cut = 1; cut < input.length; cut += cut < 600 ? 1 : 37)
        expect(print(outcome([input.subarray(0, cut), input.subarray(cut)], parse)), `cut at ${cut}`).toBe(found)
      expect(print(outcome(singly(input), parse)), 'byte by byte').toBe(found)
      // What is kept raw has no octets of literals that lie outside of the frame.
      if (!/"type": "un(parsed|known)"/.test(found))
        expect(print(outcome([input], parse, { inlineLiteral: 0 })), 'literals apart').toBe(found)
    })
    afterAll(() => {
      if (update && written.length === cases.length) writeFileSync(pathOf(name), written.join('\n'))
    })
  })
}

const singly = (input: Buffer): Buffer[] => Array.from(input, (byte) => Buffer.from([byte]))

/** The value of the response in `chunks`, or a list if there are several; with the repairs that were reported. */
export const outcome = (
  chunks: readonly Buffer[],
  parse: FixtureParser = parseUntagged,
  options: ConstructorParameters<typeof Framer>[1] = {},
): unknown => {
  const repairs: string[] = []
  const values: unknown[] = []
  const context = new ParseContext({ onRepair: (quirk) => repairs.push(quirk), lazy: false })
  const framer = new Framer({ frame: (frame) => values.push(readable(parse(frame, context))) }, options)
  // Each chunk is memory of its own that is spoilt afterwards, as a socket's buffer is.
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk)
    framer.push(bytes)
    bytes.fill('#')
  }
  const value = values.length === 1 ? values[0] : values
  if (repairs.length === 0) return value
  return Array.isArray(value) ? [...value, { repairs }] : { ...(value as object), repairs }
}

/** As JSON can say it; see the format above. */
export const readable = (value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`
  if (Buffer.isBuffer(value)) return `bytes: ${value.toString('latin1')}`
  if (value === undefined || typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return readable(Object.fromEntries(value))
  if (value instanceof Set) return readable([...value])
  if (Array.isArray(value)) return value.map(readable)
  if ('toJSON' in value && typeof value.toJSON === 'function') return readable(value.toJSON())
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([key, field]) => [key, readable(field)]))
}

/** JSON in lines of at most 120 characters, as long as its pieces allow. */
const print = (value: unknown, indent = ''): string => {
  const flat = JSON.stringify(value, null, 1)?.replaceAll(/\n\s*/g, ' ') ?? 'null'
  if (indent.length + flat.length <= 112 || typeof value !== 'object' || value === null) return flat
  const inner = `${indent}  `
  const items = Array.isArray(value)
    ? value.map((item) => inner + print(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${items.join(',\n')}\n${indent}${close}`
}
