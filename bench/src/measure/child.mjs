import { Meter } from './meter.mjs'

/**
 * One measurement: `node child.mjs client '{"task": …}'`, in a process of its own so that neither compiled code nor
 * memory is left over from another. Writes one line of JSON.
 */
const [client, text] = process.argv.slice(2)
const job = JSON.parse(text)
const { tasks } = await import(`../clients/${client}.mjs`)
const meter = new Meter()
const sums = await tasks[job.task](job, meter)
process.stdout.write(`${JSON.stringify({ ...meter.result, extra: meter.extra, sums })}\n`, () => process.exit(0))
