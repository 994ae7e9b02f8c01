/** Runs `task` `count` times, fifty at once: a thousand logins together would measure the server's queue. */
export const inBatches = async (count, task, atOnce = 50) => {
  for (let done = 0; done < count; done += atOnce) {
    const running = []
    for (let n = done; n < Math.min(count, done + atOnce); n++) running.push(task(n))
    await Promise.all(running)
  }
}

/** The child runs with --expose-gc, so that memory is counted without garbage. */
export const collectGarbage = () => {
  globalThis.gc()
  globalThis.gc()
}
