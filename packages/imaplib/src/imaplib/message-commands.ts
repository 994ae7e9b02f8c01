import type { ListArgument, Piece } from './arguments.ts'
import { type Argument, Commands, type Result, type TextResult } from './command-table.ts'
import { IMAP4Error } from './imap4-errors.ts'
import { MailboxCommands } from './mailbox-commands.ts'
import type { MessageSet } from './message-set.ts'
import { repr } from './python-repr.ts'
import type { Param } from './substitute.ts'

/** Keyword arguments of the commands about messages. */
export interface UidOption {
  /** Messages are named by UID, and the command goes out as `UID …`. Default false. */
  uid?: boolean | undefined
}

/** Keyword arguments of `fetch()`, `search()`, `sort()` and `thread()`. */
export interface ParamsOption extends UidOption {
  /** Values for the `?` in the items or criteria: quoted as they need to be. See `substitute()`. */
  params?: readonly Param[] | undefined
}

/** Search keys as they will be sent, and keyword arguments last: `'FROM ?', { params: ['me@host'] }`. */
export type Criteria = (Argument | null)[] | [...(Argument | null)[], ParamsOption]

/** An argument of `uid()`. */
export type UidArgument = Argument | MessageSet | ListArgument | null

/** Arguments of `uid()`, and keyword arguments last. */
export type UidArguments = UidArgument[] | [...UidArgument[], Pick<ParamsOption, 'params'>]

/** The commands about messages of the selected mailbox. */
export abstract class MessageCommands extends MailboxCommands {
  /** Copies messages. `COPYUID`, if the server tells it, is found by `response('COPYUID')`. */
  copy(message_set: MessageSet, new_mailbox: Argument, options: UidOption = {}): Promise<TextResult> {
    return this.#moving('COPY', message_set, new_mailbox, options)
  }

  /** Moves messages (RFC 6851). The server must have MOVE: there is no other way behind it. */
  move(message_set: MessageSet, new_mailbox: Argument, options: UidOption = {}): Promise<TextResult> {
    return this.#moving('MOVE', message_set, new_mailbox, options)
  }

  /**
   * Removes the messages marked `\Deleted`; with `uid: true` only those of them in a set (RFC 4315).
   *
   * @returns their numbers in the order in which they came: each as it was at its moment
   */
  expunge(message_set: MessageSet | null = null, options: UidOption = {}): Promise<Result> {
    return this._turn(async () => {
      const { uid = false } = options
      if (uid && message_set === null) throw misuse('UID EXPUNGE needs a message set')
      if (!uid && message_set !== null) throw misuse('EXPUNGE takes a message set only with uid=True')
      if (message_set === null) return this._asking('EXPUNGE')
      return this._untagged_response(
        await this.#addressed('EXPUNGE', true, [this._args.messageSet(message_set)]),
        'EXPUNGE',
      )
    })
  }

