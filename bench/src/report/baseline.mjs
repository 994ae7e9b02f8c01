import { readFileSync, writeFileSync } from 'node:fs'
import { subjects } from './results.mjs'

/** How much worse a ratio may become. */
const tolerance = 1.2

/** Below this a reference's CPU or wall time is noise, and so is a ratio to it, in seconds. */
const leastTime = 0.05

const steady = (result, reference) => {
  if (result.metric !== 'cpu' && result.metric !== 'wall') return true
  return result.rows.find((row) => row.client === reference)[result.metric].median >= leastTime
}

/** The ratios that the guard keeps: case → client → reference → ratio, smaller being better. */
export const guardedRatios = (all) => {
  const guarded = {}
  for (const result of all) {
    for (const row of result.rows) {
      if (!subjects.includes(row.client) || row.ratios === undefined || row.failure !== undefined) continue
      const kept = Object.entries(row.ratios).filter(([reference]) => steady(result, reference))
      if (kept.length === 0) continue
      guarded[result.id] ??= {}
      guarded[result.id][row.client] = Object.fromEntries(
        kept.map(([reference, ratio]) => [reference, Number(ratio.toPrecision(3))]),
      )
    }
  }
  return guarded
}

/**
 * Compares with the baseline what both have.
 * @returns {{ compared: number, worse: string[] }}
 */
export const compareWithBaseline = (baseline, current) => {
  const worse = []
  let compared = 0
  for (const [id, clients] of Object.entries(baseline)) {
    if (current[id] === undefined) continue
    for (const [client, ratios] of Object.entries(clients)) {
      for (const [reference, before] of Object.entries(ratios)) {
        const now = current[id][client]?.[reference]
        if (now === undefined) continue
        compared++
        if (now > before * tolerance) worse.push(`${id}: ${client} ÷ ${reference} is ${now}, was ${before}`)
      }
    }
  }
  return { compared, worse }
}

/** @returns {object | undefined} */
export const readBaseline = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Cases that were not run keep their ratios. */
export const writeBaseline = (file, ratios) => {
  const merged = { ...readBaseline(file), ...ratios }
  const sorted = Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}
