import { ImapError, invalid } from '../errors/imap-error.ts'
import type { AccessTokenInput } from './access-token.ts'
import { anonymous } from './anonymous.ts'
import type { ChannelBinding } from './channel-binding.ts'
import { cramMd5 } from './cram-md5.ts'
import { type PasswordInput, passwordBytes, requiredNameBytes, sealPassword } from './credential-text.ts'
import { external } from './external.ts'
import { login } from './login.ts'
import type { SaslMechanism } from './mechanism.ts'
import { oauthbearer } from './oauthbearer.ts'
import { plain } from './plain.ts'
import { type ScramName, type ScramOptions, scram } from './scram.ts'
import type { Secret } from '../wire/secret.ts'
import { xoauth2 } from './xoauth2.ts'

/** Who logs in, and with what. Exactly one of the four kinds. */
export type SaslCredentials =
  | { readonly user: string; readonly password: PasswordInput; readonly authzid?: string | undefined }
  | { readonly user: string; readonly accessToken: AccessTokenInput; readonly host?: string; readonly port?: number }
  /** The TLS client certificate says who it is. */
  | { readonly external: true; readonly authzid?: string | undefined }
  | { readonly anonymous: true; readonly trace?: string | undefined }

/** `LOGIN-COMMAND` is IMAP's own LOGIN (RFC 9051 §6.2.3), which is no SASL mechanism. */
export type MechanismName =
  | `${ScramName}-PLUS`
  | ScramName
  | 'CRAM-MD5'
  | 'PLAIN'
  | 'LOGIN'
  | 'LOGIN-COMMAND'
  | 'OAUTHBEARER'
  | 'XOAUTH2'
  | 'EXTERNAL'
  | 'ANONYMOUS'

/** Options of {@link chooseMechanism}. */
export interface ChooseOptions {
  /** Whether the link is protected (`transport.secure`). Without it no password and no token is sent in the clear. */
  tls: boolean
  /**
   * The bindings that this connection can make, the preferred one first. With one of them and a `-PLUS` mechanism on
   * offer, nothing but `-PLUS` is chosen: a binding that may be dropped binds nothing (RFC 5802 §6). To do without, give
   * none, or `allow` without `-PLUS`.
   */
  channelBinding?: ChannelBinding | readonly ChannelBinding[] | undefined
  /**
   * The weakest mechanism to use, for example `SCRAM-SHA-256`. By strength, not by preference:
   * `SCRAM-SHA-512-PLUS`, `-256-PLUS`, `-1-PLUS`, `SCRAM-SHA-512`, `-256`, `-1`, `CRAM-MD5`, `PLAIN`, `LOGIN`,
   * `LOGIN-COMMAND`; for tokens `OAUTHBEARER`, `XOAUTH2`. Default: none.
   */
  floor?: MechanismName | undefined
  /** Only these. Default: all. */
  allow?: readonly MechanismName[] | undefined
  /** The server advertises LOGINDISABLED (RFC 9051 §6.2.3). Default false. */
  loginDisabled?: boolean | undefined
  /** Lets PLAIN, LOGIN and tokens go out without TLS, where everybody on the way reads them. Default false. */
  dangerouslyAllowCleartextSecrets?: boolean | undefined
  /** Passed on to {@link scram}. */
  scram?: Pick<ScramOptions, 'minIterations' | 'maxIterations' | 'prepare'> | undefined
}

/** One way to log in. */
export type MechanismChoice =
  | { readonly kind: 'sasl'; readonly name: MechanismName; readonly mechanism: SaslMechanism }
  | { readonly kind: 'login-command'; readonly name: 'LOGIN-COMMAND'; readonly user: string; readonly password: Secret }

/** Strongest first: what a floor is measured on. */
const passwordStrength: readonly MechanismName[] = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'CRAM-MD5',
  'PLAIN',
  'LOGIN',
  'LOGIN-COMMAND',
]
const tokenStrength: readonly MechanismName[] = ['OAUTHBEARER', 'XOAUTH2']

