import { connect, createServer } from 'node:net'

/**
 * A line with a round-trip time in front of a server on loopback. The client's own TCP handshake is instant here, so
 * the server is dialled one and a half round trips late: the greeting comes after two, as over a real line.
 * @param {{ port: number, roundTrip: number }} options milliseconds
 * @returns {Promise<number>} the port to connect to
 */
export const delayLine = ({ port, roundTrip }) =>
  new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, (client) => {
      const opensAt = performance.now() + 1.5 * roundTrip
      const dialling = setTimeout(dial, 1.5 * roundTrip)
      let backend
      const waiting = []
      const toServer = queueOfDeliveries()
      const toClient = queueOfDeliveries()
      client.on('data', (chunk) => {
        const due = Math.max(opensAt, performance.now() + roundTrip / 2)
        toServer(due, () => (backend === undefined ? waiting.push(chunk) : backend.write(chunk)))
      })
      client.on('error', () => client.destroy())
      client.on('close', () => {
        clearTimeout(dialling)
        backend?.destroy()
      })
      function dial() {
        backend = connect({ port, host: '127.0.0.1', noDelay: true })
        for (const chunk of waiting) backend.write(chunk)
        backend.on('data', (chunk) => toClient(performance.now() + roundTrip / 2, () => client.write(chunk)))
        backend.on('end', () => toClient(performance.now() + roundTrip / 2, () => client.end()))
        backend.on('error', () => client.destroy())
      }
    })
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })

/** Deliveries of one direction, in order: separate timers could overtake each other by their rounding. */
const queueOfDeliveries = () => {
  const queue = []
  let timer
  const schedule = () => {
    timer = setTimeout(deliver, Math.max(0, queue[0].due - performance.now()))
  }
  const deliver = () => {
    timer = undefined
    const now = performance.now() + 0.25
    while (queue.length > 0 && queue[0].due <= now) queue.shift().run()
    if (queue.length > 0) schedule()
  }
  return (due, run) => {
    queue.push({ due, run })
    if (timer === undefined) schedule()
  }
}
