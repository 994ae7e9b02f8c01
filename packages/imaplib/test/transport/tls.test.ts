import { once } from 'node:events'
import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTls, type TlsAddress } from '../../src/transport/tls.ts'
import { CertificateMaker, type Pair } from './certificates.ts'
import { type Listening, listenTls } from './listening.ts'
import { Recorder, turns } from './recorder.ts'

let maker: CertificateMaker
let ca: Pair
let good: Pair
let server: Listening

beforeAll(async () => {
  maker = await CertificateMaker.create()
  ca = await maker.make({ ca: true, commonName: 'test root' })
  good = await maker.make({ issuer: ca, san: 'DNS:localhost,IP:127.0.0.1', commonName: 'localhost' })
  server = await listenTls(good)
})
afterAll(async () => {
  await server.stop()
  await maker.dispose()
})

const connectGood = (more: Partial<TlsAddress> = {}) =>
  connectTls({ host: 'localhost', family: 4, port: server.port, ca: ca.cert, ...more })

describe('connectTls', () => {
  it('carries bytes both ways, and keeps what came before start()', async () => {
    const transport = await connectGood()
    const peer = (await server.accept()) as TLSSocket
    peer.write('* OK ready\r\n')
    await turns(50)
    const seen = new Recorder(transport)
    await seen.untilSize(12)
    expect(seen.text).toBe('* OK ready\r\n')
    transport.write(Buffer.from('a NOOP\r\n'))
    const [chunk] = await once(peer, 'data')
    expect(String(chunk)).toBe('a NOOP\r\n')
    expect(peer.servername).toBe('localhost')
    peer.end('bye')
    expect(await seen.untilClosed()).toBe(null)
    expect(seen.text).toBe('* OK ready\r\nbye')
    expect(transport.secure).toBe(true)
  })

  it('tells what the handshake agreed on, and the channel bindings of both sides are the same', async () => {
    const transport = await connectGood()
    const peer = (await server.accept()) as TLSSocket
    expect(transport.tls).toMatchObject({ protocol: 'TLSv1.3', authorized: true, alpnProtocol: null })
    expect(transport.tls.cipher).toMatch(/^TLS_/)
    const label = 'EXPORTER-Channel-Binding'
    const ours = transport.tls.exporter(label, 32)
    expect(ours).toHaveLength(32)
    expect(ours?.equals(peer.exportKeyingMaterial(32, label, Buffer.alloc(0)))).toBe(true)
    expect(transport.tls.tlsUnique()).toBe(null)
    expect(transport.tls.peerCertificate?.fingerprint256).toBe(new X509Certificate(good.cert).fingerprint256)
    transport.destroy()
  })
})
