import { cramMd5 } from '../sasl/cram-md5.ts'
import type { SaslExchange, SaslMechanism } from '../sasl/mechanism.ts'
import { ImapError } from '../errors/imap-error.ts'
import { Secret } from '../wire/secret.ts'
import { AccountCommands } from './account-commands.ts'
import { type Argument, Commands, IMAP4_PORT, type Result, type TextResult } from './command-table.ts'
import type { IMAP4Options } from './conversation.ts'
import type { IdleResponse } from './engine.ts'
import { Idler } from './idle.ts'
import { IMAP4Abort, IMAP4Error, IMAP4Readonly, typeError, valueError } from './imap4-errors.ts'
import { mustquote } from './quoting.ts'
import { repr } from './python-repr.ts'
import { type FileTlsOptions, withKeyFiles } from './tls-files.ts'

/**
 * Answers a challenge of AUTHENTICATE, decoded from base64 (empty if the server sent none); what it returns is encoded.
 * null gives up: `*` is sent.
 */
export type AuthObject = (challenge: Buffer) => Uint8Array | string | null | Promise<Uint8Array | string | null>

/**
 * Python's `imaplib.IMAP4`, on promises: its names, its results, its rules.
 *
 * Every command resolves to `[typ, data]`. A NO is returned, except by login and authenticate; BAD, misuse and the loss
 * of the connection are thrown. Commands called without `await` go out in order, one at a time.
 *
 * @example
 * await using M = await IMAP4.connect('localhost', 143)
 * await M.login(user, password)
 * await M.select()
 * const [typ, data] = await M.search(null, 'ALL')
 * for (const num of ParseNumbers(data)) console.log(await M.fetch(num, '(RFC822)'))
 */
export class IMAP4 extends AccountCommands implements AsyncDisposable {
  /** Any error of this class. */
  static readonly error = IMAP4Error
  /** The connection cannot be used any more. */
  static readonly abort = IMAP4Abort
  /** The mailbox is not writable. */
  static readonly readonly = IMAP4Readonly

  /** Python 2's: a character for which `quoting: 'python2'` quotes a string. */
  static readonly mustquote: RegExp = mustquote
  readonly mustquote: RegExp = mustquote

  /** Left behind by `login_cram_md5()`, as in Python. */
  user: string | null = null
  /** Left behind by `login_cram_md5()`, as in Python; not shown by `console.log`. */
  declare password: string | Uint8Array | Secret | null
  #encrypted = false
  #idler: Idler | null = null

  /**
   * Connects, reads the greeting, learns the capabilities. Its arguments are those of the constructor, in all classes.
   *
   * @throws Node's own error when the network fails (`ECONNREFUSED`, `ENOTFOUND`, …); an ImapError `ETIMEDOUT`;
   * IMAP4.error when the server is none
   * @example
   * const M = await IMAP4_SSL.connect('mail.example', 993, { timeout: 10_000 })
   */
  static async connect<Arguments extends unknown[], Kind extends IMAP4>(
    this: new (
      ...args: Arguments
    ) => Kind,
    ...args: Arguments
  ): Promise<Kind> {
    const M = new this(...args)
    await M.open(M.host ?? undefined, M.port ?? undefined, M.timeout ?? undefined)
    await M._turn(async () => {})
    return M
  }

  /**
   * Does no I/O: `open()` connects, and the first command reads the greeting. `IMAP4.connect()` does all of it.
   *
   * @param host '' is the local host
   */
  constructor(host = '', port: number = IMAP4_PORT, options: IMAP4Options = {}) {
    super(host, port, options)
    Object.defineProperty(this, 'password', { value: null, writable: true, enumerable: false, configurable: true })
  }

  get error(): typeof IMAP4Error {
    return IMAP4Error
  }
  get abort(): typeof IMAP4Abort {
    return IMAP4Abort
  }
  get readonly(): typeof IMAP4Readonly {
    return IMAP4Readonly
  }

  /**
   * Logs in with a password in the clear: use it under TLS only.
   *
   * @throws IMAP4.error with the server's text on NO; RangeError for other than ASCII, which LOGIN cannot carry:
   * `login_plain()` can
   */
  login(user: Argument, password: Argument | Secret): Promise<TextResult> {
    return this._turn(async () => {
      const pieces = [this._args.astring(user), this._args.password(password)]
      return this.#loggedIn(() => this._simple_command('LOGIN', pieces))
    })
  }

