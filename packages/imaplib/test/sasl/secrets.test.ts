import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { chooseMechanism, cramMd5, login, oauthbearer, plain, scram, xoauth2 } from '../../src/sasl/index.ts'
import type { SaslMechanism } from '../../src/sasl/mechanism.ts'
import { Secret } from '../../src/wire/secret.ts'

const canary = 'CANARY-7d1f'
/** Every form in which it might slip out. */
const forms = [canary, Buffer.from(canary).toString('base64').slice(0, 12), Buffer.from(canary).toString('hex')]

function show(value: unknown): string {
  const options = {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    getters: true,
    maxStringLength: null,
    maxArrayLength: null,
  }
  const parts = [inspect(value, options), inspect(value, { ...options, showHidden: false }), String(value)]
  parts.push(JSON.stringify(value) ?? '')
  if (value instanceof Error) parts.push(value.message, value.stack ?? '', inspect(value.cause, options))
  return parts.join('\n')
}

/** Octets print as numbers and hexadecimal pairs. */
function expectClean(value: unknown) {
  const shown = show(value)
  for (const form of forms) expect(shown).not.toContain(form)
  expect(shown.replaceAll(' ', '')).not.toContain(forms[2])
  expect(shown).not.toContain([...Buffer.from(canary)].join(','))
}

const makers: [string, (secret: string | Secret) => SaslMechanism][] = [
  ['PLAIN', (secret) => plain('u', secret)],
  ['LOGIN', (secret) => login('u', secret)],
  ['CRAM-MD5', (secret) => cramMd5('u', secret)],
  ['SCRAM-SHA-256', (secret) => scram('SCRAM-SHA-256', 'u', secret, { minIterations: 1, nonce: () => 'abc' })],
  ['XOAUTH2', (secret) => xoauth2('u', secret)],
  ['OAUTHBEARER', (secret) => oauthbearer('u', secret)],
]

describe.each(makers)('%s never shows its secret', (_name, make) => {
  it.each([
    ['string', canary],
    ['Secret', new Secret(canary)],
  ])('given as %s', async (_form, secret) => {
    const mechanism = make(secret)
    const exchange = mechanism.begin()
    expectClean(mechanism)
    expectClean(exchange)
    const sent = await exchange.initial()
    expectClean(exchange)

    // Through a whole exchange, and past its end into the errors.
    for (const challenge of ['r=abcX,s=QQ==,i=1', `e=${'x'}`, canary, 'again', 'again']) {
      try {
        await exchange.respond(Buffer.from(challenge))
      } catch (error) {
        expectClean(error)
      }
      expectClean(exchange)
      expectClean(mechanism)
    }
    try {
      exchange.succeeded()
    } catch (error) {
      expectClean(error)
    }
    // The test would see it: what was sent does hold it, where the mechanism sends it at all.
    if (sent !== null && ['PLAIN', 'XOAUTH2', 'OAUTHBEARER'].includes(mechanism.name)) {
      expect(() => expectClean(Buffer.from(sent).toString())).toThrow()
    }
  })
})

describe('errors about secrets do not repeat them', () => {
  it.each<[string, () => unknown]>([
    ['NUL in PLAIN', () => plain('u', `${canary}\0`)],
    ['NUL in LOGIN', () => login('u', `${canary}\0`)],
    ['half a surrogate pair', () => cramMd5('u', `${canary}\ud800`)],
    ['control character in SCRAM', () => scram('SCRAM-SHA-1', 'u', `${canary}\u0007ü`)],
    ['unassigned in SCRAM', () => scram('SCRAM-SHA-1', 'u', `${canary}\u{1f600}`)],
    ['writing directions in SCRAM', () => scram('SCRAM-SHA-1', 'u', `${canary}\u0627`)],
    ['not UTF-8 in SCRAM', () => scram('SCRAM-SHA-1', 'u', Buffer.from(`${canary}\xff`, 'latin1'))],
    ['space in a token', () => xoauth2('u', `${canary} x`)],
    ['nothing to choose', () => chooseMechanism([], { user: 'u', password: canary }, { tls: false })],
    ['nothing that fits', () => chooseMechanism(['PLAIN'], { user: 'u', password: `${canary}\0` }, { tls: true })],
    ['no token mechanism', () => chooseMechanism([], { user: 'u', accessToken: canary }, { tls: true })],
  ])('%s', (_case, fail) => {
    let error: unknown
    try {
      fail()
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(Error)
    expectClean(error)
  })

  it('the list of choices', () => {
    const offer = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'XOAUTH2', 'OAUTHBEARER']
    expectClean(chooseMechanism(offer, { user: 'u', password: canary }, { tls: true }))
    expectClean(chooseMechanism(offer, { user: 'u', accessToken: canary }, { tls: true }))
  })
})
