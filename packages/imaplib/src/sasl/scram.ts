import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { ImapError } from '../errors/imap-error.ts'
import { invalid } from '../errors/imap-error.ts'
import { Secret } from '../wire/secret.ts'
import type { ChannelBinding } from './channel-binding.ts'
import { nameBytes, type PasswordInput, passwordBytes, passwordText, requiredNameBytes } from './credential-text.ts'
import { type SaslExchange, type SaslMechanism, type SaslRefusal, saslError } from './mechanism.ts'
import { saslprep } from './saslprep.ts'
import { clientProof, deriveKeys, type ScramHash, type ScramKeys, serverSignature } from './scram-keys.ts'
import { escapeName, knownErrorValue, parseServerFinal, parseServerFirst } from './scram-message.ts'

/** The SCRAM mechanisms that this library speaks, without `-PLUS`. */
export type ScramName = 'SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

/** Options of {@link scram}. */
export interface ScramOptions {
  /** The identity to act as, when it differs from the user's own. */
  authzid?: string | undefined
  /** Binds the exchange to the TLS connection: the mechanism becomes `…-PLUS`, with the gs2 flag `p=`. */
  channelBinding?: ChannelBinding | undefined
  /**
   * Say true when the client could bind the channel but the server offers no `-PLUS` mechanism (gs2 flag `y`, RFC 5802
   * §6): a server that did offer one then knows that its list was tampered with. Not together with `channelBinding`.
   */
  bindingNotOffered?: boolean | undefined
  /** The fewest iterations to accept. Default 4096, the least that RFC 7677 §4 allows. At least 1. */
  minIterations?: number | undefined
  /** The most iterations to accept: each million costs some tenths of a second of a CPU. Default 1 000 000. */
  maxIterations?: number | undefined
  /**
   * `saslprep` (default) as RFC 5802 asks; `none` for a server that hashed the password as typed, when it holds characters
   * that SASLprep changes or refuses (emoji).
   */
  prepare?: 'saslprep' | 'none' | undefined
  /** Makes the client's nonce: printable ASCII without comma. Default 18 random octets in base64. For test vectors. */
  nonce?: (() => string) | undefined
}

const hashes: Readonly<Record<ScramName, ScramHash>> = {
  'SCRAM-SHA-1': { algorithm: 'sha1', length: 20 },
  'SCRAM-SHA-256': { algorithm: 'sha256', length: 32 },
  'SCRAM-SHA-512': { algorithm: 'sha512', length: 64 },
}

/**
 * SCRAM (RFC 5802, SHA-256: RFC 7677, SHA-512: draft-melnikov-scram-sha-512), with and without channel binding. The
 * password does not cross the wire, and the server proves that it knows it too.
 *
 * The keys of the last salt are kept inside the mechanism (RFC 5802 §5.1 allows it), so a second login costs no PBKDF2.
 *
 * @throws {@link ImapError} `EINVALID` for a user or password that cannot be sent, or options out of range.
 */
export function scram(
  name: ScramName,
  user: string,
  password: PasswordInput,
  options: ScramOptions = {},
): SaslMechanism {
  const prepare = options.prepare ?? 'saslprep'
  const { channelBinding, minIterations = 4096, maxIterations = 1_000_000 } = options
  if (!Number.isSafeInteger(minIterations) || !Number.isSafeInteger(maxIterations) || minIterations < 1) {
    throw invalid('The bounds of SCRAM iterations are not whole numbers of at least 1')
  }
  // node:crypto takes no larger count.
  if (maxIterations < minIterations || maxIterations > 2 ** 31 - 1) {
    throw invalid('The most SCRAM iterations are below the fewest, or above 2147483647')
  }
  if (channelBinding?.data.byteLength === 0) throw invalid('The channel binding is empty')
  if (channelBinding !== undefined && options.bindingNotOffered === true) {
    throw invalid('A channel binding cannot be used and not offered at once')
  }

  requiredNameBytes(user, 'user name')
  // RFC 5802 §5.1: the user name is prepared as a query, the password (§2.2) as a stored string.
  const userName = prepare === 'none' ? user : saslprep(user, { unassigned: 'allow', what: 'user name' })
  if (userName === '') throw invalid('Nothing is left of the user name after SASLprep')
  const secret = new Secret(preparePassword(password, prepare))
  const authzid = options.authzid ?? ''
  nameBytes(authzid, 'authorization identity')

  const flag =
    channelBinding !== undefined ? `p=${channelBinding.type}` : options.bindingNotOffered === true ? 'y' : 'n'
  const gs2Header = `${flag},${authzid === '' ? '' : `a=${escapeName(authzid)}`},`
  const identity: Identity = {
    name: channelBinding === undefined ? name : `${name}-PLUS`,
    userName,
    gs2Header,
    bindingData: channelBinding === undefined ? undefined : Buffer.from(channelBinding.data),
    hash: hashes[name],
    minIterations,
    maxIterations,
    keys: rememberKeys(hashes[name], secret),
  }
  const nonce = options.nonce ?? (() => randomBytes(18).toString('base64'))
  return { name: identity.name, begin: () => new ScramExchange(identity, nonce()) }
}

