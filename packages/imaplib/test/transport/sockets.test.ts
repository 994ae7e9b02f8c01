import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { LookupFunction } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTcp } from '../../src/transport/tcp.ts'
import { connectTls } from '../../src/transport/tls.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { CertificateMaker, type Pair } from './certificates.ts'
import { ScriptRunner } from './child-script.ts'
import { type Listening, listenTcp, listenTls } from './listening.ts'
import { Recorder, turns } from './recorder.ts'

let maker: CertificateMaker
let ca: Pair
let good: Pair
let scripts: ScriptRunner
let tcp: Listening
let tls: Listening

beforeAll(async () => {
  maker = await CertificateMaker.create()
  ca = await maker.make({ ca: true, commonName: 'test root' })
  good = await maker.make({ issuer: ca, san: 'DNS:localhost,IP:127.0.0.1' })
  scripts = await ScriptRunner.create()
  tcp = await listenTcp()
  tls = await listenTls(good)
})
afterAll(async () => {
  await tcp.stop()
  await tls.stop()
  await scripts.dispose()
  await maker.dispose()
})

const open = async (kind: 'tcp' | 'tls'): Promise<[Transport, Socket]> => {
  const server = kind === 'tcp' ? tcp : tls
  const address = { host: '127.0.0.1', port: server.port, ca: ca.cert }
  const transport = await (kind === 'tcp' ? connectTcp(address) : connectTls(address))
  return [transport, await server.accept()]
}