  /**
   * Fetches parts of messages (RFC 3501 §6.4.5).
   *
   * @param message_parts in parentheses or not, a list of items, or one of the macros ALL, FAST, FULL
   * @returns what came, flattened: `[header, literal]` for each literal, and the bytes between them
   * @example
   * await M.fetch('1:*', '(FLAGS BODY.PEEK[])') // ['OK', [[Buffer header, Buffer literal], Buffer ')', …]]
   */
  fetch(message_set: MessageSet, message_parts: ListArgument, options: ParamsOption = {}): Promise<Result> {
    return this._turn(async () => {
      const pieces = [this._args.messageSet(message_set), this._args.fetchParts(message_parts, options.params)]
      return this._untagged_response(await this.#addressed('FETCH', options.uid, pieces), 'FETCH')
    })
  }

  /** A part of a part of a message, of RFC 1730 servers. */
  partial(message_num: Argument, message_part: Argument, start: Argument, length: Argument): Promise<Result> {
    return this._turn(() => {
      const pieces = [message_num, message_part, start, length].map((value) => this._args.verbatim(value))
      return this._asking('PARTIAL', pieces, 'FETCH')
    })
  }

  /**
   * Searches (RFC 3501 §6.4.4). Criteria are sent as they are: quote what needs it, or use `params`.
   *
   * @param charset null for none. Strings among the criteria are encoded in it
   * @returns `['OK', [Buffer '1 2 3']]`, an empty Buffer for no hits, null when the server sent no SEARCH line
   * @example
   * await M.search(null, 'FROM', '"LDJ"')
   * await M.search(null, 'FROM ? SUBJECT ?', { params: ['me@host', 'trip report'] })
   */
  search(charset: Argument | null, ...criteria: Criteria): Promise<Result> {
    return this._turn(async () => {
      const [keys, { uid, params }] = withOptions<Argument | null, ParamsOption>(criteria)
      const none = charset === null || (this._args.quoting !== 'rfc' && charset === '')
      if (!none && this.utf8_enabled) throw misuse('Non-None charset not valid in UTF8 mode')
      const head = none ? [] : [Buffer.from('CHARSET'), this._args.astring(charset)]
      const pieces = [...head, ...this._args.criteria(charset, keys, params)]
      return this._untagged_response(await this.#addressed('SEARCH', uid, pieces), 'SEARCH')
    })
  }

  /**
   * Searches, and sorts what is found (RFC 5256).
   *
   * @param sort_criteria in parentheses or not, or a list: `['REVERSE', 'DATE']`
   */
  sort(sort_criteria: ListArgument, charset: Argument | null, ...search_criteria: Criteria): Promise<Result> {
    return this._turn(async () => {
      const [keys, { uid, params }] = withOptions<Argument | null, ParamsOption>(search_criteria)
      const pieces = [this._args.list(sort_criteria), ...this.#keysIn(charset, keys, params)]
      return this._untagged_response(await this.#addressed('SORT', uid, pieces), 'SORT')
    })
  }

  /** Searches, and arranges what is found in threads (RFC 5256): `['OK', [Buffer '(2)(3 6 (4 23))']]`. */
  thread(threading_algorithm: Argument, charset: Argument | null, ...search_criteria: Criteria): Promise<Result> {
    return this._turn(async () => {
      const [keys, { uid, params }] = withOptions<Argument | null, ParamsOption>(search_criteria)
      const pieces = [this._args.verbatim(threading_algorithm), ...this.#keysIn(charset, keys, params)]
      return this._untagged_response(await this.#addressed('THREAD', uid, pieces), 'THREAD')
    })
  }

  /**
   * Changes flags (RFC 3501 §6.4.6).
   *
   * @param command `FLAGS`, `+FLAGS`, `-FLAGS`, each also with `.SILENT`
   * @param flags in parentheses or not, or a list
   * @returns the FETCH lines with the new flags
   */
  store(message_set: MessageSet, command: Argument, flags: ListArgument, options: UidOption = {}): Promise<Result> {
    return this._turn(async () => {
      const pieces = [this._args.messageSet(message_set), this._args.verbatim(command), this._args.list(flags)]
      return this._untagged_response(await this.#addressed('STORE', options.uid, pieces), 'FETCH')
    })
  }

  /**
   * A command with messages named by UID: `M.uid('FETCH', '1:*', 'FLAGS')`.
   *
   * @returns for SEARCH, SORT and THREAD what they found; for all others the FETCH lines that came
   */
  uid(command: string | Uint8Array, ...args: UidArguments): Promise<Result> {
    return this._turn(async () => {
      const name = (typeof command === 'string' ? command : this._args.text(command)).toUpperCase()
      if (!(name in Commands)) throw misuse(`Unknown IMAP4 UID command: ${repr(command)}`)
      this._check_state(name)
      const [values, { params }] = withOptions<UidArgument, ParamsOption>(args)
      const pieces = this.#uidPieces(
        name,
        values.filter((value) => value !== null && value !== undefined),
        params,
      )
      const result = await this._simple_command('UID', [Buffer.from(name), ...pieces])
      return this._untagged_response(result, findings.has(name) ? name : 'FETCH')
    })
  }

  #uidPieces(name: string, values: UidArgument[], params: readonly Param[] | undefined): Piece[] {
    const args = this._args
    const [first, second, ...more] = values
    const set = first === undefined ? [] : [args.messageSet(first as MessageSet)]
    const rest = (others: UidArgument[]) => others.map((value) => args.verbatim(value as Argument))
    if (second === undefined || args.quoting !== 'rfc') {
      if (name === 'SEARCH') return args.criteria(null, values as Argument[], params)
      if (name === 'FETCH' && params !== undefined && second !== undefined)
        return [...set, args.fetchParts(second as ListArgument, params), ...rest(more)]
      return isList(first) ? [...set, ...rest(values.slice(1))] : rest(values)
    }
    switch (name) {
      case 'COPY':
      case 'MOVE':
        return [...set, args.mailbox(second as Argument), ...rest(more)]
      case 'FETCH':
        return [...set, args.fetchParts(second as ListArgument, params), ...rest(more)]
      case 'STORE':
        return [...set, args.verbatim(second as Argument), ...more.map((value) => args.list(value as ListArgument))]
      case 'SORT':
        return [args.list(first as ListArgument), ...this.#keysIn(second as Argument, more as Argument[], params)]
      case 'THREAD':
        return [args.verbatim(first as Argument), ...this.#keysIn(second as Argument, more as Argument[], params)]
      case 'SEARCH':
        return args.criteria(null, values as Argument[], params)
      default:
        return isList(first) ? [...set, ...rest(values.slice(1))] : rest(values)
    }
  }

  #keysIn(charset: Argument | null, keys: readonly (Argument | null)[], params: readonly Param[] | undefined): Piece[] {
    const head = charset === null ? [] : [this._args.astring(charset)]
    return [...head, ...this._args.criteria(charset, keys, params)]
  }

  #moving(name: string, set: MessageSet, mailbox: Argument, { uid }: UidOption): Promise<TextResult> {
    return this._turn(() => this.#addressed(name, uid, [this._args.messageSet(set), this._args.mailbox(mailbox)]))
  }

  /** A command about messages, by number or by UID. */
  async #addressed(name: string, uid: boolean | undefined, pieces: readonly Piece[]): Promise<TextResult> {
    if (uid !== true) return this._simple_command(name, pieces)
    this._check_state(name)
    return this._simple_command('UID', [Buffer.from(name), ...pieces])
  }
}

/** What `uid()` answers with the lines of their own type. */
const findings = new Set(['SEARCH', 'SORT', 'THREAD'])

const misuse = (message: string) => new IMAP4Error(message, { code: 'EINVALID' })

const isList = (value: unknown): boolean => Array.isArray(value)

/** Parts the keyword arguments, a plain object in the last place, from those before. */
const withOptions = <Value, Options extends object>(
  given: readonly unknown[],
): [Value[], Options | Partial<Options>] => {
  const last = given[given.length - 1]
  const isOptions = typeof last === 'object' && last !== null && Object.getPrototypeOf(last) === Object.prototype
  return isOptions ? [given.slice(0, -1) as Value[], last as Options] : [given.slice() as Value[], {}]
}
