// Counts of tests, out of vitest's JSON report.

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** Nothing counted yet. */
export const none = { passed: 0, failed: 0, skipped: 0 }

/** A step that is no test, such as the linter: it counts only when it fails. */
export const step = (succeeded) => (succeeded ? none : { ...none, failed: 1 })

/** All of them together. */
export const sum = (tallies) =>
  tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    none,
  )

/**
 * What a report says, and vitest's exit code with it: a file that did not load has no tests to count, and an error outside every test
 * is none; each still counts as a failure. Under CI a skipped test is a failure too: there everything has to run.
 */
export const tallyOf = (report, exitCode, ci) => {
  const results = report?.testResults ?? []
  const states = results.flatMap((file) => file.assertionResults.map((test) => test.status))
  const count = (...wanted) => states.filter((state) => wanted.includes(state)).length
  const notLoaded = results.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const skipped = states.length - count('passed', 'failed')
  const failed = count('failed') + notLoaded + (ci ? skipped : 0)
  return {
    passed: count('passed'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: ci ? 0 : skipped,
  }
}

/** The closing line: `12 passed, 0 failed`, and `, 3 skipped` where there are any. */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
