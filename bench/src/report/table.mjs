import { references } from './results.mjs'

const MiB = 1 << 20

const number = (value) => {
  if (value === undefined || Number.isNaN(value)) return ''
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k`
  if (value >= 100) return value.toFixed(0)
  return value >= 1 ? value.toFixed(value >= 10 ? 1 : 2) : value.toPrecision(2)
}

const seconds = (value) => (value === undefined ? '' : value >= 10 ? value.toFixed(1) : value.toFixed(3))

const metricNames = { cpu: 'CPU', wall: 'wall', peak: 'RSS', each: 'RSS each', heap: 'heap' }

/** One case as a Markdown table that is also legible as it stands. */
export const table = (result) => {
  const metric = metricNames[result.metric]
  const has = (name) => result.rows.some((row) => row[name] !== undefined)
  const against = references.filter((reference) => result.rows.some((row) => row.ratios?.[reference] !== undefined))
  const columns = [
    ['client', (row) => row.client],
    [`${result.unit}s/s`, (row) => number(row.rate)],
    ...(has('megabytes') ? [['MB/s', (row) => number(row.megabytes)]] : []),
    ['wall s', (row) => seconds(row.wall?.median)],
    ['CPU s', (row) => seconds(row.cpu?.median)],
    ['RSS MiB', (row) => (row.peak === undefined ? '' : (row.peak.median / MiB).toFixed(0))],
    ...(has('each')
      ? [['KiB each', (row) => (row.each === undefined ? '' : (row.each.median / 1024).toFixed(1))]]
      : []),
    ...(has('heap') ? [['heap MiB', (row) => (row.heap === undefined ? '' : (row.heap.median / MiB).toFixed(0))]] : []),
    ...against.map((reference) => [`${metric} ÷ ${reference}`, (row) => number(row.ratios?.[reference])]),
    ...(has('failure') ? [['failed', (row) => (row.failure ?? '').slice(0, 160)]] : []),
  ]
  const lines = [
    columns.map(([title]) => title),
    ...result.rows.map((row) => columns.map(([, cell]) => cell(row) ?? '')),
  ]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const text = lines.map(
    (line) =>
      `| ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`,
  )
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [`**${result.id}** ${result.title}`, '', text[0], rule, ...text.slice(1), ''].join('\n')
}
