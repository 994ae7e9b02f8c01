import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectPlain, createServer, type Socket } from 'node:net'
import { checkServerIdentity, type TLSSocket, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTls, type TlsAddress } from '../../src/transport/tls.ts'
import { type CertificateOptions, CertificateMaker, type Pair } from './certificates.ts'
import { ScriptRunner } from './child-script.ts'
import { type Listening, listenTcp, listenTls } from './listening.ts'
import { Recorder, turns } from './recorder.ts'

let maker: CertificateMaker
let ca: Pair
let good: Pair
let server: Listening
let scripts: ScriptRunner

const goodNames = 'DNS:localhost,IP:127.0.0.1'

beforeAll(async () => {
  maker = await CertificateMaker.create()
  ca = await maker.make({ ca: true, commonName: 'test root' })
  good = await maker.make({ issuer: ca, san: goodNames, commonName: 'localhost' })
  server = await listenTls(good)
  scripts = await ScriptRunner.create()
})
afterAll(async () => {
  await server.stop()
  await maker.dispose()
  await scripts.dispose()
})

const connectGood = (more: Partial<TlsAddress> = {}) =>
  connectTls({ host: 'localhost', family: 4, port: server.port, ca: ca.cert, ...more })

/** Connects to a server with these options of its own; gives the error, or the transport closed again. */
async function attempt(options: TlsOptions, address: Partial<TlsAddress> = {}): Promise<unknown> {
  const other = await listenTls(options)
  try {
    const transport = await connectTls({ host: 'localhost', family: 4, port: other.port, ca: ca.cert, ...address })
    transport.destroy()
    return { secure: transport.secure }
  } catch (error) {
    return error
  } finally {
    await other.stop()
  }
}
const accepted = expect.objectContaining({ secure: true })
const refused = (code: string, words: RegExp) =>
  expect.objectContaining({
    code: 'ETLS',
    cause: expect.objectContaining({ code }),
    message: expect.stringMatching(words),
  })

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

  // In TLS 1.2 the server speaks last in the handshake, so its greeting comes with the end of it.
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: keeps a greeting that comes at once', async (maxVersion) => {
    const eager = await listenTls({ ...good, maxVersion })
    let count = 0
    eager.server.on('secureConnection', (socket: TLSSocket) => socket.end(Buffer.alloc(200_000, ++count)))
    const address = { host: '127.0.0.1', port: eager.port, ca: ca.cert }
    const transports = await Promise.all(Array.from({ length: 10 }, () => connectTls(address)))
    await turns(200)
    const first = new Set<number | undefined>()
    for (const transport of transports) {
      const seen = new Recorder(transport)
      expect(await seen.untilClosed()).toBe(null)
      expect(seen.size).toBe(200_000)
      const { bytes } = seen
      first.add(bytes[0])
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true)
    }
    expect(first.size).toBe(10)
    await eager.stop()
  })

  it('tells what the handshake agreed on, and both sides have the same channel bindings', async () => {
    const transport = await connectGood()
    const peer = (await server.accept()) as TLSSocket
    expect(transport.tls).toMatchObject({ protocol: 'TLSv1.3', authorized: true, alpnProtocol: null })
    expect(transport.tls.cipher).toMatch(/^TLS_/)
    const label = 'EXPORTER-Channel-Binding'
    const ours = transport.tls.exporter(label, 32)
    expect(ours).toHaveLength(32)
    expect(ours?.equals(peer.exportKeyingMaterial(32, label, Buffer.alloc(0)))).toBe(true)
    // Not defined there, but what Cyrus takes: the client's Finished, as in TLS 1.2.
    expect(transport.tls.tlsUnique()?.equals(peer.getPeerFinished() ?? Buffer.alloc(0))).toBe(true)
    expect(transport.tls.peerCertificate?.fingerprint256).toBe(new X509Certificate(good.cert).fingerprint256)
    const digest = createHash('sha256').update(new X509Certificate(good.cert).raw).digest()
    for (let twice = 0; twice < 2; twice++) expect(transport.tls.serverEndPoint()?.equals(digest)).toBe(true)
    transport.destroy()
  })

  it('details can still be asked for when the connection is closed', async () => {
    const transport = await connectGood()
    await server.accept()
    transport.destroy()
    await new Recorder(transport).untilClosed()
    await turns(5)
    const { tls } = transport
    const bindings = [tls.exporter('EXPORTER-Channel-Binding', 32), tls.tlsUnique(), tls.serverEndPoint()]
    expect([...bindings, tls.peerCertificate]).toEqual([null, null, null, null])
  })

  it('TLS 1.2 has tls-unique and no tls-exporter', async () => {
    const transport = await connectGood({ maxVersion: 'TLSv1.2' })
    const peer = (await server.accept()) as TLSSocket
    expect(transport.tls.protocol).toBe('TLSv1.2')
    expect(transport.tls.exporter('EXPORTER-Channel-Binding', 32)).toBe(null)
    expect(transport.tls.tlsUnique()).toHaveLength(12)
    expect(transport.tls.tlsUnique()?.equals(peer.getPeerFinished() ?? Buffer.alloc(0))).toBe(true)
    transport.destroy()
  })

  it('offers ALPN only when told to', async () => {
    const other = await listenTls({ ...good, ALPNProtocols: ['imap'] })
    const address = { host: 'localhost', family: 4, port: other.port, ca: ca.cert } as const
    for (const [alpn, agreed] of [
      [true, 'imap'],
      [['x', 'imap'], 'imap'],
      [undefined, null],
    ] as const) {
      const transport = await connectTls({ ...address, alpn })
      expect(transport.tls.alpnProtocol).toBe(agreed)
      transport.destroy()
    }
    await other.stop()
  })

  it('closes when the connection ends without close_notify, and the bytes before it are there', async () => {
    const transport = await connectGood()
    const peer = (await server.accept()) as TLSSocket
    const seen = new Recorder(transport)
    peer.write('* 1 FETCH (BODY[] {100}\r\nonly the beginn')
    await seen.untilSize(40)
    // The TCP connection under the TLS one: a FIN with no alert before it.
    const { _parent: tcp } = peer as unknown as { _parent: Socket }
    tcp.end()
    await seen.untilClosed()
    expect(seen.size).toBe(40)
    expect(seen.violations).toEqual([])
  })

  it('pause() reaches the server, resume() loses nothing', async () => {
    const transport = await connectGood()
    const peer = await server.accept()
    const seen = new Recorder()
    transport.start(seen)
    transport.pause()
    const body = Buffer.alloc(20_000_000, 'b')
    let finished = false
    peer.write(body, () => {
      finished = true
    })
    await turns(300)
    expect(finished).toBe(false)
    expect(seen.size).toBeLessThan(1_000_000)
    transport.resume()
    await seen.untilSize(body.length)
    expect(finished).toBe(true)
    transport.destroy()
  })
})