function preparePassword(password: PasswordInput, prepare: 'saslprep' | 'none'): string | Uint8Array {
  const bytes = passwordBytes(password)
  if (prepare === 'none') return bytes
  const text = passwordText(password)
  if (text === null) throw invalid('The password is not UTF-8, so SASLprep cannot prepare it')
  return saslprep(text, { unassigned: 'refuse', what: 'password' })
}

type KeySource = (salt: Uint8Array, iterations: number) => Promise<ScramKeys>

/** Derives keys, and keeps those of the last salt and count: every connection of a pool asks for the same. */
function rememberKeys(hash: ScramHash, password: Secret): KeySource {
  let last: { salt: Buffer; iterations: number; keys: Promise<ScramKeys> } | undefined
  return (salt, iterations) => {
    if (last !== undefined && last.iterations === iterations && last.salt.equals(salt)) return last.keys
    const keys = deriveKeys(hash, passwordBytes(password), salt, iterations)
    const entry = { salt: Buffer.from(salt), iterations, keys }
    last = entry
    keys.catch(() => {
      if (last === entry) last = undefined
    })
    return keys
  }
}

interface Identity {
  readonly name: string
  readonly userName: string
  readonly gs2Header: string
  readonly bindingData: Buffer | undefined
  readonly hash: ScramHash
  readonly minIterations: number
  readonly maxIterations: number
  readonly keys: KeySource
}

class ScramExchange implements SaslExchange {
  readonly #identity: Identity
  readonly #clientNonce: string
  readonly #clientFirstBare: string
  #step: 'first' | 'final' | 'working' | 'verified' | 'refused' | 'broken' = 'first'
  #expectedSignature: Buffer | undefined
  #refusal: SaslRefusal | undefined

  constructor(identity: Identity, clientNonce: string) {
    if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(clientNonce)) throw invalid('The SCRAM nonce holds a comma or is not printable')
    this.#identity = identity
    this.#clientNonce = clientNonce
    this.#clientFirstBare = `n=${escapeName(identity.userName)},r=${clientNonce}`
  }

  get refusal(): SaslRefusal | undefined {
    return this.#refusal
  }

  initial(): Uint8Array {
    return Buffer.from(this.#identity.gs2Header + this.#clientFirstBare)
  }

  async respond(challenge: Uint8Array): Promise<Uint8Array> {
    const step = this.#step
    // Until this answer is made, nothing that the server does can be right.
    this.#step = step === 'first' || step === 'final' ? 'working' : 'broken'
    if (step === 'first') return await this.#answerFirst(challenge)
    if (step === 'final') return this.#answerFinal(challenge)
    throw this.#error('the server goes on where no challenge can come')
  }

  succeeded(): void {
    if (this.#step === 'verified') return
    if (this.#step === 'refused') throw this.#error('the server refused, and then said OK')
    throw this.#error('the server said OK but did not prove that it knows the password')
  }

  async #answerFirst(challenge: Uint8Array): Promise<Uint8Array> {
    const { name, gs2Header, bindingData, hash, minIterations, maxIterations, keys: source } = this.#identity
    const first = parseServerFirst(name, challenge, this.#clientNonce)
    if ('error' in first) return this.#refused(first.error)
    if (first.iterations < minIterations) {
      throw this.#error(`the server asks for ${first.iterations} iterations, at least ${minIterations} are wanted`)
    }
    if (first.iterations > maxIterations) {
      throw this.#error(`the server asks for ${first.iterations} iterations, at most ${maxIterations} are allowed`)
    }

    const cbindInput =
      bindingData === undefined ? Buffer.from(gs2Header) : Buffer.concat([Buffer.from(gs2Header), bindingData])
    const withoutProof = `c=${cbindInput.toString('base64')},r=${first.nonce}`
    const serverFirst = Buffer.from(challenge).toString('utf8')
    const authMessage = `${this.#clientFirstBare},${serverFirst},${withoutProof}`

    const keys = await source(first.salt, first.iterations)
    if (this.#step !== 'working') throw this.#error('the server did not wait for an answer')
    this.#expectedSignature = serverSignature(hash, keys, authMessage)
    this.#step = 'final'
    return Buffer.from(`${withoutProof},p=${clientProof(hash, keys, authMessage).toString('base64')}`)
  }

  #answerFinal(challenge: Uint8Array): Uint8Array {
    const final = parseServerFinal(this.#identity.name, challenge)
    if ('error' in final) return this.#refused(final.error)
    const expected = this.#expectedSignature
    if (
      expected === undefined ||
      final.signature.byteLength !== expected.byteLength ||
      !timingSafeEqual(final.signature, expected)
    ) {
      throw this.#error("the server's signature is wrong: it does not know the password")
    }
    this.#step = 'verified'
    return Buffer.alloc(0)
  }

  /** The reason is kept, and the exchange ended in good order: the tagged NO brings the response code with it. */
  #refused(value: string): Uint8Array {
    this.#step = 'refused'
    this.#refusal = {
      mechanism: this.#identity.name,
      code: knownErrorValue(value),
      details: new Map([['e', value.slice(0, 512)]]),
    }
    return Buffer.alloc(0)
  }

  #error(what: string): ImapError {
    return saslError(this.#identity.name, what)
  }
}
