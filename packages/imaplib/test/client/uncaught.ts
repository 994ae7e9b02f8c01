import { setTimeout as sleep } from 'node:timers/promises'

/** What nobody caught while the task ran, and shortly after. */
export const uncaught = async (task: () => Promise<unknown>): Promise<unknown[]> => {
  const faults: unknown[] = []
  const note = (fault: unknown) => void faults.push(fault)
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  try {
    await task()
    // Rejections are reported only after a turn of the event loop.
    await sleep(20)
  } finally {
    process.off('uncaughtException', note)
    process.off('unhandledRejection', note)
  }
  return faults
}
