import { describe, expect, it } from 'vitest'
import { type AuthenticateFailure, mechanismUnavailable } from '../../src/sasl/mechanism-unavailable.ts'

const refusal = (code: string) => ({ mechanism: 'SCRAM-SHA-256-PLUS', code, details: new Map<string, string>() })
const failure = (rest: Partial<AuthenticateFailure>): AuthenticateFailure => ({
  status: 'NO',
  challenged: false,
  initialSent: false,
  ...rest,
})

describe('the next mechanism is tried', () => {
  it.each<[string, Partial<AuthenticateFailure>]>([
    ['after BAD to the name alone', { status: 'BAD' }],
    ['after BAD to an initial response', { status: 'BAD', initialSent: true }],
    ['after NO to the name alone', {}],
    ['after NO [CANNOT]', { responseCode: 'CANNOT', initialSent: true }],
    [
      'for another type of binding, in the words of Cyrus',
      { mechanism: 'SCRAM-SHA-256-PLUS', challenged: true, initialSent: true, serverText: 'bad protocol / cancel' },
    ],
    [
      'in the words of Dovecot',
      { responseCode: 'ALERT', initialSent: true, serverText: 'Unsupported authentication mechanism.' },
    ],
    [
      'for another type of binding',
      { challenged: true, initialSent: true, refusal: refusal('unsupported-channel-binding-type') },
    ],
  ])('%s', (_case, rest) => {
    expect(mechanismUnavailable(failure(rest))).toBe(true)
  })
})

describe('the login ends', () => {
  it.each<[string, Partial<AuthenticateFailure>]>([
    ['after NO to credentials', { initialSent: true }],
    ['after NO to a challenge answered', { challenged: true }],
    ['after BAD in the middle', { status: 'BAD', challenged: true }],
    ['with the wrong password', { responseCode: 'AUTHENTICATIONFAILED' }],
    ['when the server is down', { responseCode: 'UNAVAILABLE' }],
    ['when the account is expired', { status: 'BAD', responseCode: 'EXPIRED' }],
    ['without privacy', { responseCode: 'PRIVACYREQUIRED' }],
    ['with an alert about the account', { responseCode: 'ALERT', serverText: 'Your account is locked' }],
    [
      'when a bound password is wrong, in the words of Cyrus',
      { mechanism: 'SCRAM-SHA-256-PLUS', challenged: true, serverText: 'authentication failure' },
    ],
    [
      'when an unbound exchange went wrong',
      { mechanism: 'SCRAM-SHA-256', challenged: true, serverText: 'bad protocol / cancel' },
    ],
    ['when the binding differs', { refusal: refusal('channel-bindings-dont-match') }],
    ['when the list was tampered with', { refusal: refusal('server-does-support-channel-binding') }],
    ['when the proof is wrong', { refusal: refusal('invalid-proof') }],
    ['when the token is refused', { refusal: refusal('invalid_token') }],
  ])('%s', (_case, rest) => {
    expect(mechanismUnavailable(failure(rest))).toBe(false)
  })
})
