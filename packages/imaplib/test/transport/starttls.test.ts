import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duplexTransport } from '../../src/transport/duplex.ts'
import { memoryPair } from '../../src/transport/memory.ts'
import { connectTcp } from '../../src/transport/tcp.ts'
import { startTls } from '../../src/transport/tls.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { CertificateMaker, type Pair } from './certificates.ts'
import { type Listening, listenTcp } from './listening.ts'
import { Recorder, turns } from './recorder.ts'

let maker: CertificateMaker
let ca: Pair
let good: Pair
let server: Listening

beforeAll(async () => {
  maker = await CertificateMaker.create()
  ca = await maker.make({ ca: true, commonName: 'test root' })
  good = await maker.make({ issuer: ca, san: 'DNS:mail.example' })
  server = await listenTcp()
})
afterAll(async () => {
  await server.stop()
  await maker.dispose()
})

async function pair(): Promise<[Transport, Socket, Recorder]> {
  const transport = await connectTcp({ host: '127.0.0.1', port: server.port })
  const peer = await server.accept()
  return [transport, peer, new Recorder(transport)]
}

function secure(peer: Socket): TLSSocket {
  const secured = new TLSSocket(peer, { isServer: true, secureContext: createSecureContext(good) })
  return secured.on('error', () => {})
}

const options = () => ({ host: 'mail.example', ca: ca.cert })

/** The client asks for STARTTLS when it hears the answer, as a connection does: inside of `data()`. */
function onAnswer(seen: Recorder, transport: Transport): Promise<Transport> {
  return new Promise((resolve, reject) => {
    seen.onData = () => {
      if (seen.text.includes('OK')) startTls(transport, options()).then(resolve, reject)
    }
  })
}

