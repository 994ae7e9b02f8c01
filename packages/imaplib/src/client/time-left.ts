import type { CallOptions } from '../commands/run.ts'

/** For calls that take several commands: the options of the next one, with what is left of the time that they share. */
export const timeLeft = ({ signal, timeout, onProgress }: CallOptions): (() => CallOptions) => {
  if (timeout === undefined) return () => ({ signal, onProgress })
  const end = performance.now() + timeout
  return () => ({ signal, onProgress, timeout: Math.max(1, Math.ceil(end - performance.now())) })
}