describe.each(['tcp', 'tls'] as const)('%s sockets', (kind) => {
  it('200 of them share the read buffer and mix nothing up', async () => {
    const pairs: [Transport, Socket][] = []
    for (let i = 0; i < 200; i++) pairs.push(await open(kind))
    const seen = pairs.map(([transport]) => new Recorder(transport))
    const size = 150_000
    // All write at once, each its own byte, in pieces, so that their reads come between one another.
    for (let round = 0; round < 3; round++) {
      for (const [index, [, peer]] of pairs.entries()) peer.write(Buffer.alloc(size / 3, index))
    }
    await Promise.all(seen.map((one) => one.untilSize(size)))
    for (const [index, one] of seen.entries()) {
      expect(one.size).toBe(size)
      expect(one.bytes.every((byte) => byte === index)).toBe(true)
    }
    for (const [transport] of pairs) transport.destroy()
    await Promise.all(seen.map((one) => one.untilClosed()))
  })

  it('a slow reader stops the server', async () => {
    const [transport, peer] = await open(kind)
    const seen = new Recorder(transport)
    seen.onData = () => transport.pause()
    const body = Buffer.alloc(30_000_000, 's')
    let finished = false
    peer.write(body, () => {
      finished = true
    })
    await turns(300)
    // One chunk, and at most what TLS had decrypted already.
    expect(seen.size).toBeLessThanOrEqual(256 * 1024)
    expect(finished).toBe(false)
    let pauses = 0
    seen.onData = () => {
      if (++pauses % 10 !== 0) return
      transport.pause()
      setImmediate(() => transport.resume())
    }
    transport.resume()
    await seen.untilSize(body.length)
    expect(pauses).toBeGreaterThan(10)
    transport.destroy()
  })

  it('pause() right after resume() or start() holds', async () => {
    const [transport, peer] = await open(kind)
    const seen = new Recorder()
    transport.start(seen)
    transport.pause()
    peer.write('x')
    await turns(30)
    transport.resume()
    transport.pause()
    await turns(30)
    expect(seen.size).toBe(0)
    transport.resume()
    await seen.untilSize(1)
    transport.destroy()
  })

  it('a server that does not read makes write() say false, and drain() follows when it does', async () => {
    const [transport, peer] = await open(kind)
    const seen = new Recorder(transport)
    peer.pause()
    let sent = 0
    while (transport.write(Buffer.alloc(32_768, 'w'))) sent += 32_768
    sent += 32_768
    await turns(100)
    const blocked = !transport.write(Buffer.alloc(20_000_000, 'w'))
    sent += 20_000_000
    await turns(100)
    const drainsBefore = seen.drains
    let received = 0
    peer.on('data', (chunk) => {
      received += chunk.length
    })
    peer.resume()
    await seen.until(() => seen.drains > drainsBefore)
    expect(blocked).toBe(true)
    transport.end()
    await once(peer, 'end')
    expect(received).toBe(sent)
    peer.end()
    expect(await seen.untilClosed()).toBe(null)
  })

  it('corked writes leave together', async () => {
    const [transport, peer] = await open(kind)
    const chunks: Buffer[] = []
    peer.on('data', (chunk: Buffer) => chunks.push(chunk))
    transport.cork()
    transport.cork()
    for (let i = 0; i < 10; i++) transport.write(Buffer.from(`piece ${i},`))
    transport.uncork()
    await turns(30)
    expect(chunks).toEqual([])
    transport.uncork()
    await once(peer, 'data')
    expect(String(Buffer.concat(chunks))).toMatch(/^piece 0,.*piece 9,$/)
    expect(chunks.length).toBeLessThanOrEqual(kind === 'tcp' ? 1 : 10)
    transport.destroy()
  })

  it('a new receiver takes over between two chunks', async () => {
    const [transport, peer] = await open(kind)
    const second = new Recorder()
    const first = new Recorder(transport)
    first.onData = () => transport.start(second)
    peer.write('one')
    await first.untilSize(3)
    peer.end('two')
    expect(await second.untilClosed()).toBe(null)
    expect([first.text, second.text, first.closings.length]).toEqual(['one', 'two', 0])
  })

  it('destroy() inside data() is the end of data', async () => {
    const [transport, peer] = await open(kind)
    const seen = new Recorder(transport)
    seen.onData = () => transport.destroy()
    peer.write(Buffer.alloc(1_000_000))
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.chunks).toHaveLength(1)
    expect(seen.violations).toEqual([])
  })

  it('a server that half-closes and reads no more does not keep the connection', async () => {
    const [transport, peer] = await open(kind)
    const seen = new Recorder(transport)
    peer.pause()
    transport.write(Buffer.alloc(20_000_000))
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
    const before = sockets()
    peer.end()
    expect(await seen.untilClosed()).toBe(null)
    while (sockets() >= before) await new Promise((resolve) => setTimeout(resolve, 10))
    peer.destroy()
    expect(seen.violations).toEqual([])
  })

  it('an idle connection keeps no buffer of its own; a script ends by itself after all is closed', async () => {
    const script = `
      import { connectTcp } from './transport/tcp.js'
      import { connectTls } from './transport/tls.js'
      import { spawnTransport } from './transport/process.js'
      const address = { host: '127.0.0.1', port: Number(process.argv[2]), ca: process.argv[4] }
      const connect = process.argv[3] === 'tcp' ? connectTcp : connectTls
      const buffers = process.memoryUsage().arrayBuffers
      const all = []
      for (let i = 0; i < 50; i++) all.push(await connect(address))
      let closed = 0
      for (const one of all) one.start({ data() {}, drain() {}, closed() { closed++ } })
      globalThis.gc?.()
      const each = (process.memoryUsage().arrayBuffers - buffers) / all.length
      const failed = await connect({ ...address, port: 1 }).catch((error) => error.code)
      const child = await spawnTransport(['cat'])
      child.start({ data() {}, drain() {}, closed() { closed++ } })
      child.end()
      for (const one of all) one.destroy()
      process.on('exit', () => console.log(JSON.stringify({ closed, each, failed })))
    `
    const port = String((kind === 'tcp' ? tcp : tls).port)
    const { stdout, stderr } = await scripts.run(script, [port, kind, ca.cert])
    for (let i = 0; i < 50; i++) await (kind === 'tcp' ? tcp : tls).accept()
    const result = JSON.parse(stdout) as { closed: number; each: number; failed: string }
    expect(result).toMatchObject({ closed: 51, failed: 'ECONNREFUSED' })
    expect(result.each).toBeLessThan(8 * 1024)
    expect(stderr).toBe('')
  })
})

