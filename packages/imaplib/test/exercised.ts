import { afterAll } from 'vitest'

/** Capabilities that were put to the test against a real server in this file, by the server's name. */
const seen = new Map<string, Set<string>>()

/** Notes that a capability was exercised on a real server; the list is written out when the file's tests are over. */
export const exercised = (server: { readonly name: string }, ...capabilities: readonly string[]): void => {
  const known = seen.get(server.name) ?? new Set<string>()
  for (const each of capabilities) known.add(each)
  seen.set(server.name, known)
}

afterAll(() => {
  for (const [server, capabilities] of seen)
    process.stdout.write(`exercised on ${server}: ${[...capabilities].sort().join(' ')}\n`)
})
