import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { delayLine } from './delay-line.mjs'
import { contextKey, Recordings } from './recordings.mjs'
import { Session } from './session.mjs'
import { making } from './synthetic.mjs'

/**
 * The replay server, in a process of its own that the runner forks. Argument: JSON with the folder of the recordings
 * and, for TLS, the files of a certificate. Over the process channel the runner asks for ports and takes the counts of
 * the last run; the server asks the runner for a Dovecot when something has to be recorded.
 */
const { folder, tls } = JSON.parse(process.argv[2])

const waiting = []
const askServer = () =>
  new Promise((resolve, reject) => {
    waiting.push({ resolve, reject })
    if (waiting.length === 1) process.send({ type: 'dovecot' })
  })

const world = { recordings: new Recordings(folder, askServer), appended: new Map(), failures: [] }

const listen = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 2000 }, () => resolve(server.address().port))
  })

const accept = (socket) => new Session(socket, world)
const plainPort = await listen(createServer({ noDelay: true }, accept))
const tlsPort =
  tls === undefined
    ? undefined
    : await listen(
        createTlsServer(
          { key: readFileSync(tls.key), cert: readFileSync(tls.certificate), minVersion: 'TLSv1.3', noDelay: true },
          accept,
        ),
      )

const lines = new Map()

/** @returns {Promise<number>} */
const portFor = async ({ secure, roundTrip }) => {
  const port = secure ? tlsPort : plainPort
  if (roundTrip === 0) return port
  const key = `${port} ${roundTrip}`
  if (!lines.has(key)) lines.set(key, await delayLine({ port, roundTrip }))
  return lines.get(key)
}

/** Makes sure that INBOX has an answer to a command. @returns {Promise<{ file?: string, error?: string }>} */
const recorded = async (command) => {
  const { recordings } = world
  const selection = 'EXAMINE INBOX'
  try {
    if (recordings.find(contextKey([], selection), command) === undefined)
      await recordings.record(new Set(), selection, command)
    return { file: recordings.fileOf(contextKey([], selection), command) }
  } catch (error) {
    return { error: error.message }
  }
}

const receive = async (message) => {
  if (message.type === 'dovecot') {
    for (const { resolve, reject } of waiting.splice(0)) {
      if (message.error === undefined) resolve(message)
      else reject(new Error(message.error))
    }
  } else if (message.type === 'port') {
    process.send({ type: 'reply', id: message.id, value: await portFor(message) })
  } else if (message.type === 'record') {
    process.send({ type: 'reply', id: message.id, value: await recorded(message.command) })
  } else if (message.type === 'take') {
    const value = {
      prepared: world.recordings.recorded + making.count,
      failures: world.failures.splice(0),
      appended: [...world.appended],
    }
    world.recordings.recorded = 0
    making.count = 0
    world.appended.clear()
    process.send({ type: 'reply', id: message.id, value })
  }
}

process.on('message', (message) => {
  receive(message).catch((error) => {
    world.failures.push(String(error))
    process.send({ type: 'reply', id: message.id, value: { error: error.message } })
  })
})
process.on('disconnect', () => process.exit(0))
process.send({ type: 'ready', secure: tlsPort !== undefined })
