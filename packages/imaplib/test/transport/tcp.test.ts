import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectTcp } from '../../src/transport/tcp.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { type Listening, listenTcp } from './listening.ts'
import { Recorder, turns } from './recorder.ts'

let server: Listening
const open: Transport[] = []
beforeEach(async () => {
  server = await listenTcp()
})
afterEach(async () => {
  for (const transport of open.splice(0)) transport.destroy()
  await server.stop()
})

async function pair(): Promise<[Transport, Socket]> {
  const transport = await connectTcp({ host: '127.0.0.1', port: server.port })
  open.push(transport)
  return [transport, await server.accept()]
}

describe('connectTcp', () => {
  it('carries bytes both ways, and keeps what came before start()', async () => {
    const [transport, peer] = await pair()
    peer.write('* OK ready\r\n')
    await turns(20)
    const seen = new Recorder(transport)
    await seen.untilSize(12)
    expect(seen.text).toBe('* OK ready\r\n')
    transport.write(Buffer.from('a NOOP\r\n'))
    const [chunk] = await once(peer, 'data')
    expect(String(chunk)).toBe('a NOOP\r\n')
    expect(transport.secure).toBe(false)
    expect(transport.description).toBe(`tcp 127.0.0.1:${server.port}`)
  })

  it('closes with null after the last byte when the server half-closes', async () => {
    const [transport, peer] = await pair()
    const seen = new Recorder(transport)
    peer.end(Buffer.alloc(300_000, 'x'))
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.size).toBe(300_000)
    peer.resume()
    await once(peer, 'close')
    expect(seen.violations).toEqual([])
  })

  it('closes with null when the FIN was there before start()', async () => {
    const [transport, peer] = await pair()
    peer.end('bye')
    await turns(20)
    const seen = new Recorder(transport)
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('bye')
  })

  it('closes with ECONNRESET on an RST', async () => {
    const [transport, peer] = await pair()
    const seen = new Recorder(transport)
    peer.write('x')
    await seen.untilSize(1)
    peer.resetAndDestroy()
    expect(await seen.untilClosed()).toMatchObject({ code: 'ECONNRESET' })
    transport.write(Buffer.from('ignored'))
    transport.destroy()
    await turns(5)
    expect(seen.closings).toHaveLength(1)
  })

  it('destroy() closes once, with the error given, and nothing follows', async () => {
    const [transport, peer] = await pair()
    const seen = new Recorder(transport)
    peer.write('x')
    await seen.untilSize(1)
    peer.write('y'.repeat(100_000))
    const reason = new Error('enough')
    transport.destroy(reason)
    transport.destroy()
    expect(seen.closings).toEqual([])
    expect(await seen.untilClosed()).toBe(reason)
    peer.resume()
    await new Promise((resolve) => peer.on('close', resolve))
    await turns(5)
    expect(seen.text).toBe('x')
    expect(seen.violations).toEqual([])
  })

  it('end() sends what is queued, then FIN', async () => {
    const [transport, peer] = await pair()
    const seen = new Recorder(transport)
    const body = Buffer.alloc(3_000_000, 'q')
    transport.write(body)
    transport.end()
    transport.write(Buffer.from('ignored'))
    let size = 0
    peer.on('data', (chunk) => {
      size += chunk.length
    })
    await once(peer, 'end')
    expect(size).toBe(body.length)
    peer.end('last')
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('last')
  })

  it('rejects with the error of Node', async () => {
    const { port } = server
    await server.stop()
    await expect(connectTcp({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED', port })
    await expect(connectTcp({ host: 'no-such-host.invalid', port })).rejects.toMatchObject({ syscall: 'getaddrinfo' })
    server = await listenTcp()
  })
})
