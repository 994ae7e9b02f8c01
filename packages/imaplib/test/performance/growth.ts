/**
 * By how much the work of `task` grows when its size does, in CPU time of this process: the same on a busy machine, where a
 * clock on the wall would tell of the neighbours. Linear work grows as the size, quadratic work as its square.
 *
 * Of each size the least of several runs counts: what the compiler and the collector do comes on top, never off.
 */
export const growth = async (task: (size: number) => unknown, size: number, factor: number): Promise<number> => {
  await least(task, size, 2)
  const [small, large] = [await least(task, size, 5), await least(task, size * factor, 4)]
  if (process.env['SHOW_G']) console.log('G', size, small, large, (large / small).toFixed(1))
  return large / Math.max(small, CLOCK)
}

/** The CPU clock counts whole microseconds, and badly below some of them. */
const CLOCK = 200

const least = async (task: (size: number) => unknown, size: number, runs: number): Promise<number> => {
  let found = Infinity
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage()
    await task(size)
    const { user, system } = process.cpuUsage(before)
    found = Math.min(found, user + system)
  }
  return found
}
