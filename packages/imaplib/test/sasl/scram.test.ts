import { createHmac, pbkdf2Sync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImapError } from '../../src/errors/imap-error.ts'
import type { ChannelBinding } from '../../src/sasl/channel-binding.ts'
import type { SaslExchange } from '../../src/sasl/mechanism.ts'
import { type ScramName, type ScramOptions, scram } from '../../src/sasl/scram.ts'
import { scramServer } from './scram-server.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
const bytes = (value: string) => Buffer.from(value, 'utf8')
const esasl = { code: 'ESASL' }

async function initialText(exchange: SaslExchange): Promise<string> {
  const initial = await exchange.initial()
  if (initial === null) throw new Error('no initial response')
  return text(initial)
}

describe('RFC test vectors', () => {
  it.each<[ScramName, string, string, string, string, string]>([
    [
      'SCRAM-SHA-1', // RFC 5802 §5
      'fyko+d2lbbFgONRv9qkxdawL',
      'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    ],
    [
      'SCRAM-SHA-256', // RFC 7677 §3
      'rOprNGfwEbeRWgbNEkqO',
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    ],
  ])('%s', async (name, nonce, clientFirst, serverFirst, clientFinal, serverFinal) => {
    const mechanism = scram(name, 'user', 'pencil', { nonce: () => nonce })
    expect(mechanism.name).toBe(name)
    const exchange = mechanism.begin()
    expect(await initialText(exchange)).toBe(clientFirst)
    expect(() => exchange.succeeded()).toThrow(ImapError)
    expect(text(await exchange.respond(bytes(serverFirst)))).toBe(clientFinal)
    expect(() => exchange.succeeded()).toThrow('did not prove')
    expect(await exchange.respond(bytes(serverFinal))).toHaveLength(0)
    exchange.succeeded()
    expect(exchange.refusal).toBeUndefined()
  })
})

describe('against a server', () => {
  const binding: ChannelBinding = { type: 'tls-exporter', data: Buffer.from('00'.repeat(16) + 'ff'.repeat(16), 'hex') }
  const algorithms = { 'SCRAM-SHA-1': 'sha1', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const

  async function run(
    name: ScramName,
    user: string,
    password: string,
    options: ScramOptions,
    serverPassword = password,
  ) {
    const exchange = scram(name, user, password, options).begin()
    const server = scramServer({
      algorithm: algorithms[name],
      password: serverPassword,
      ...(options.channelBinding === undefined ? {} : { bindingData: options.channelBinding.data }),
    })
    const clientFirst = await initialText(exchange)
    const clientFinal = await exchange.respond(server.first(bytes(clientFirst)))
    await exchange.respond(server.final(clientFinal))
    exchange.succeeded()
    return clientFirst
  }

  for (const name of ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
    it(`${name}: bound, unbound, and not offered`, async () => {
      expect(await run(name, 'user', 'pencil', {})).toMatch(/^n,,n=user,r=/)
      expect(await run(name, 'user', 'pencil', { bindingNotOffered: true })).toMatch(/^y,,n=user,r=/)
      expect(await run(name, 'user', 'pencil', { channelBinding: binding })).toMatch(/^p=tls-exporter,,n=user,r=/)
      const bound = scram(name, 'user', 'pencil', { channelBinding: binding })
      expect(bound.name).toBe(`${name}-PLUS`)
    })
  }

  it('sends the other types of binding under their names', async () => {
    for (const type of ['tls-unique', 'tls-server-end-point'] as const) {
      const first = await run('SCRAM-SHA-256', 'user', 'pencil', { channelBinding: { type, data: Buffer.from('cb') } })
      expect(first.startsWith(`p=${type},,`)).toBe(true)
    }
  })

  it('a binding to another connection does not pass', async () => {
    const exchange = scram('SCRAM-SHA-256', 'user', 'pencil', { channelBinding: binding }).begin()
    const server = scramServer({ algorithm: 'sha256', password: 'pencil', bindingData: Buffer.from('another') })
    const final = await exchange.respond(server.first(bytes(await initialText(exchange))))
    expect(() => server.final(final)).toThrow('binding')
  })

  it('escapes names and sends the authorization identity', async () => {
    const first = await run('SCRAM-SHA-256', 'a=b,c', 'pencil', { authzid: 'x,y=z' })
    expect(first).toMatch(/^n,a=x=2Cy=3Dz,n=a=3Db=2Cc,r=/)
  })

  it('prepares user and password with SASLprep, or not when told', async () => {
    // U+2168 is IX, U+00AD is nothing (RFC 4013 §3).
    expect(await run('SCRAM-SHA-256', 'us\u00ader', '\u2168\u00a0x', {}, 'IX x')).toMatch(/^n,,n=user,/)
    const raw = await run('SCRAM-SHA-256', '\u2168', '\u2168 \u{1f600}', { prepare: 'none' })
    expect(raw).toMatch(/^n,,n=\u2168,/)
    expect(() => scram('SCRAM-SHA-256', 'user', 'p\u{1f600}')).toThrow(expect.objectContaining({ code: 'EINVALID' }))
    expect(() => scram('SCRAM-SHA-256', '\u00ad', 'p')).toThrow(expect.objectContaining({ code: 'EINVALID' }))
  })

  it('takes passwords with any character that SASLprep lets through', async () => {
    for (const password of ['"quoted"', 'back\\slash', 'a,b=c', '', 'Grüße', 'x'.repeat(8192)]) {
      await run('SCRAM-SHA-256', 'user', password, {})
    }
    for (const password of ['cr\rlf', 'lf\n', 'nul\0']) {
      expect(() => scram('SCRAM-SHA-256', 'user', password)).toThrow(ImapError)
      await run('SCRAM-SHA-256', 'user', password, { prepare: 'none' })
    }
  })

  it('keeps the keys of a salt, and takes no old key for a new salt', async () => {
    const mechanism = scram('SCRAM-SHA-256', 'user', 'pencil')
    for (const [salt, iterations] of [
      ['one', 4096],
      ['one', 4096],
      ['two', 4096],
      ['two', 5000],
      ['one', 4096],
    ] as const) {
      const exchange = mechanism.begin()
      const server = scramServer({ algorithm: 'sha256', password: 'pencil', salt: Buffer.from(salt), iterations })
      await exchange.respond(server.final(await exchange.respond(server.first(bytes(await initialText(exchange))))))
      exchange.succeeded()
    }
  })

  it('every exchange has a nonce of its own', async () => {
    const mechanism = scram('SCRAM-SHA-256', 'user', 'pencil')
    const nonces = new Set<string>()
    for (let count = 0; count < 50; count++) nonces.add(await initialText(mechanism.begin()))
    expect(nonces.size).toBe(50)
  })
})

describe('a server that breaks the rules is never believed', () => {
  const nonce = 'abcdefgh'
  const salt = 'QSXCR+Q6sek8bf92'
  const begin = (options: ScramOptions = {}) =>
    scram('SCRAM-SHA-256', 'user', 'pencil', { nonce: () => nonce, ...options }).begin()

  async function refuses(serverFirst: string | Uint8Array, reason: RegExp, options: ScramOptions = {}) {
    const exchange = begin(options)
    await exchange.initial()
    const challenge = typeof serverFirst === 'string' ? bytes(serverFirst) : serverFirst
    await expect(exchange.respond(challenge)).rejects.toMatchObject({
      ...esasl,
      message: expect.stringMatching(reason),
    })
    expect(() => exchange.succeeded()).toThrow(ImapError)
    // And it stays so, whatever comes next.
    await expect(exchange.respond(bytes(`r=${nonce}X,s=${salt},i=4096`))).rejects.toMatchObject(esasl)
    expect(() => exchange.succeeded()).toThrow(ImapError)
  }

  it.each([
    ['0', /not a number/],
    ['1', /at least 4096/],
    ['4095', /at least 4096/],
    ['1000001', /at most 1000000/],
    ['2147483648', /at most/],
    ['1000000000', /at most/],
    ['1e9', /not a number/],
    ['-4096', /not a number/],
    ['04096', /not a number/],
    ['4096 ', /not a number/],
    ['0x1000', /not a number/],
    ['9'.repeat(400), /not a number/],
  ])('iterations %s', async (iterations, reason) => {
    await refuses(`r=${nonce}X,s=${salt},i=${iterations}`, reason)
  })

  it('the bounds of iterations can be set, and are checked', async () => {
    await refuses(`r=${nonce}X,s=${salt},i=4096`, /at least 10000/, { minIterations: 10_000 })
    await refuses(`r=${nonce}X,s=${salt},i=4097`, /at most 4096/, { maxIterations: 4096 })
    expect(await begin({ minIterations: 1 }).respond(bytes(`r=${nonce}X,s=${salt},i=1`))).toBeInstanceOf(Uint8Array)
    for (const bad of [
      { minIterations: 0 },
      { maxIterations: 5 },
      { maxIterations: 2 ** 31 },
      { minIterations: Number.NaN },
    ]) {
      expect(() => begin(bad)).toThrow(expect.objectContaining({ code: 'EINVALID' }))
    }
  })

  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /malformed/],
    ['no nonce', `s=${salt},i=4096`, /lacks r=/],
    ['no salt', `r=${nonce}X,i=4096`, /lacks s=/],
    ['no iterations', `r=${nonce}X,s=${salt}`, /lacks i=/],
    ['wrong order', `s=${salt},r=${nonce}X,i=4096`, /lacks r=/],
    ['nonce twice', `r=${nonce}X,s=${salt},i=4096,r=${nonce}Y`, /r= twice/],
    ['salt twice', `r=${nonce}X,s=${salt},s=${salt},i=4096`, /s= twice/],
    ['iterations twice', `r=${nonce}X,s=${salt},i=4096,i=4096`, /i= twice/],
    ['mandatory extension', `m=ext,r=${nonce}X,s=${salt},i=4096`, /extension/],
    ['mandatory extension at the end', `r=${nonce}X,s=${salt},i=4096,m=ext`, /extension/],
    ['our nonce alone', `r=${nonce},s=${salt},i=4096`, /added nothing/],
    ['another nonce', `r=zzzzzzzzX,s=${salt},i=4096`, /does not begin/],
    ['a piece of our nonce', `r=abc,s=${salt},i=4096`, /does not begin/],
    ['nonce with a control character', `r=${nonce}\x07,s=${salt},i=4096`, /printable/],
    ['nonce with a line end', `r=${nonce}\r\n,s=${salt},i=4096`, /printable/],
    ['nonce not ASCII', `r=${nonce}ü,s=${salt},i=4096`, /printable/],
    ['nonce too long', `r=${nonce}${'X'.repeat(2000)},s=${salt},i=4096`, /too long/],
    ['NUL', `r=${nonce}X\0,s=${salt},i=4096`, /NUL/],
    ['not UTF-8', Buffer.from([0x72, 0x3d, 0xff, 0xfe]), /UTF-8/],
    ['a byte order mark', `\ufeffr=${nonce}X,s=${salt},i=4096`, /malformed/],
    ['empty salt', `r=${nonce}X,s=,i=4096`, /malformed/],
    ['salt no base64', `r=${nonce}X,s=!!!!,i=4096`, /salt is not base64/],
    ['salt without padding', `r=${nonce}X,s=QQ,i=4096`, /salt is not base64/],
    ['salt of 1 MiB', `r=${nonce}X,s=${'A'.repeat(1 << 20)},i=4096`, /salt is too long/],
    ['attribute without value', `r=${nonce}X,s=${salt},i=4096,x`, /malformed/],
    ['trailing comma', `r=${nonce}X,s=${salt},i=4096,`, /malformed/],
  ])('server-first: %s', async (_case, message, reason) => refuses(message, reason))

  it('ignores optional extensions (RFC 5802 §5.1), which still count in the proof', async () => {
    const exchange = begin()
    const serverFirst = `r=${nonce}X,s=${salt},i=4096,x=ünknown=1`
    const clientFinal = text(await exchange.respond(bytes(serverFirst)))
    const salted = pbkdf2Sync('pencil', Buffer.from(salt, 'base64'), 4096, 32, 'sha256')
    const serverKey = createHmac('sha256', salted).update('Server Key').digest()
    const authMessage = `n=user,r=${nonce},${serverFirst},${clientFinal.split(',p=')[0]}`
    const signature = createHmac('sha256', serverKey).update(authMessage).digest('base64')
    await exchange.respond(bytes(`v=${signature},x=more`))
    exchange.succeeded()
  })

  const signature = Buffer.alloc(32, 1).toString('base64')
  it.each<[string, string]>([
    ['wrong signature', `v=${signature}`],
    ['short signature', 'v=AAAA'],
    ['long signature', `v=${Buffer.alloc(64).toString('base64')}`],
    ['no base64', 'v=*'],
    ['nothing', ''],
    ['no v=', `x=${signature}`],
    ['v= twice', `v=${signature},v=${signature}`],
    ['mandatory extension', `m=1,v=${signature}`],
    ['server-first again', `r=${nonce}X,s=${salt},i=4096`],
  ])('server-final: %s', async (_case, message) => {
    const exchange = begin()
    await exchange.respond(bytes(`r=${nonce}X,s=${salt},i=4096`))
    await expect(exchange.respond(bytes(message))).rejects.toMatchObject(esasl)
    expect(() => exchange.succeeded()).toThrow(ImapError)
    await expect(exchange.respond(bytes(''))).rejects.toMatchObject(esasl)
  })

  it('e= is kept as a refusal, whenever it comes, and an OK after it is not believed', async () => {
    for (const before of [[], [`r=${nonce}X,s=${salt},i=4096`]]) {
      const exchange = begin()
      for (const message of before) await exchange.respond(bytes(message))
      expect(await exchange.respond(bytes('e=channel-bindings-dont-match'))).toHaveLength(0)
      expect(exchange.refusal).toMatchObject({ mechanism: 'SCRAM-SHA-256', code: 'channel-bindings-dont-match' })
      expect(() => exchange.succeeded()).toThrow('refused')
      await expect(exchange.respond(bytes('v=AAAA'))).rejects.toMatchObject(esasl)
    }
    const unknown = begin()
    await unknown.respond(bytes(`e=__proto__${'x'.repeat(5000)}`))
    expect(unknown.refusal?.code).toBe('other-error')
    expect(unknown.refusal?.details.get('e')).toHaveLength(512)
  })

  it('a server that does not wait for the answer', async () => {
    const exchange = begin()
    const first = exchange.respond(bytes(`r=${nonce}X,s=${salt},i=4096`))
    const second = exchange.respond(bytes(`v=${signature}`))
    await expect(second).rejects.toMatchObject(esasl)
    await expect(first).rejects.toMatchObject(esasl)
    expect(() => exchange.succeeded()).toThrow(ImapError)
  })

  it('no message whatever gets past it', async () => {
    const attribute = fc.tuple(fc.constantFrom('r', 's', 'i', 'v', 'e', 'm', 'x', ''), fc.string({ maxLength: 12 }))
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
      fc
        .array(attribute, { maxLength: 5 })
        .map((parts) => bytes(parts.map(([key, value]) => `${key}=${value}`).join(','))),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 4 }), async (messages) => {
        const exchange = begin()
        for (const challenge of messages) {
          try {
            await exchange.respond(challenge)
          } catch (error) {
            expect(error).toMatchObject(esasl)
          }
        }
        expect(() => exchange.succeeded()).toThrow(ImapError)
      }),
    )
  })
})