  /**
   * Authenticates by any SASL mechanism.
   *
   * @param mechanism its name, with an `authobject`; or a mechanism made by this library, such as `xoauth2(…)`
   * @throws IMAP4.error with the server's text on NO
   * @example
   * await M.authenticate('XOAUTH2', () => `user=${user}\x01auth=Bearer ${token}\x01\x01`)
   */
  authenticate(mechanism: SaslMechanism): Promise<TextResult>
  authenticate(mechanism: string, authobject: AuthObject): Promise<TextResult>
  authenticate(mechanism: string | SaslMechanism, authobject?: AuthObject): Promise<TextResult> {
    return this._turn(async () => {
      if (typeof mechanism !== 'string') return this.#exchange(mechanism)
      if (typeof authobject !== 'function') throw typeError('authobject must be a function')
      return this.#authenticated(mechanism, authobject)
    })
  }

  /** CRAM-MD5 (RFC 2195): the password is not sent, but it is no match for TLS. */
  login_cram_md5(user: string, password: string | Uint8Array | Secret): Promise<TextResult> {
    return this._turn(() => {
      this.user = user
      this.password = password
      return this.#exchange(cramMd5(user, password))
    })
  }

  /** PLAIN (RFC 4616): as `login()`, for any user and password but those with NUL. Strings are sent as UTF-8. */
  login_plain(user: string | Uint8Array, password: string | Uint8Array | Secret): Promise<TextResult> {
    return this._turn(() => {
      const plain = password instanceof Secret ? password.reveal() : password
      const [name, secret] = [Buffer.from(user as string), Buffer.from(plain as string)]
      if (name.includes(0) || secret.includes(0)) throw valueError('NUL is not allowed in user and password')
      const nul = Buffer.alloc(1)
      return this.#authenticated('PLAIN', () => Buffer.concat([nul, name, nul, secret]))
    })
  }

