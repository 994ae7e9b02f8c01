/** Clients that the others are measured against, in the order of the table's columns. */
export const references = ['raw', 'imapflow', 'node-imap', 'cpython']

/** Clients of this repository: the guard looks at their ratios. */
export const subjects = ['ours', 'ours-imaplib']

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) })

/**
 * A row of results: seconds and bytes, and the ratio of the case's metric, per unit of work, to each reference.
 * @param {import('../cases.mjs').Case} item
 * @param {readonly import('../measure/run-case.mjs').Row[]} rows
 */
export const results = (item, rows) => {
  const done = rows.map(({ client, count, runs, failure }) => {
    if (runs.length === 0) return { client, failure }
    const row = { client, count, runs: runs.length, sums: runs[0].sums }
    for (const name of ['wall', 'cpu', 'peak']) row[name] = spread(runs.map((run) => run[name]))
    for (const name of Object.keys(runs[0].extra)) row[name] = spread(runs.map((run) => run.extra[name]))
    row.rate = count / row.wall.median
    if (item.unitBytes !== undefined) row.megabytes = (row.rate * item.unitBytes) / 1e6
    return failure === undefined ? row : { ...row, failure }
  })
  const byClient = new Map(done.filter((row) => row.runs !== undefined).map((row) => [row.client, row]))
  for (const row of byClient.values()) {
    row.ratios = {}
    for (const reference of references) {
      const other = byClient.get(reference)
      if (other === undefined || other === row || other[item.metric] === undefined || row[item.metric] === undefined)
        continue
      // Memory each can come out negative where the collector freed more than was opened.
      if (perUnit(item, row) > 0 && perUnit(item, other) > 0)
        row.ratios[reference] = perUnit(item, row) / perUnit(item, other)
    }
  }
  return { id: item.id, title: item.title, unit: item.unit, metric: item.metric, rows: done }
}

/** Memory is not divided: the peak of half the work is not half the peak. */
const perUnit = ({ metric }, row) =>
  metric === 'cpu' || metric === 'wall' ? row[metric].median / row.count : row[metric].median