describe('connecting', () => {
  it('an abort while the name is looked up', async () => {
    for (const connect of [connectTcp, connectTls]) {
      const controller = new AbortController()
      const reason = new Error('stop')
      let answer: (() => void) | undefined
      const lookup: LookupFunction = (_name, _options, callback) => {
        answer = () => callback(null, [{ address: '127.0.0.1', family: 4 }])
        controller.abort(reason)
      }
      const attempt = connect({ host: 'slow.example', port: tcp.port, lookup, signal: controller.signal })
      await expect(attempt).rejects.toMatchObject({ code: 'ABORT_ERR', cause: reason })
      answer?.()
      await turns(20)
    }
  })

  it('an abort before, and after, which changes nothing', async () => {
    const reason = new Error('stop')
    const signal = AbortSignal.abort(reason)
    for (const connect of [connectTcp, connectTls]) {
      const attempt = connect({ host: '127.0.0.1', port: tcp.port, signal })
      await expect(attempt).rejects.toMatchObject({ code: 'ABORT_ERR', cause: reason })
    }
    const controller = new AbortController()
    const transport = await connectTcp({ host: '127.0.0.1', port: tcp.port, signal: controller.signal })
    const peer = await tcp.accept()
    const seen = new Recorder(transport)
    controller.abort()
    peer.write('still here')
    await seen.untilSize(10)
    transport.destroy()
  })

  it('a lookup that does not answer meets the deadline', async () => {
    const lookup: LookupFunction = () => {}
    for (const connect of [connectTcp, connectTls]) {
      const attempt = connect({ host: 'slow.example', port: 143, lookup, connectTimeout: 30 })
      await expect(attempt).rejects.toMatchObject({
        code: 'ETIMEDOUT',
        retryable: true,
        message: 'connecting to slow.example:143 took longer than 30 ms',
      })
    }
  })

  it('an abort while TCP connects to a backlog that is full', async () => {
    // A server that never accepts: its queue fills, and further SYNs are left without an answer.
    const script = `
      import net from 'node:net'
      const server = net.createServer()
      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        console.log(server.address().port)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000)
      })
    `
    const { spawn } = await import('node:child_process')
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    const port = Number(String(line))
    const fillers = await Promise.allSettled(
      Array.from({ length: 8 }, () => connectTcp({ host: '127.0.0.1', port, connectTimeout: 300 })),
    )
    expect(fillers.some((one) => one.status === 'rejected' && one.reason.code === 'ETIMEDOUT')).toBe(true)
    const controller = new AbortController()
    const attempt = connectTcp({ host: '127.0.0.1', port, signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(attempt).rejects.toMatchObject({ code: 'ABORT_ERR' })
    for (const one of fillers) if (one.status === 'fulfilled') one.value.destroy()
    child.kill('SIGKILL')
  })

  it('tries the next address when the first is dead', async () => {
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ])
    const transport = await connectTcp({ host: 'two.example', port: tcp.port, lookup })
    const peer = await tcp.accept()
    const seen = new Recorder(transport)
    peer.write('hello')
    await seen.untilSize(5)
    transport.destroy()
    const secured = await connectTls({ host: 'localhost', port: tls.port, lookup, ca: ca.cert })
    const other = await tls.accept()
    const also = new Recorder(secured)
    other.write('hello')
    await also.untilSize(5)
    secured.destroy()
  })

  it('a Unix socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'imaplib-unix-'))
    const path = join(directory, 'imap')
    const server = createServer((socket) => socket.end('* OK')).listen(path)
    await once(server, 'listening')
    const transport = await connectTcp({ path })
    const seen = new Recorder(transport)
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('* OK')
    expect(transport.description).toBe(`tcp ${path}`)
    server.close()
    await rm(directory, { recursive: true })
  })

  it('bad addresses are refused before anything is opened', async () => {
    const bad = [{ port: 0 }, { port: 65_536 }, { port: 1.5 }, { port: Number.NaN }, {}, { port: 1, host: 'a\0b' }]
    for (const address of [...bad, { port: 1, localAddress: 'x' }, { port: 1, connectTimeout: -1 }]) {
      await expect(connectTcp(address)).rejects.toMatchObject({ code: 'EINVALID' })
    }
  })
})
