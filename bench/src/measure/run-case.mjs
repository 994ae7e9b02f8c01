import { converse } from '../dovecot/converse.mjs'
import { password, user } from '../dovecot/dovecot.mjs'
import { runClient } from './run-client.mjs'

/**
 * What a case came to for one client.
 * @typedef {{ client: string, count: number, runs: import('./run-client.mjs').Measurement[], failure?: string }} Row
 */

/** Asks a live server what has arrived in the target mailbox, and empties it for the next run. */
const takeAppended = async (server, target) => {
  const answers = await converse(server, [
    `LOGIN ${user} ${password}`,
    `STATUS ${target} (MESSAGES SIZE)`,
    `DELETE ${target}`,
  ])
  const text = answers[1].untagged.latin1Slice()
  return { appendedMessages: Number(/MESSAGES (\d+)/.exec(text)[1]), appendedBytes: Number(/SIZE (\d+)/.exec(text)[1]) }
}

const wrongSum = (expected, sums) => {
  for (const [name, value] of Object.entries(expected)) {
    if (name in sums && sums[name] !== value) return `${name} is ${sums[name]}, not ${value}`
  }
  return undefined
}

/** Sums that nothing was expected of must at least be the same for all clients. */
const disagreement = (rows, expected) => {
  const seen = new Map()
  for (const { client, runs } of rows) {
    if (client === 'raw' || runs.length === 0) continue
    for (const [name, value] of Object.entries(runs[0].sums)) {
      if (name in expected) continue
      if (seen.has(name) && seen.get(name).value !== value) {
        return `${name} is ${value} for ${client} and ${seen.get(name).value} for ${seen.get(name).client}`
      }
      seen.set(name, { client, value })
    }
  }
  return undefined
}

/**
 * Measures one case: the clients take turns, so that what else the machine does falls on all of them alike.
 * @param {import('../cases.mjs').Case} item
 * @param {readonly string[]} clients
 * @param {{ runs: number, servers: import('./servers.mjs').Servers, progress: (text: string) => void }} context
 * @returns {Promise<Row[]>}
 */
export const runCase = async (item, clients, { runs, servers, progress }) => {
  const connection = await servers.connectionFor(item)
  const rows = clients.map((client) => ({ client, count: item.counts?.[client] ?? item.count, runs: [] }))
  const measure = async (row) => {
    const job = { ...connection, count: row.count, ...item.job, task: item.task }
    let result = await runClient(row.client, job)
    let taken = await servers.take(item)
    if (taken.prepared > 0) {
      // The server had to make the answer first, or to record it from Dovecot: that was no measurement.
      result = await runClient(row.client, job)
      taken = await servers.take(item)
    }
    if (taken.failures.length > 0) throw new Error(`the replay server could not answer: ${taken.failures[0]}`)
    return {
      ...result,
      sums: { ...result.sums, ...(item.task.startsWith('append') ? await appended(item, servers, taken) : {}) },
    }
  }
  for (let round = 1; round <= runs; round++) {
    for (const row of rows) {
      if (row.failure !== undefined) continue
      progress(`${item.id} ${round}/${runs} ${row.client}`)
      try {
        const result = await measure(row)
        row.runs.push(result)
        row.failure = wrongSum(expectedOf(item, row), result.sums)
      } catch (error) {
        row.failure = error.message
        await clearUp(item, servers)
      }
    }
  }
  const differ = disagreement(rows, item.expected ?? {})
  if (differ !== undefined) for (const row of rows) if (row.client !== 'raw') row.failure ??= differ
  return rows
}

const expectedOf = ({ expected = {}, job }, { count }) =>
  expected.appendedMessages === true ? { appendedMessages: count, appendedBytes: count * job.size } : expected

/** What a client that failed has left on the servers must not be put down to the next one. */
const clearUp = async (item, servers) => {
  await servers.take(item)
  if (item.server === 'dovecot') await takeAppended(await servers.live(), item.job.target).catch(() => undefined)
}

const appended = async (item, servers, taken) => {
  if (item.server === 'dovecot') return takeAppended(await servers.live(), item.job.target)
  const held = new Map(taken.appended).get(item.job.target) ?? { messages: 0, bytes: 0 }
  return { appendedMessages: held.messages, appendedBytes: held.bytes }
}