/**
 * CRAM-MD5 protects the password on the wire, which TLS does better, and makes the server keep the password itself; many
 * servers advertise it for accounts whose hashed password cannot serve it. So it goes behind PLAIN: under TLS it is the
 * last of the mechanisms, and without TLS, where PLAIN is not taken at all, the next after SCRAM.
 */
const passwordPreference: readonly MechanismName[] = [
  ...passwordStrength.filter((name) => name.startsWith('SCRAM-')),
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
  'LOGIN-COMMAND',
]

/** A secret goes out readable by whoever sees the bytes. EXTERNAL has none, but without TLS there is no certificate. */
const needsTls = new Set<MechanismName>(['PLAIN', 'LOGIN', 'LOGIN-COMMAND', 'OAUTHBEARER', 'XOAUTH2', 'EXTERNAL'])

interface Candidate {
  readonly name: MechanismName
  readonly make: () => MechanismChoice
}

/**
 * The ways to log in to this server, the best first; never empty. Take the first. The next may be tried only when the
 * server refused the mechanism itself and not the credentials: see {@link mechanismUnavailable}.
 *
 * @param advertised the capabilities (`AUTH=PLAIN`; others are passed over) or bare mechanism names (`PLAIN`), as told
 * after TLS began. Case does not matter. `LOGINDISABLED` among them counts.
 * @throws {@link ImapError} `ESASL` when nothing is left, naming what the server offers; `EINVALID` when the credentials
 * fit none of what is left (an empty password in PLAIN), or the floor is of another kind than the credentials.
 * @example
 * const [best] = chooseMechanism(capabilities, { user, password }, { tls: true, floor: 'SCRAM-SHA-256' })
 */
export function chooseMechanism(
  advertised: Iterable<string>,
  credentials: SaslCredentials,
  options: ChooseOptions,
): [MechanismChoice, ...MechanismChoice[]] {
  const offer = readOffer(advertised)
  const candidates = candidatesFor(credentials, options)
  const usable = restrict(candidates, credentials, offer, options)
  if (usable.length === 0) throw nothingLeft(offer, candidates, options)

  const choices: MechanismChoice[] = []
  let failure: unknown
  for (const candidate of usable) {
    try {
      choices.push(candidate.make())
    } catch (error) {
      // These credentials do not fit this mechanism (SASLprep, RFC 4616's grammar). Only the user decides that, never
      // the server, so going on to the next is no downgrade.
      failure ??= error
    }
  }
  const [first, ...rest] = choices
  if (first === undefined) throw failure
  return [first, ...rest]
}

interface Offer {
  readonly mechanisms: ReadonlySet<string>
  readonly loginDisabled: boolean
}

function readOffer(advertised: Iterable<string>): Offer {
  const words = Array.from(advertised, (word) => word.toUpperCase())
  const capabilities = words.some((word) => word.startsWith('AUTH=') || word.startsWith('IMAP4'))
  // Among capabilities the bare word LOGIN or PLAIN means nothing.
  const mechanisms = new Set(
    capabilities ? words.filter((word) => word.startsWith('AUTH=')).map((word) => word.slice('AUTH='.length)) : words,
  )
  mechanisms.delete('LOGINDISABLED')
  return {
    mechanisms,
    loginDisabled: words.includes('LOGINDISABLED'),
  }
}