describe('startTls', () => {
  it('goes on over the same socket, and leaves the old transport dead', async () => {
    const [transport, peer, plain] = await pair()
    transport.write(Buffer.from('a STARTTLS\r\n'))
    await once(peer, 'data')
    const upgraded = onAnswer(plain, transport)
    peer.write('a OK go\r\n')
    await plain.untilSize(9)
    const secured = secure(peer)
    const tls = await upgraded
    expect(tls).toMatchObject({ secure: true, tls: { protocol: 'TLSv1.3', authorized: true } })
    expect(tls.description).toBe(`starttls 127.0.0.1:${server.port}`)
    transport.write(Buffer.from('in the clear'))
    transport.end()
    transport.destroy(new Error('old'))
    const seen = new Recorder(tls)
    tls.write(Buffer.from('b NOOP\r\n'))
    const [chunk] = await once(secured, 'data')
    expect(String(chunk)).toBe('b NOOP\r\n')
    secured.write('b OK\r\n')
    await seen.untilSize(6)
    secured.end()
    expect(await seen.untilClosed()).toBe(null)
    expect(plain.text).toBe('a OK go\r\n')
    expect(plain.closings).toEqual([])
  })

  it('back-pressure holds after the upgrade, and nothing is lost', async () => {
    const [transport, peer, plain] = await pair()
    const upgraded = onAnswer(plain, transport)
    peer.write('a OK\r\n')
    await plain.untilSize(6)
    const secured = secure(peer)
    const tls = await upgraded
    const seen = new Recorder()
    tls.start(seen)
    tls.pause()
    let finished = false
    secured.write(Buffer.alloc(20_000_000, 'b'), () => {
      finished = true
    })
    await turns(200)
    expect(finished).toBe(false)
    expect(seen.size).toBeLessThan(1_000_000)
    tls.resume()
    await seen.untilSize(20_000_000)
    tls.destroy()
  })

  it('bytes in the kernel before the switch are fatal', async () => {
    const [transport, peer, plain] = await pair()
    transport.pause()
    peer.write('* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n')
    await turns(20)
    let helloSize = 0
    peer.on('data', (chunk) => {
      helloSize += chunk.length
    })
    await expect(startTls(transport, options())).rejects.toMatchObject({ code: 'ESTARTTLSINJECTION' })
    await new Promise((resolve) =>
      peer
        .on('close', resolve)
        .resume()
        .on('end', () => peer.end()),
    )
    expect(helloSize).toBe(0)
    expect(plain.size).toBe(0)
    expect(plain.closings).toEqual([])
  })

  it('a segment that follows at once is fatal', async () => {
    const [transport, peer, plain] = await pair()
    const upgraded = onAnswer(plain, transport)
    peer.write('a OK\r\n')
    await plain.untilSize(6)
    peer.write('* OK [CAPABILITY AUTH=PLAIN] injected\r\n')
    await expect(upgraded).rejects.toMatchObject({ code: 'ESTARTTLSINJECTION' })
    expect(plain.text).toBe('a OK\r\n')
  })

  it('a line in the clear in place of the answer to the ClientHello is fatal', async () => {
    const [transport, peer, plain] = await pair()
    const upgraded = onAnswer(plain, transport)
    peer.write('a OK\r\n')
    peer.once('data', () => peer.write('* OK [CAPABILITY AUTH=PLAIN] injected\r\n'))
    await expect(upgraded).rejects.toMatchObject({ code: 'ESTARTTLSINJECTION' })
  })

  it('a server that closes or resets before the handshake rejects', async () => {
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      const [transport, peer, plain] = await pair()
      const upgraded = onAnswer(plain, transport)
      peer.write('a OK\r\n')
      await plain.untilSize(6)
      peer[how]()
      await expect(upgraded).rejects.toMatchObject({ code: expect.stringMatching(/^(EEOF|ECONNRESET)$/) })
      expect(plain.closings).toEqual([])
    }
  })

  it('refuses a certificate as connectTls() does', async () => {
    const [transport, peer] = await pair()
    secure(peer)
    await expect(startTls(transport, { host: 'other.example', ca: ca.cert })).rejects.toMatchObject({
      code: 'ETLS',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  it('the deadline and the signal hold in the handshake', async () => {
    const [slow] = await pair()
    await expect(startTls(slow, { ...options(), connectTimeout: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const [given, peer] = await pair()
    const controller = new AbortController()
    peer.once('data', () => controller.abort('enough'))
    const { signal } = controller
    await expect(startTls(given, { ...options(), signal })).rejects.toMatchObject({
      code: 'ABORT_ERR',
      cause: 'enough',
    })
  })

  it('refuses all but a plain stream, and a closed one', async () => {
    const [memory] = memoryPair()
    await expect(startTls(memory, options())).rejects.toMatchObject({ code: 'EINVALID' })
    const [transport, peer, plain] = await pair()
    secure(peer)
    const tls = await startTls(transport, options())
    await expect(startTls(tls, options())).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(startTls(transport, options())).rejects.toMatchObject({ code: 'ECLOSED' })
    expect(plain.closings).toEqual([])
    tls.destroy()
  })

  it('works over a stream of the user, and finds bytes that wait in it', async () => {
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    secure(await server.accept())
    const tls = await startTls(duplexTransport(socket), options())
    expect(tls.tls.authorized).toBe(true)
    tls.destroy()
    // Not a socket to Node's eyes: TLS goes through the stream itself.
    const inner = connect(server.port, '127.0.0.1')
    secure(await server.accept())
    const stranger = new Duplex({
      read: () => void inner.resume(),
      write: (chunk, _encoding, done) => void inner.write(chunk, () => done()),
      destroy: (error, done) => done(inner.destroy().errored ?? error),
    })
    inner.on('data', (chunk) => void (stranger.push(chunk) || inner.pause())).on('error', () => {})
    const over = await startTls(duplexTransport(stranger), options())
    const seen = new Recorder(over)
    over.destroy()
    expect(await seen.untilClosed()).toBe(null)
    const stream = new PassThrough()
    stream.write('* OK injected')
    await expect(startTls(duplexTransport(stream), options())).rejects.toMatchObject({ code: 'ESTARTTLSINJECTION' })
  })
})
