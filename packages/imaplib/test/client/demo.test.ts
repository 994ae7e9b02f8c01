import { type DovecotServer, orSkipped, scriptedServer, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it, vi } from 'vitest'

type Reached = Pick<DovecotServer, 'host' | 'tlsPort' | 'ca' | 'password'> & { readonly user: () => string }

// The script has no types.
const script: string = new URL('../../../../scripts/demo-client.mjs', import.meta.url).href
const { clientTour } = (await import(script)) as { clientTour: (server: Reached) => Promise<void> }

const server = await orSkipped(startDovecot())
afterAll(() => server?.stop())

const printed = async (tour: () => Promise<void>): Promise<string> => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    await tour()
    return log.mock.calls.map(([line]) => String(line)).join('\n')
  } finally {
    log.mockRestore()
  }
}

describe("the demo's tour of the client", () => {
  it.skipIf(server === undefined)('shows what it does and what came of it', async () => {
    const text = await printed(() => clientTour(server as DovecotServer))
    expect(text.match(/^\n\S.*: (?:client|inbox)\.\w+\(/gm)).toHaveLength(8)
    for (const line of ['Viele Grüße aus dem Laden.', 'cheese,7.50', 'gone: UID 4', 'UID 2 is UID 1 of Bills now'])
      expect(text).toContain(`    ${line.replace('cheese', '  cheese')}`)
  })

  it('fails when a step fails', async () => {
    await using refusing = await scriptedServer({ tls: 'good', handlers: { LIST: '$tag NO not today' } })
    const { host, port, ca } = refusing
    const reached = { host, tlsPort: port, ca, password: 'secret', user: () => 'me' }
    await expect(printed(() => clientTour(reached))).rejects.toThrow('not today')
  })
})
