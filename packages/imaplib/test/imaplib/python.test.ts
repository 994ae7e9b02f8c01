import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Handler, type ScriptedServer, scriptedServer } from 'imap-test-servers'
import { afterAll, describe, expect, test } from 'vitest'
import { IMAP4, IMAP4Abort, IMAP4Error, IMAP4Readonly } from 'imaplib'
import { type Scenario, scenarios, type Value } from './python/scenarios.ts'

/** What one side made of a scenario: what it sent, and what it was told. */
interface Outcome {
  wire: string[]
  results: Value[]
}
interface Golden {
  python: Outcome
  /** Only where it is another. */
  ours?: Outcome
}

const file = fileURLToPath(new URL('goldens/python.json', import.meta.url))
const oracle = fileURLToPath(new URL('python/oracle.py', import.meta.url))
/** `UPDATE_GOLDENS=1` writes down what Python does now. */
const update = process.env['UPDATE_GOLDENS'] === '1'
const goldens = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Golden>
const written: Record<string, Golden> = {}

/** A Python with the imaplib that the goldens are of (before the repairs of 3.13.15 and 3.14.7), or null. */
const python = ((): string | null => {
  try {
    const version = execFileSync('python3', ['-c', 'import sys; print(*sys.version_info[:3])'], { encoding: 'utf8' })
    const [major = 0, minor = 0, micro = 0] = version.split(' ').map(Number)
    const isOld = major === 3 && minor >= 9 && (minor < 13 || (minor === 13 && micro < 15))
    if (!isOld) process.stderr.write(`python3 is ${version.trim()}: its imaplib is not the one to compare with\n`)
    return isOld ? 'python3' : null
  } catch {
    return null
  }
})()

const server = ({ greeting = '* OK hello', capabilities = 'IMAP4rev1', server: lines = {} }: Scenario) => {
  const handlers: Record<string, Handler> = {}
  for (const [command, answers] of Object.entries(lines)) {
    let count = 0
    handlers[command] = async ({ send, readLine, end }) => {
      const lists = (Array.isArray(answers[0]) ? answers : [answers]) as string[][]
      const answer = lists[Math.min(count++, lists.length - 1)] ?? []
      for (const line of answer)
        if (line === '<') await readLine()
        else if (line === '!') end()
        else await send(line)
    }
  }
  return scriptedServer({ greeting, capabilities: capabilities.split(' '), handlers })
}

/** Lines and literals, tags normalised; CAPABILITY is left out, since today's Python asks for it more and less often. */
const wireOf = (from: ScriptedServer): string[] => {
  const lines = from.lines.map((line) => line.replace(/^([A-P]{4})(\d+) /, 'T '))
  const literals = from.commands.flatMap((command) =>
    command.literals.map((bytes) => `literal ${bytes.toString('latin1')}`),
  )
  return [...lines.filter((line) => line !== 'T CAPABILITY'), ...literals]
}

const normalised = (value: Value): Value =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/[B-P][A-P]{3}(?=\d)(?!4rev|4REV)/g, 'T')
      .replaceAll(/T\d+ /g, 'T '),
  ) as Value

const pythonOutcome = async (scenario: Scenario): Promise<Outcome> => {
  await using there = await server(scenario)
  const child = spawn(python ?? 'python3', [oracle, there.host, String(there.port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(scenario))
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  const results = JSON.parse(Buffer.concat(chunks).toString()) as Value[]
  return { wire: wireOf(there), results: normalised(results) as Value[] }
}

const told = (value: unknown): Value => {
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('latin1') }
  return Array.isArray(value) ? value.map(told) : (value as Value)
}

const given = (value: Value): unknown =>
  typeof value === 'object' && value !== null && 'b' in value ? Buffer.from(value.b, 'latin1') : value

const outcome = async (call: () => unknown): Promise<Value> => {
  try {
    return told(await call())
  } catch (error) {
    const kinds = [IMAP4Readonly, IMAP4Abort, IMAP4Error].map(
      (Kind) => [Kind, Kind.name.slice(5).toLowerCase()] as const,
    )
    const name = kinds.find(([Kind]) => error instanceof Kind)?.[1] ?? 'other'
    return { error: name, message: (error as Error).message } as unknown as Value
  }
}

const ourOutcome = async (scenario: Scenario): Promise<Outcome> => {
  await using there = await server(scenario)
  const M = new IMAP4(there.host, there.port, { quoting: 'legacy3' })
  const results: Value[] = [
    await outcome(async () => {
      await M.open()
      await M.response('GREETING-IS-READ')
      return [M.state, M.PROTOCOL_VERSION, M.welcome]
    }),
  ]
  if (M.PROTOCOL_VERSION !== '')
    for (const [method, ...values] of scenario.calls) {
      const args = values.map(given)
      if (method === 'authenticate') {
        const reply = args.pop()
        args.push(() => reply)
      }
      const call = M[method as keyof IMAP4] as unknown as (...args: unknown[]) => Promise<unknown>
      results.push([await outcome(() => call.apply(M, args)), M.state])
    }
  await M.shutdown()
  return { wire: wireOf(there), results: normalised(results) as Value[] }
}

describe('the same session in Python and here', () => {
  for (const scenario of scenarios)
    test(scenario.name, async () => {
      const ours = await ourOutcome(scenario)
      const theirs = python === null ? null : await pythonOutcome(scenario)
      if (update && theirs !== null) {
        const same = JSON.stringify(ours) === JSON.stringify(theirs)
        written[scenario.name] = same ? { python: theirs } : { python: theirs, ours }
      }
      const golden = (update ? written : goldens)[scenario.name]
      if (golden === undefined) throw new Error('no golden: run with UPDATE_GOLDENS=1 where python3 is 3.9 to 3.13.14')
      if (theirs !== null) expect(theirs).toEqual(golden.python)
      expect(ours).toEqual(golden.ours ?? golden.python)
      // What is other than Python's, is so where the scenario says so, and nowhere else.
      expect(ours.wire).toEqual(golden.python.wire)
      const differing = ours.results.flatMap((result, at) =>
        JSON.stringify(result) === JSON.stringify(golden.python.results[at]) ? [] : [at],
      )
      expect(differing).toEqual(Object.keys(scenario.differs ?? {}).map(Number))
    })

  afterAll(() => {
    if (update) writeFileSync(file, `${JSON.stringify(written, null, 1)}\n`)
  })
})
