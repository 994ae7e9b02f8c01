import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const tally = fileURLToPath(new URL('../../../scripts/tally.mjs', import.meta.url))

/** Runs the plain script, which has no types, in a process of its own. */
const closingLine = (report: unknown, exitCode: number, ci: boolean): string => {
  const script = `
    const { closingLine, step, sum, tallyOf } = await import(process.argv[1])
    const [report, exitCode, ci] = JSON.parse(process.argv[2])
    console.log(closingLine(sum([step(true), tallyOf(report, exitCode, ci)])))
  `
  const given = JSON.stringify([report ?? null, exitCode, ci])
  return execFileSync(process.execPath, ['--input-type=module', '-e', script, tally, given], {
    encoding: 'utf8',
  }).trim()
}

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((state) => ({ status: state })),
})

describe('the closing line of npm test', () => {
  it('counts tests, and names the skipped where there are any', () => {
    const all = { testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed')] }
    expect(closingLine(all, 0, false)).toBe('3 passed, 0 failed')
    const some = { testResults: [file('failed', 'passed', 'failed', 'pending', 'todo')] }
    expect(closingLine(some, 1, false)).toBe('1 passed, 1 failed, 2 skipped')
  })

  it('counts a skipped test as a failure under CI', () => {
    expect(closingLine({ testResults: [file('passed', 'passed', 'skipped')] }, 0, true)).toBe('1 passed, 1 failed')
  })

  it('counts what failed without a failed test: a file, an error outside every test, a run without a report', () => {
    expect(closingLine({ testResults: [file('failed'), file('passed', 'passed')] }, 1, false)).toBe(
      '1 passed, 1 failed',
    )
    expect(closingLine({ testResults: [file('passed', 'passed')] }, 1, false)).toBe('1 passed, 1 failed')
    expect(closingLine(undefined, 1, false)).toBe('0 passed, 1 failed')
  })
})
