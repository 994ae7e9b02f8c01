import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { allCases } from './cases.mjs'
import { dovecotInstalled } from './dovecot/dovecot.mjs'
import { roster } from './measure/roster.mjs'
import { runCase } from './measure/run-case.mjs'
import { Servers } from './measure/servers.mjs'
import { readOptions, usage } from './options.mjs'
import { compareWithBaseline, guardedRatios, readBaseline, writeBaseline } from './report/baseline.mjs'
import { results } from './report/results.mjs'
import { table } from './report/table.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const baselineFile = here('../baseline.json')

const say = (text) => process.stderr.write(`${text}\n`)
const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
const clearProgress = () => progress('')

const machine = (entries) => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory: totalmem(),
  node: process.version,
  date: new Date().toISOString(),
  clients: Object.fromEntries(
    [...entries].filter(([, entry]) => entry.version !== undefined).map(([name, entry]) => [name, entry.version]),
  ),
})

/** Says loudly who or what is left out, so that a table without a row is never mistaken for a whole one. */
const announceMissing = (entries, chosen) => {
  for (const [name, entry] of entries)
    if (entry.missing !== undefined && chosen(name)) say(`bench: LEAVING OUT ${name}: ${entry.missing}`)
}

const main = async () => {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return say(usage)
  const chosen = (client) => options.clients === undefined || options.clients.includes(client)
  const cases = allCases(options).filter(
    ({ id }) => options.only === undefined || options.only.some((name) => id.startsWith(name)),
  )
  if (cases.length === 0) throw new Error(`no case begins with ${options.only}: see --list`)
  const entries = await roster()
  const takesPart = (item) =>
    item.clients.filter((client) => chosen(client) && (entries.get(client).tasks?.has(item.task) ?? false))
  if (options.list)
    return cases.forEach((item) => console.log(`${item.id.padEnd(20)} ${item.title} [${takesPart(item).join(' ')}]`))
  announceMissing(entries, chosen)
  if (!dovecotInstalled())
    say('bench: no Dovecot found: LEAVING OUT the live cases, and what is not recorded yet will fail')

  const servers = new Servers({ ...options, cache: here('../.cache'), progress })
  const found = []
  // The servers are processes of their own: an interrupted run must not leave them behind.
  const interrupted = () => {
    void servers.stop().finally(() => process.exit(130))
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted)
  try {
    for (const item of cases) {
      const reason =
        item.server === 'dovecot' && !dovecotInstalled()
          ? 'no Dovecot'
          : item.secure && !servers.secure
            ? 'no openssl to make a certificate'
            : undefined
      if (reason !== undefined) {
        say(`bench: LEAVING OUT ${item.id}: ${reason}`)
        continue
      }
      const rows = await runCase(item, takesPart(item), { runs: options.runs, servers, progress })
      clearProgress()
      const result = results(item, rows)
      found.push(result)
      ;(options.json ? say : console.log)(table(result))
    }
  } finally {
    clearProgress()
    await servers.stop()
  }

  const ratios = guardedRatios(found)
  if (options.json) console.log(JSON.stringify({ machine: machine(entries), options, cases: found }, null, 2))
  if (options.writeBaseline) {
    writeBaseline(baselineFile, ratios)
    say(`bench: baseline written for ${Object.keys(ratios).length} cases`)
  }
  if (options.check) check(ratios)
  const failures = found.flatMap(({ id, rows }) =>
    rows.filter((row) => row.failure !== undefined).map((row) => `${id} ${row.client}: ${row.failure}`),
  )
  for (const failure of failures) say(`bench: FAILED ${failure}`)
  if (failures.length > 0) process.exitCode = 1
}

const check = (ratios) => {
  const baseline = readBaseline(baselineFile)
  if (baseline === undefined) throw new Error('no bench/baseline.json to check against: make one with --write-baseline')
  const { compared, worse } = compareWithBaseline(baseline, ratios)
  for (const line of worse) say(`bench: WORSE ${line}`)
  say(`bench: ${compared} ratios compared with the baseline, ${worse.length} more than 20 % worse`)
  // A guard that compares nothing guards nothing.
  if (worse.length > 0 || compared === 0) process.exitCode = 1
}

try {
  await main()
} catch (error) {
  clearProgress()
  say(`bench: ${error.message}`)
  process.exitCode = 1
}
