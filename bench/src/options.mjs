import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [options]
  --only W1,W3        only the cases whose name begins so
  --clients raw,ours  only these clients
  --runs 5            measurements of each client in each case, interleaved; the table shows medians
  --messages 50000    size of the corpus of W1 and W6
  --quick             a tenth of everything and three runs: to see that it works, not to compare
  --json              the results for machines on standard output (the table goes to standard error)
  --check             fail when a ratio is more than 20 % worse than in bench/baseline.json
  --write-baseline    keep the ratios of this run in bench/baseline.json
  --list              the cases and which clients take part`

/** @param {readonly string[]} argv @throws {Error} on an unknown option or a bad number */
export const readOptions = (argv) => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      clients: { type: 'string' },
      runs: { type: 'string' },
      messages: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      'write-baseline': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const number = (text, fallback, name) => {
    const value = text === undefined ? fallback : Number(text)
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0`)
    return value
  }
  const names = (text) => text?.split(',').filter((name) => name !== '')
  const { quick } = values
  if (quick && (values.check || values['write-baseline']))
    throw new Error('--quick gives no ratios to compare: leave it out')
  return {
    only: names(values.only),
    clients: names(values.clients),
    runs: number(values.runs, quick ? 3 : 5, 'runs'),
    messages: number(values.messages, quick ? 5000 : 50_000, 'messages'),
    scale: quick ? 0.1 : 1,
    seed: 1,
    json: values.json,
    check: values.check,
    writeBaseline: values['write-baseline'],
    list: values.list,
    help: values.help,
  }
}