describe('certificates', () => {
  const leaf = (more: Partial<CertificateOptions>) => maker.make({ issuer: ca, san: goodNames, ...more })

  it('expired, and not valid yet', async () => {
    const expired = await leaf({ to: '20210101000000Z' })
    expect(await attempt(expired)).toEqual(refused('CERT_HAS_EXPIRED', /^localhost:\d+: the certificate has expired/))
    const early = await leaf({ from: '20800101000000Z' })
    expect(await attempt(early)).toEqual(refused('CERT_NOT_YET_VALID', /not valid yet/))
  })

  it('wrong name, wildcard of another depth, and only a common name', async () => {
    const code = 'ERR_TLS_CERT_ALTNAME_INVALID'
    const other = await leaf({ san: 'DNS:other.example' })
    expect(await attempt(other)).toEqual(refused(code, /is not for localhost.*servername/))
    const wildcard = await leaf({ san: 'DNS:*.mail.example' })
    expect(await attempt(wildcard, { servername: 'a.mail.example' })).toEqual(accepted)
    expect(await attempt(wildcard, { servername: 'a.b.mail.example' })).toEqual(refused(code, /a\.b\.mail\.example/))
    expect(await attempt(wildcard, { servername: 'mail.example' })).toEqual(refused(code, /not for mail\.example/))
    const nameless = await maker.make({ issuer: ca, commonName: 'localhost' })
    expect(await attempt(nameless)).toEqual(refused(code, /no host in its subjectAltName/))
    expect(await attempt(nameless, { checkServerIdentity })).toEqual(accepted)
  })

  it('self-signed, and unknown CA', async () => {
    const self = await maker.make({ san: goodNames })
    expect(await attempt(self)).toEqual(refused('DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed: pass it as `ca`/))
    expect(await attempt(self, { ca: self.cert })).toEqual(accepted)
    const stranger = await maker.make({ ca: true, commonName: 'stranger' })
    const theirs = await maker.make({ issuer: stranger, san: goodNames })
    expect(await attempt(theirs)).toEqual(refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE', /unknown authority/))
    const chain = { cert: theirs.cert + stranger.cert, key: theirs.key }
    expect(await attempt(chain)).toEqual(refused('SELF_SIGNED_CERT_IN_CHAIN', /authority that is not known here/))
  })

  it('an IP address is looked for among the IP addresses of the certificate, and not sent as SNI', async () => {
    let sni: unknown = 'not asked'
    const options = {
      ...good,
      SNICallback: (name: string, done: (error: null) => void) => {
        sni = name
        done(null)
      },
    }
    expect(await attempt(options, { host: '127.0.0.1' })).toEqual(accepted)
    expect(sni).toBe('not asked')
    const named = await leaf({ san: 'DNS:127.0.0.1,DNS:localhost' })
    expect(await attempt(named, { host: '127.0.0.1' })).toEqual(refused('ERR_TLS_CERT_ALTNAME_INVALID', /127\.0\.0\.1/))
    expect(await attempt(named, { host: '127.0.0.1', servername: 'localhost' })).toEqual(accepted)
    expect(await attempt(options, { host: '127.0.0.1', servername: '127.0.0.1' })).toEqual(accepted)
    expect(sni).toBe('not asked')
  })

  it('rejectUnauthorized: false accepts, and says so', async () => {
    const self = await listenTls(await maker.make({ san: 'DNS:elsewhere' }))
    const transport = await connectTls({ host: '127.0.0.1', port: self.port, rejectUnauthorized: false })
    expect(transport.tls.authorized).toBe(false)
    transport.destroy()
    await self.stop()
  })

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
    const self = await listenTls(await maker.make({ san: goodNames }))
    const script = `
      import { connectTls } from './transport/tls.js'
      const address = { host: '127.0.0.1', port: Number(process.argv[2]) }
      for (const more of [{}, { rejectUnauthorized: true }, { rejectUnauthorized: undefined }]) {
        console.log(await connectTls({ ...address, ...more }).then(() => 'connected', (error) => error.code))
      }
    `
    const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { stdout } = await scripts.run(script, [String(self.port)], env)
    expect(stdout).toBe('ETLS\nETLS\nETLS\n')
    await self.stop()
  })

  it('a pin is checked besides the chain', async () => {
    const certificate = new X509Certificate(good.cert)
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    const digest = createHash('sha256').update(spki).digest()
    const mine = [
      certificate.fingerprint256,
      certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      `sha256/${digest.toString('base64')}`,
      `SHA256:${digest.toString('hex')}`,
      ['00'.repeat(32), digest.toString('base64')],
    ]
    for (const fingerprint of mine) expect(await attempt(good, { fingerprint })).toEqual(accepted)
    const mismatch = expect.objectContaining({ code: 'ETLS', message: expect.stringContaining('not the pinned one') })
    const fingerprint = 'ab'.repeat(32)
    expect(await attempt(good, { fingerprint })).toEqual(mismatch)
    expect(await attempt(good, { fingerprint, rejectUnauthorized: false })).toEqual(mismatch)
    const self = await maker.make({ san: 'DNS:elsewhere' })
    const pinned = { fingerprint: new X509Certificate(self.cert).fingerprint256 }
    expect(await attempt(self, pinned)).toEqual(expect.objectContaining({ code: 'ETLS' }))
    expect(await attempt(self, { ...pinned, rejectUnauthorized: false })).toEqual(accepted)
    for (const bad of ['', 'abc', 'zz'.repeat(32), []]) {
      expect(await attempt(good, { fingerprint: bad })).toMatchObject({ code: 'EINVALID' })
    }
  })

  it('a client certificate is sent', async () => {
    const client = await maker.make({ issuer: ca, commonName: 'me' })
    const other = await listenTls({ ...good, ca: ca.cert, requestCert: true })
    const transport = await connectTls({ host: '127.0.0.1', port: other.port, ca: ca.cert, ...client })
    const peer = (await other.accept()) as TLSSocket
    expect(peer.getPeerCertificate().subject.CN).toBe('me')
    transport.destroy()
    await other.stop()
  })

  it('a server that misses a client certificate says so, though the handshake is over', async () => {
    const other = await listenTls({ ...good, ca: ca.cert, requestCert: true })
    const transport = await connectTls({ host: '127.0.0.1', port: other.port, ca: ca.cert })
    const error = await new Recorder(transport).untilClosed()
    expect(error).toMatchObject({ code: 'ETLS', message: expect.stringContaining('pass `cert` and `key`') })
    await other.stop()
  })

  it('options that are there but undefined count as absent', async () => {
    const nothing = { minVersion: undefined, minDHSize: undefined, ciphers: undefined, cert: undefined, key: undefined }
    const more = { checkServerIdentity: undefined, fingerprint: undefined, servername: undefined, alpn: undefined }
    expect(await attempt(good, { ...nothing, ...more })).toEqual(accepted)
  })

  it('a custom check of the name is asked, with the name without its final dot', async () => {
    const asked: string[] = []
    const check = (name: string) => {
      asked.push(name)
      return new Error('no')
    }
    expect(await attempt(good, { servername: 'LocalHost.', checkServerIdentity: check })).toBeInstanceOf(Error)
    expect(asked).toEqual(['localhost'])
  })
})

describe('handshake', () => {
  it('a server with TLS 1.1 only is refused', async () => {
    const old: TlsOptions = { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }
    expect(await attempt(old)).toMatchObject({ code: 'ETLS', message: expect.stringMatching(/TLS/) })
    expect(await attempt(old, { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' })).toEqual(accepted)
  })

  it('a server without TLS on the port is named as such', async () => {
    const plain = await listenTcp()
    plain.server.on('connection', (socket: Socket) => socket.write('* OK IMAP4rev1 ready\r\n'))
    await expect(connectTls({ host: '127.0.0.1', port: plain.port })).rejects.toMatchObject({
      code: 'ETLS',
      message: expect.stringContaining('does not speak TLS'),
    })
    await plain.stop()
  })

  it('a server that hangs up or resets in the handshake rejects with the error of Node', async () => {
    for (const how of ['end', 'resetAndDestroy'] as const) {
      const plain = await listenTcp()
      plain.server.on('connection', (socket: Socket) => socket.once('data', () => socket[how]()))
      await expect(connectTls({ host: '127.0.0.1', port: plain.port })).rejects.toMatchObject({ code: 'ECONNRESET' })
      await plain.stop()
    }
  })

  it('a stall at any flight meets the deadline', async () => {
    const stalls = [0, 1, 130, 600]
    for (const allowed of stalls) {
      const front = createServer((client) => {
        let passed = 0
        const back = server.server.listening ? connectPlain(server.port, '127.0.0.1') : null
        client.on('error', () => {}).on('close', () => back?.destroy())
        back?.on('error', () => {})
        client.on('data', (chunk) => back?.write(chunk))
        back?.on('data', (chunk: Buffer) => {
          const part = chunk.subarray(0, Math.max(0, allowed - passed))
          passed += chunk.length
          if (part.length > 0) client.write(part)
        })
      })
      front.listen(0, '127.0.0.1')
      await once(front, 'listening')
      const { port } = front.address() as { port: number }
      const attempt = connectTls({ host: '127.0.0.1', port, ca: ca.cert, connectTimeout: 150 })
      await expect(attempt).rejects.toMatchObject({ code: 'ETIMEDOUT', retryable: true })
      front.close()
    }
  })

  it('an abort in the handshake drops the connection', async () => {
    const plain = await listenTcp()
    const controller = new AbortController()
    const attempt = connectTls({ host: '127.0.0.1', port: plain.port, signal: controller.signal })
    const peer = await plain.accept()
    const reason = new Error('no time')
    peer.once('data', () => controller.abort(reason))
    await expect(attempt).rejects.toMatchObject({ code: 'ABORT_ERR', cause: reason })
    await new Promise((resolve) => peer.on('end', resolve).on('close', resolve).resume())
    await plain.stop()
  })

  it('bad options are refused before anything is opened', async () => {
    const bad: Partial<TlsAddress>[] = [
      { key: 'not a key' },
      { cert: 'not a certificate' },
      { minVersion: 'TLSv9' as 'TLSv1.2' },
      { connectTimeout: -1 },
      { connectTimeout: Number.NaN },
      { port: 0 },
      { port: 70_000 },
      { localAddress: 'nonsense' },
    ]
    for (const more of bad) await expect(connectGood(more)).rejects.toMatchObject({ code: 'EINVALID' })
    expect(await attempt(good, { ca: 'not a certificate' })).toMatchObject({ code: expect.stringMatching(/^E/) })
  })
})
