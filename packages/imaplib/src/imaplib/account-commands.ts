import { type ListArgument, SecretPiece } from './arguments.ts'
import { type Argument, Commands, type DataItem, type Result, type TextResult } from './command-table.ts'
import { IMAP4Error } from './imap4-errors.ts'
import { MessageCommands } from './message-commands.ts'
import { quote } from './quoting.ts'

/** Client or server, as `id()` names it: `{ name: 'mine', version: null }`. */
export type IdFields = Readonly<Record<string, string | null>> | ReadonlyMap<string, string | null>

/** The commands about the account and the server: rights, quota, annotations, capabilities. */
export abstract class AccountCommands extends MessageCommands {
  /** Asks for the capabilities: one item, as the server sent it. The attribute `capabilities` stays as it is. */
  capability(): Promise<Result> {
    return this._turn(() => this._asking('CAPABILITY'))
  }

  noop(): Promise<TextResult> {
    return this._turn(() => {
      if (this.debug >= 3) this._log.dump(this.untagged_responses)
      return this._simple_command('NOOP')
    })
  }

  /**
   * Switches extensions on (RFC 5161). `UTF8=ACCEPT` makes strings go out as UTF-8 from then on (RFC 6855).
   *
   * @throws IMAP4.error when the server has no ENABLE
   */
  enable(capability: Argument): Promise<TextResult> {
    return this._turn(async () => {
      if (!this.capabilities.includes('ENABLE'))
        throw new IMAP4Error('Server does not support ENABLE', { code: 'ECAPABILITY', command: 'ENABLE' })
      const name = this._args.verbatim(capability)
      const result = await this._simple_command('ENABLE', [name])
      if (result[0] === 'OK' && name.toString('latin1').toUpperCase().includes('UTF8=ACCEPT')) this._args.utf8 = true
      return result
    })
  }

  /**
   * Tells who we are, and asks who the server is (RFC 2971).
   *
   * @param fields null, the default, tells nothing
   */
  id(fields: IdFields | null = null): Promise<Result> {
    return this._turn(() => {
      if (fields === null) return this._asking('ID', [Buffer.from('NIL')])
      const entries = fields instanceof Map ? [...fields] : Object.entries(fields)
      const string = (value: string | null) => (value === null ? 'NIL' : quote(this._args.text(value)))
      const words = entries.flatMap(([key, value]) => [string(key), string(value)])
      return this._asking('ID', [Buffer.from(`(${words.join(' ')})`, 'latin1')])
    })
  }

  /** The namespaces (RFC 2342), as the server sent them. */
  namespace(): Promise<Result> {
    return this._turn(() => this._asking('NAMESPACE'))
  }

  /** The messages that were recent, from the store; if it holds none, NOOP prods the server for them. */
  recent(): Promise<Result> {
    return this._turn(async () => {
      const [typ, data] = this._untagged_response(['OK', [null]], 'RECENT')
      const last = data[data.length - 1]
      if (last !== null && last !== undefined && last.length > 0) return [typ, data]
      return this._untagged_response(await this._simple_command('NOOP'), 'RECENT')
    })
  }

  /**
   * Takes what is stored under a type out of the store, without a command: `['UIDVALIDITY', [Buffer '1']]`. A second call
   * gives `[null]`.
   */
  response(code: string): Promise<Result> {
    return this._turn(async () => this._untagged_response([code, [null]], code.toUpperCase()))
  }

  /** Access rights of a mailbox (RFC 4314). */
  getacl(mailbox: Argument): Promise<Result> {
    return this._turn(() => this._asking('GETACL', [this._args.mailbox(mailbox)], 'ACL'))
  }

  setacl(mailbox: Argument, who: Argument, what: Argument): Promise<TextResult> {
    return this._turn(() =>
      this._simple_command('SETACL', [this._args.mailbox(mailbox), this._args.astring(who), this._args.astring(what)]),
    )
  }

  deleteacl(mailbox: Argument, who: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('DELETEACL', [this._args.mailbox(mailbox), this._args.astring(who)]))
  }

  myrights(mailbox: Argument): Promise<Result> {
    return this._turn(() => this._asking('MYRIGHTS', [this._args.mailbox(mailbox)]))
  }

  /** A quota root's usage and limits (RFC 9208). */
  getquota(root: Argument): Promise<Result> {
    return this._turn(() => this._asking('GETQUOTA', [this._args.astring(root)], 'QUOTA'))
  }

  /** The quota roots of a mailbox, and their quotas: two lists. On NO both are the server's text. */
  getquotaroot(mailbox: Argument): Promise<Result<(DataItem | null)[]>> {
    return this._turn(async () => {
      const result: Result = await this._simple_command('GETQUOTAROOT', [this._args.mailbox(mailbox)])
      const [typ, quota] = this._untagged_response(result, 'QUOTA')
      const [, roots] = this._untagged_response(result, 'QUOTAROOT')
      return [typ, [roots, quota]]
    })
  }

  setquota(root: Argument, limits: ListArgument): Promise<Result> {
    return this._turn(() => this._asking('SETQUOTA', [this._args.astring(root), this._args.newList(limits)], 'QUOTA'))
  }

  /** Annotations of a mailbox (draft-daboo-imap-annotatemore). Entry and attribute are sent as they are. */
  getannotation(mailbox: Argument, entry: Argument, attribute: Argument): Promise<Result> {
    return this._turn(() =>
      this._asking(
        'GETANNOTATION',
        [this._args.mailbox(mailbox), this._args.verbatim(entry), this._args.verbatim(attribute)],
        'ANNOTATION',
      ),
    )
  }

  /** Sets annotations: a mailbox, then entry and attributes by turns. */
  setannotation(mailbox: Argument, ...args: Argument[]): Promise<Result> {
    return this._turn(() =>
      this._asking(
        'SETANNOTATION',
        [this._args.mailbox(mailbox), ...args.map((value) => this._args.verbatim(value))],
        'ANNOTATION',
      ),
    )
  }

  /** Acts as another user (Netscape's and Sun's servers). */
  proxyauth(user: Argument): Promise<TextResult> {
    return this._turn(() => this._simple_command('PROXYAUTH', [this._args.astring(user)]))
  }

  /**
   * Any other command, its arguments sent as they are. Its name is added to `Commands`, legal in the present state.
   *
   * @returns the text of the tagged line; data is found by `response()`
   */
  xatom(name: string, ...args: (Argument | null)[]): Promise<TextResult> {
    return this._turn(() => {
      const command = name.toUpperCase()
      Commands[command] ??= [this.state]
      const secret = command === 'LOGIN' || command === 'AUTHENTICATE'
      return this._simple_command(
        command,
        args.map((value, at) => {
          if (value === null) return null
          const bytes = this._args.verbatim(value)
          return secret && at > 0 ? new SecretPiece(bytes) : bytes
        }),
      )
    })
  }
}