function candidatesFor(credentials: SaslCredentials, options: ChooseOptions): Candidate[] {
  const sasl = (name: MechanismName, make: () => SaslMechanism): Candidate => ({
    name,
    make: () => ({ kind: 'sasl', name, mechanism: make() }),
  })
  if ('external' in credentials) return [sasl('EXTERNAL', () => external(credentials.authzid))]
  if ('anonymous' in credentials) return [sasl('ANONYMOUS', () => anonymous(credentials.trace))]
  if ('accessToken' in credentials) {
    const { user, accessToken, host, port } = credentials
    return [
      sasl('OAUTHBEARER', () => oauthbearer(user, accessToken, { host, port })),
      sasl('XOAUTH2', () => xoauth2(user, accessToken, { host, port })),
    ]
  }

  const { user, password, authzid } = credentials
  const bindings = wantedBindings(options)
  return passwordPreference.flatMap((name): Candidate[] => {
    const scramName = name.replace(/-PLUS$/, '') as ScramName
    if (name.endsWith('-PLUS')) {
      return bindings.map((channelBinding) =>
        sasl(name, () => scram(scramName, user, password, { ...options.scram, authzid, channelBinding })),
      )
    }
    if (name.startsWith('SCRAM-')) {
      // When its -PLUS is offered, `restrict` lets this one through only if no binding is wanted.
      const bindingNotOffered = bindings.length > 0
      return [sasl(name, () => scram(scramName, user, password, { ...options.scram, authzid, bindingNotOffered }))]
    }
    if (name === 'PLAIN') return [sasl(name, () => plain(user, password, { authzid }))]
    // The rest cannot say "as somebody else": left out, rather than to log in as the wrong one.
    if (authzid !== undefined && authzid !== '') return []
    if (name === 'LOGIN') return [sasl(name, () => login(user, password))]
    if (name === 'CRAM-MD5') return [sasl(name, () => cramMd5(user, password))]
    return [{ name, make: () => loginCommand(user, password) }]
  })
}

/** No TLS, nothing to bind to. A list of allowed mechanisms without any -PLUS is the user's word against binding. */
function wantedBindings({ tls, allow, channelBinding }: ChooseOptions): readonly ChannelBinding[] {
  if (!tls || (allow !== undefined && !allow.some((name) => name.endsWith('-PLUS')))) return []
  return [channelBinding ?? []].flat()
}

function loginCommand(user: string, password: PasswordInput): MechanismChoice {
  requiredNameBytes(user, 'user name')
  if (passwordBytes(password).includes(0)) throw invalid('LOGIN cannot carry a password with NUL')
  return { kind: 'login-command', name: 'LOGIN-COMMAND', user, password: sealPassword(password) }
}

function restrict(
  candidates: Candidate[],
  credentials: SaslCredentials,
  offer: Offer,
  options: ChooseOptions,
): Candidate[] {
  const { floor, allow } = options
  const strength = 'accessToken' in credentials ? tokenStrength : 'password' in credentials ? passwordStrength : []
  if (floor !== undefined && !strength.includes(floor)) {
    throw invalid(`The floor ${floor} is of another kind than the credentials`)
  }
  const open = options.tls || options.dangerouslyAllowCleartextSecrets === true
  const offered = candidates.filter(({ name }) =>
    name === 'LOGIN-COMMAND' ? !offer.loginDisabled && options.loginDisabled !== true : offer.mechanisms.has(name),
  )
  // Bound, or not at all: PLAIN behind a failed binding would give the password to the one in the middle.
  const bound = offered.filter(({ name }) => name.endsWith('-PLUS'))
  return (bound.length > 0 ? bound : offered).filter(
    ({ name }) =>
      (open || !needsTls.has(name)) &&
      (floor === undefined || strength.indexOf(name) <= strength.indexOf(floor)) &&
      (allow === undefined || allow.includes(name)),
  )
}

function nothingLeft(offer: Offer, candidates: Candidate[], options: ChooseOptions): ImapError {
  const names = [...offer.mechanisms].filter((name) => /^[A-Z0-9_-]{1,40}$/.test(name)).slice(0, 40)
  const limits = [
    options.tls ? '' : 'no TLS',
    options.floor === undefined ? '' : `floor ${options.floor}`,
    options.allow === undefined ? '' : `only ${options.allow.join(' ')}`,
    offer.loginDisabled || options.loginDisabled === true ? 'LOGINDISABLED' : '',
  ].filter((limit) => limit !== '')
  return new ImapError(
    'ESASL',
    `No mechanism left to log in with. The server offers: ${names.join(' ') || 'none'}. ` +
      `The credentials fit: ${[...new Set(candidates.map(({ name }) => name))].join(' ') || 'none'}` +
      (limits.length > 0 ? ` (${limits.join(', ')})` : ''),
  )
}
