import { readFileSync } from 'node:fs'

/** Peak memory of this process in bytes: VmHWM where there is a /proc, else what getrusage knows. */
const peakMemory = () => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

/** Memory of this process now, in bytes. */
export const residentMemory = () => process.memoryUsage.rss()

/** Times the section between `start` and `stop`: what comes before, login and SELECT, is not counted. */
export class Meter {
  #startedAt = 0
  #cpuAtStart
  /** @type {{ wall: number, cpu: number, peak: number } | undefined} seconds, seconds, bytes */
  result
  /** What a task measured besides, by name. */
  extra = {}

  start() {
    this.#cpuAtStart = process.cpuUsage()
    this.#startedAt = performance.now()
  }

  stop() {
    const wall = (performance.now() - this.#startedAt) / 1000
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    this.result = { wall, cpu: (user + system) / 1e6, peak: peakMemory() }
  }
}