  /**
   * Goes on under TLS (RFC 3501 §6.2.1). The certificate is verified unless `rejectUnauthorized` is false; all that the
   * server said before is forgotten.
   *
   * @throws IMAP4.abort when TLS is on already, or the server does not offer it; ImapError `ETLS` when the handshake
   * fails: the connection is closed then
   */
  starttls(options: FileTlsOptions = {}): Promise<Result> {
    return this._turn(async () => {
      if (this.#encrypted || this._socket_is_tls)
        throw new IMAP4Abort('TLS session already established', { code: 'ESTATE' })
      if (!this.capabilities.includes('STARTTLS'))
        throw new IMAP4Abort('TLS not supported by server', { code: 'ECAPABILITY' })
      const tls = await withKeyFiles(options)
      this._hold_after_tag()
      const [typ] = await this._simple_command('STARTTLS')
      if (typ !== 'OK') throw new IMAP4Error("Couldn't establish TLS session", { code: 'ETLSREQUIRED' })
      await this._secure({
        ...tls,
        host: this.host === null || this.host === '' ? 'localhost' : this.host,
        ...(this.timeout !== null && { connectTimeout: this.timeout }),
      })
      this.#encrypted = true
      this.untagged_responses.clear()
      await this._get_capabilities()
      return ['OK', [null]]
    })
  }

  /** Deflates both directions from here on (RFC 4978). Not in Python. A NO is returned. */
  compress(): Promise<TextResult> {
    return this._turn(async () => {
      this._hold_after_tag()
      const result = await this._simple_command('COMPRESS', [Buffer.from('DEFLATE')])
      if (result[0] === 'OK') await this._deflate()
      return result
    })
  }

  /**
   * Lets the server tell of what happens, as it happens (RFC 2177).
   *
   * @param duration ends the iteration after so many milliseconds; null, the default, never
   * @throws IMAP4.error when the server has no IDLE, or refuses
   */
  idle(duration: number | null = null): Promise<Idler> {
    return this._turn(async () => {
      const hasSocket = this._has_socket
      if (!this.capabilities.includes('IDLE'))
        throw new IMAP4Error('Server does not support IMAP4 IDLE', { code: 'ECAPABILITY', command: 'IDLE' })
      if (duration !== null && !hasSocket)
        throw new IMAP4Error('duration requires a socket connection', { code: 'ESTATE', command: 'IDLE' })
      if (duration !== null && !(duration >= 0)) throw valueError('duration must not be negative')
      if (this.debug >= 4) this._log.mesg(`idle start duration=${duration}`)
      const responses: IdleResponse[] = []
      this._capture_idle(responses)
      let tag: string
      try {
        tag = await this.#enterIdle()
      } catch (error) {
        this._capture_idle(null)
        throw error
      }
      const before = this.state
      this.state = 'IDLING'
      const host = {
        responses,
        hasSocket,
        idling: () => this.state === 'IDLING',
        receive: (limit: number | null) => this._receive((raw) => this._accept(raw) === 'response', limit),
        interrupt: () => this._interrupt(),
        finish: () => this._turn(() => this.#leaveIdle(tag, responses, before)),
      }
      this.#idler = new Idler(host, duration)
      return this.#idler
    })
  }

  /**
   * Ends the session, and closes the connection.
   *
   * @returns `['BYE', [text]]`
   */
  async logout(): Promise<TextResult> {
    // Within IDLE the server would not understand it (RFC 2177).
    await this.#idler?.done().catch(() => {})
    return this._turn(async () => {
      this.state = 'LOGOUT'
      try {
        return await this._simple_command('LOGOUT')
      } finally {
        await this.shutdown()
      }
    })
  }

  /** Logs out, unless that is done. A connection that is lost already is no error. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.state === 'LOGOUT') return
    try {
      await this.logout()
    } catch (error) {
      const cause = error instanceof IMAP4Error ? error.cause : error
      const lost = error instanceof ImapError && (error.code === 'ETIMEDOUT' || error.code === 'ECLOSED')
      const network = cause instanceof Error && 'syscall' in cause
      if (!lost && !network) throw error
    }
  }

  /** False where the connection is not a socket (IMAP4_stream). */
  protected get _has_socket(): boolean {
    return true
  }

  /** Whether the connection was made with TLS. */
  protected get _socket_is_tls(): boolean {
    return false
  }

  async #enterIdle(): Promise<string> {
    const tag = await this._command('IDLE', [])
    await this._receive((raw) => this._accept(raw) === 'continuation' || this.tagged_commands.get(tag) !== null)
    const refused = this.tagged_commands.get(tag) ?? null
    if (refused === null) return tag
    this.tagged_commands.delete(tag)
    const [typ, data] = refused
    if (typ === 'NO') throw new IMAP4Error(`idle denied: ${repr(data)}`, { code: 'NO', command: 'IDLE' })
    throw new IMAP4Abort(`unexpected status response: ${repr(Buffer.from(`${tag} ${typ} ${data[0].toString()}`))}`)
  }

  async #leaveIdle(tag: string, responses: readonly IdleResponse[], before: typeof this.state): Promise<void> {
    if (this.debug >= 4) this._log.mesg(`idle done, ${responses.length} responses left`)
    this.#idler = null
    this.state = before
    this._capture_idle(null)
    for (const [typ, data] of responses) this._append_untagged(typ, data)
    await this._transmit(Buffer.from('DONE\r\n'), () => 'DONE')
    await this._command_complete('IDLE', tag)
  }

