import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Different TCP ports that are free on every one of `hosts`. They lie below the range from which the kernel takes the near ends of
 * outgoing connections, so that no connection of a test sits on one before the server that asked listens.
 */
export const freePorts = async (count: number, hosts: readonly string[] = ['127.0.0.1']): Promise<number[]> => {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 1000) throw new Error('no free ports')
    const port = randomInt(10_000, 32_768)
    if (await isFree(port, hosts)) ports.add(port)
  }
  return [...ports]
}

const isFree = async (port: number, hosts: readonly string[]): Promise<boolean> => {
  for (const host of hosts) {
    const server = createServer()
    try {
      server.listen({ port, host, exclusive: true })
      await once(server, 'listening')
    } catch {
      return false
    }
    server.close()
    await once(server, 'close')
  }
  return true
}