describe('bad input fails before anything is sent', () => {
  it.each<[string, () => unknown]>([
    ['empty user', () => scram('SCRAM-SHA-1', '', 'p')],
    ['NUL in the user', () => scram('SCRAM-SHA-1', 'a\0', 'p')],
    ['half a surrogate pair in the user', () => scram('SCRAM-SHA-1', '\ud800', 'p', { prepare: 'none' })],
    ['half a surrogate pair in the password', () => scram('SCRAM-SHA-1', 'u', 'p\udc00', { prepare: 'none' })],
    ['NUL in the authorization identity', () => scram('SCRAM-SHA-1', 'u', 'p', { authzid: '\0' })],
    ['a password that is no text', () => scram('SCRAM-SHA-1', 'u', Buffer.from([0xff]))],
    [
      'an empty binding',
      () => scram('SCRAM-SHA-1', 'u', 'p', { channelBinding: { type: 'tls-unique', data: Buffer.alloc(0) } }),
    ],
    [
      'bound and not offered',
      () =>
        scram('SCRAM-SHA-1', 'u', 'p', {
          channelBinding: { type: 'tls-unique', data: bytes('x') },
          bindingNotOffered: true,
        }),
    ],
    ['a nonce with a comma', () => scram('SCRAM-SHA-1', 'u', 'p', { nonce: () => 'a,b' }).begin()],
  ])('%s', (_case, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'EINVALID' }))
  })
})