  /** AUTHENTICATE with a function for the challenges. */
  #authenticated(mechanism: string, authobject: AuthObject): Promise<TextResult> {
    let failure: { error: unknown } | null = null
    const respond = async (challenge: Buffer | null): Promise<Buffer> => {
      if (failure !== null) return Buffer.from('*')
      try {
        const answer = await authobject(Buffer.from(challenge?.toString('latin1') ?? '', 'base64'))
        return Buffer.from(answer === null || answer === undefined ? '*' : base64(answer))
      } catch (error) {
        // Python leaves the exchange half done. Here it is cancelled, and the connection can go on.
        failure = { error }
        return Buffer.from('*')
      }
    }
    return this.#loggedIn(async () => {
      const name = this._args.verbatim(mechanism.toUpperCase())
      const result = await this._command_complete(
        'AUTHENTICATE',
        await this._command('AUTHENTICATE', [name], respond),
      ).catch((error: unknown) => {
        throw failure === null ? error : failure.error
      })
      if (failure !== null) throw failure.error
      return result
    })
  }

  /** AUTHENTICATE with a mechanism of this library. */
  async #exchange(mechanism: SaslMechanism): Promise<TextResult> {
    const exchange: SaslExchange = mechanism.begin()
    let begun = false
    const result = await this.#authenticated(mechanism.name, async (challenge) => {
      const initial = begun || challenge.length > 0 ? null : await exchange.initial()
      begun = true
      return initial ?? exchange.respond(challenge)
    })
    try {
      exchange.succeeded()
    } catch (error) {
      // The server said OK without having proven itself: it must not be talked to.
      await this.shutdown()
      throw error
    }
    return result
  }

  /** Runs LOGIN or AUTHENTICATE. NO is an error; after OK the capabilities are those that hold from now on. */
  async #loggedIn(login: () => Promise<TextResult>): Promise<TextResult> {
    const known = this.untagged_responses.get('CAPABILITY')?.length ?? 0
    const [typ, data] = await login()
    if (typ !== 'OK') {
      const text = data[data.length - 1]?.toString() ?? ''
      throw new IMAP4Error(text, { code: 'EAUTH', serverText: text, responseCode: codeIn(text) })
    }
    this.state = 'AUTH'
    // What the server told with its OK stays readable by response('CAPABILITY') (gh-155775).
    const told = this.untagged_responses.get('CAPABILITY') ?? []
    const last = told[told.length - 1]
    if (told.length > known && last !== undefined) this._keep_capabilities(last)
    else
      await this._get_capabilities().catch((error: unknown) => {
        // The login itself went well; a server that does not answer this keeps the capabilities it had.
        if (error instanceof IMAP4Abort || !(error instanceof IMAP4Error)) throw error
      })
    return [typ, data]
  }

  // The commands in upper case, under which Python finds them too.
  declare readonly APPEND: this['append']
  declare readonly AUTHENTICATE: this['authenticate']
  declare readonly CAPABILITY: this['capability']
  declare readonly CHECK: this['check']
  declare readonly CLOSE: this['close']
  declare readonly COMPRESS: this['compress']
  declare readonly COPY: this['copy']
  declare readonly CREATE: this['create']
  declare readonly DELETE: this['delete']
  declare readonly DELETEACL: this['deleteacl']
  declare readonly ENABLE: this['enable']
  declare readonly EXPUNGE: this['expunge']
  declare readonly FETCH: this['fetch']
  declare readonly GETACL: this['getacl']
  declare readonly GETANNOTATION: this['getannotation']
  declare readonly GETQUOTA: this['getquota']
  declare readonly GETQUOTAROOT: this['getquotaroot']
  declare readonly ID: this['id']
  declare readonly IDLE: this['idle']
  declare readonly LIST: this['list']
  declare readonly LOGIN: this['login']
  declare readonly LOGOUT: this['logout']
  declare readonly LSUB: this['lsub']
  declare readonly MOVE: this['move']
  declare readonly MYRIGHTS: this['myrights']
  declare readonly NAMESPACE: this['namespace']
  declare readonly NOOP: this['noop']
  declare readonly PARTIAL: this['partial']
  declare readonly PROXYAUTH: this['proxyauth']
  declare readonly RENAME: this['rename']
  declare readonly SEARCH: this['search']
  declare readonly SELECT: this['select']
  declare readonly SETACL: this['setacl']
  declare readonly SETANNOTATION: this['setannotation']
  declare readonly SETQUOTA: this['setquota']
  declare readonly SORT: this['sort']
  declare readonly STARTTLS: this['starttls']
  declare readonly STATUS: this['status']
  declare readonly STORE: this['store']
  declare readonly SUBSCRIBE: this['subscribe']
  declare readonly THREAD: this['thread']
  declare readonly UID: this['uid']
  declare readonly UNSELECT: this['unselect']
  declare readonly UNSUBSCRIBE: this['unsubscribe']

  static {
    for (const name of Object.keys(Commands)) {
      const method = name.toLowerCase() as keyof IMAP4
      if (!(method in this.prototype)) continue
      Object.defineProperty(this.prototype, name, {
        get(this: IMAP4) {
          return this[method]
        },
        configurable: true,
      })
    }
  }
}

const base64 = (answer: Uint8Array | string): string =>
  typeof answer === 'string'
    ? Buffer.from(answer).toString('base64')
    : Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('base64')

const codeIn = (text: string): string | undefined => /^\[([A-Z0-9-]+)/i.exec(text)?.[1]?.toUpperCase()
