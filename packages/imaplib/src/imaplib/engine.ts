import { randomInt } from 'node:crypto'
import { type Piece, Arguments, SecretPiece } from './arguments.ts'
import {
  AllowedVersions,
  Commands,
  CRLF,
  type DataItem,
  type Result,
  type State,
  settings,
  type TextResult,
} from './command-table.ts'
import { Conversation, type IMAP4Options } from './conversation.ts'
import { DebugLog } from './debug-log.ts'
import { Int2AP } from './flags-and-numbers.ts'
import { duringCommand, IMAP4Abort, IMAP4Error, IMAP4Readonly, valueError } from './imap4-errors.ts'
import { repr } from './python-repr.ts'
import { firstLine, itemsOf, type RawResponse, ResponseLines, responseCode } from './response-lines.ts'
import { endsInLiteralHeader } from '../wire/text-fragment.ts'

/** Bytes that follow a command line once the server has said `+`. */
export interface CommandLiteral {
  readonly bytes: Uint8Array
  /** What stands before and behind `{n}`, for the forms that need it. */
  readonly before?: string
  readonly after?: string
}

/** Answers the server's challenges, one after the other (AUTHENTICATE); null gives up. */
export type Responder = (challenge: Buffer | null) => Promise<Buffer>

/** What an `Idler` collects: one response. */
export type IdleResponse = [typ: string, data: DataItem[]]

/** The result of a tagged line: its status, and its text. */
type Completion = [typ: string, data: [Buffer]]

/**
 * Python's engine: one command in flight; what the server sends is kept by type until somebody asks for it.
 *
 * Calls that are made without waiting for the one before go out one by one, in order.
 */
export abstract class Engine extends Conversation {
  state: State = 'NONAUTH'
  /** The server's capabilities, in upper case. */
  capabilities: readonly string[] = []
  /** The first line that the server sent. */
  welcome: Buffer | null = null
  /** `IMAP4REV1`, `IMAP4`: the first of `AllowedVersions` that the server has. */
  PROTOCOL_VERSION = ''
  /** Whether the last `select()` asked for EXAMINE: the caller's wish, not what the server said. */
  is_readonly = false
  /** What came untagged and was not asked for yet, by type. */
  readonly untagged_responses: Map<string, DataItem[]> = new Map()
  readonly tagged_commands: Map<string, Completion | null> = new Map()
  /** A literal to send with the next command: `M.literal = bytes; M.uid('SEARCH', 'CHARSET', 'UTF-8', 'SUBJECT')`. */
  literal: Uint8Array | null = null
  continuation_response: Buffer | null = null
  tagnum = 0
  tagpre = ''
  tagre: RegExp = /(?!)/
  /** True after `enable('UTF8=ACCEPT')`. */
  get utf8_enabled(): boolean {
    return this._args.utf8
  }
  protected readonly _args: Arguments
  protected readonly _log: DebugLog
  readonly #lines = new ResponseLines()
  /** The response under way has ended, but for a line that should have come before. */
  #halfDone = false
  /** Responses go here instead of into the store while `idle()` is on. */
  #idleResponses: IdleResponse[] | null = null
  #holdAfter = ''
  #turns: Promise<unknown> = Promise.resolve()
  #turnLiteral: Uint8Array | null = null

  constructor(host: string | null, port: number | null, options: IMAP4Options) {
    super(host, port, options)
    this._args = new Arguments(options.quoting ?? 'rfc')
    this._log = new DebugLog(options.debug ?? settings.Debug)
  }

  /** How much is told on the standard error output: 0 to 5. */
  get debug(): number {
    return this._log.level
  }
  set debug(level: number) {
    this._log.level = level
  }

  /** The last match, as far as it goes without patterns: what the last line was taken apart into. */
  get mo(): { groups: { tag: string | null; type: string; data: Buffer | null } } {
    const { kind, tag, type, last } = this.#lines
    return { groups: { tag: kind === 'tagged' ? tag : null, type: kind === 'continuation' ? '' : type, data: last } }
  }

  /** Prints the last ten lines of the conversation. */
  print_log(): void {
    this._log.print()
  }

  /** Greets, and learns the capabilities. The connection is closed if that fails. */
  protected async _begin(): Promise<void> {
    try {
      await this.#greet()
    } catch (error) {
      await this.shutdown().catch(() => {})
      throw error
    }
  }

  /** Runs one command after all that were called before it. */
  protected _turn<T>(work: () => Promise<T>): Promise<T> {
    const literal = this.literal
    this.literal = null
    const run = async () => {
      if (!this._greeted) await this._begin()
      this.#turnLiteral = literal
      return work()
    }
    const result = this.#turns.then(run, run)
    this.#turns = result.catch(() => {})
    // A promise of its own: if nobody handles the failure of this command, Node says so.
    return result.then((value) => value)
  }

  /** One command, whose result is the text of its tagged line. */
  protected async _simple_command(name: string, pieces: readonly (Piece | null)[] = []): Promise<TextResult> {
    return this._command_complete(name, await this._command(name, pieces))
  }

  /** One command, whose result is what the server sent under `type`. */
  protected async _asking(name: string, pieces: readonly (Piece | null)[] = [], type: string = name): Promise<Result> {
    return this._untagged_response(await this._simple_command(name, pieces), type)
  }

  /** Takes what is stored under `type` out of the store: `[null]` if there is nothing. A NO keeps its text. */
  protected _untagged_response([typ, data]: Result, type: string): Result {
    if (typ === 'NO') return [typ, data]
    const items = this.untagged_responses.get(type)
    if (items === undefined) return [typ, [null]]
    this.untagged_responses.delete(type)
    if (this.debug >= 5) this._log.mesg(`untagged_responses[${type}] => ${repr(items)}`)
    return [typ, items]
  }

  /** Sends a command, with its literal or its answers, and returns its tag. */
  protected async _command(
    name: string,
    pieces: readonly (Piece | null)[],
    follows: CommandLiteral | Responder | null = null,
  ): Promise<string> {
    this._check_state(name)
    const own: CommandLiteral | null = this.#turnLiteral === null ? null : { bytes: this.#turnLiteral }
    this.#turnLiteral = null
    for (const type of ['OK', 'NO', 'BAD']) this.untagged_responses.delete(type)
    if (this.untagged_responses.has('READ-ONLY') && !this.is_readonly)
      throw new IMAP4Readonly('mailbox status changed to READ-ONLY', { code: 'ESTATE' })
    const next = follows ?? own
    const literal = typeof next === 'function' ? null : next
    const [line, shown] = commandLine(name, pieces, literal)
    const tag = this.#newTag()
    this._log.sent(() => `${tag} ${shown}`)
    await this._transmit(Buffer.concat([Buffer.from(`${tag} `), line, CRLF]), () => `${tag} ${shown}`)
    if (next === null) return tag
    for (;;) {
      await this._receive((raw) => {
        const kind = this._accept(raw)
        this.#checkBye()
        return kind === 'continuation' || this.#isDone(tag)
      })
      if (this.#isDone(tag)) return tag
      const bytes = typeof next === 'function' ? await next(this.continuation_response) : next.bytes
      if (this.debug >= 4) this._log.mesg(`write literal size ${bytes.length}`)
      const end = Buffer.from(`${literal?.after ?? ''}\r\n`)
      const apart = bytes.length > MAX_JOINED
      await this._transmit(apart ? bytes : Buffer.concat([bytes, end]), () => `<${bytes.length} octets>`)
      if (apart) await this._transmit(end, () => end.toString('latin1').trimEnd())
      if (literal !== null) return tag
    }
  }

  /** Waits for the tagged line of a command. BAD is an error. */
  protected async _command_complete(name: string, tag: string): Promise<TextResult> {
    const logout = name === 'LOGOUT'
    if (!logout) this.#checkBye()
    const settled = () => {
      if (this.#isDone(tag) || (logout && this.untagged_responses.has('BYE'))) return true
      this.#checkBye()
      return false
    }
    try {
      if (!settled()) await this._receive((raw) => this._accept(raw) !== null && settled())
    } catch (error) {
      if (error instanceof IMAP4Abort && this.debug >= 1) this.print_log()
      throw duringCommand(name, error)
    }
    const done = this.tagged_commands.get(tag) ?? null
    if (done !== null) this.tagged_commands.delete(tag)
    else {
      const bye = this.untagged_responses.get('BYE') as Buffer[]
      this.untagged_responses.delete('BYE')
      return ['BYE', bye]
    }
    if (!logout) this.#checkBye()
    const [typ, data] = done
    if (typ === 'BAD')
      throw new IMAP4Error(`${name} command error: ${typ} ${repr(data)}`, {
        code: 'BAD',
        command: name,
        serverText: data[0].toString(),
      })
    return [typ, data]
  }

  /** @throws IMAP4Error when the command must not be sent in this state */
  protected _check_state(name: string): void {
    const states = Commands[name] ?? []
    if (states.includes(this.state)) return
    throw new IMAP4Error(
      `command ${name} illegal in state ${this.state}, only allowed in states ${states.join(', ')}`,
      { code: 'ESTATE', command: name },
    )
  }

  /** Asks for the capabilities, and keeps them. */
  protected async _get_capabilities(): Promise<void> {
    const [, data] = await this._asking('CAPABILITY')
    const line = data[data.length - 1]
    if (line === null || line === undefined) throw new IMAP4Error('no CAPABILITY response from server')
    this._keep_capabilities(line)
  }

  protected _keep_capabilities(line: DataItem): void {
    const text = Array.isArray(line) ? '' : line.toString('latin1')
    this.capabilities = text
      .toUpperCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    if (this.debug >= 3) this._log.mesg(`CAPABILITIES: ${repr(this.capabilities)}`)
  }

  /** After the line that completes `tag`, bytes are not IMAP until TLS or deflate is on. */
  protected _hold_after_tag(): void {
    this.#holdAfter = this.#nextTag()
  }

  /** While idle: where responses go. Null puts an end to it. */
  protected _capture_idle(into: IdleResponse[] | null): void {
    this.#idleResponses = into
  }

  protected _append_untagged(type: string, items: readonly DataItem[]): void {
    if (this.debug >= 5) this._log.mesg(`untagged_responses[${type}] += ${repr(items)}`)
    const kept = this.untagged_responses.get(type)
    if (kept === undefined) this.untagged_responses.set(type, [...items])
    else for (const item of items) kept.push(item)
  }

  /** Takes one response in. Null: it is not complete yet. */
  protected _accept(raw: RawResponse): 'response' | 'continuation' | null {
    const lines = this.#lines
    if (this.debug >= 4) this._log.received(raw)
    if (this.#halfDone && lines.continues(raw)) {
      lines.readOn(raw)
      if (lines.unfinished) return null
      this.#halfDone = false
      this.#keepUntagged()
      return 'response'
    }
    if (this.#halfDone) {
      this.#halfDone = false
      this.#keepUntagged()
    }
    // A blank line between two responses, as some servers send it behind a literal (gh-88574).
    if (raw.start === raw.end) return null
    lines.read(raw)
    if (this.debug >= 5) this._log.mesg(`\tmatched ${lines.kind} => ${repr([lines.type, lines.last])}`)
    if (lines.kind === 'continuation') {
      this.continuation_response = lines.last
      return 'continuation'
    }
    if (lines.kind === 'tagged') this.#keepTagged(raw)
    else if (lines.unfinished) {
      this.#halfDone = true
      return null
    } else this.#keepUntagged()
    return 'response'
  }

  #keepTagged(raw: RawResponse): void {
    const { tag, type } = this.#lines
    const text = this.#lines.last as Buffer
    if (!this.tagged_commands.has(tag)) throw new IMAP4Abort(`unexpected tagged response: ${repr(firstLine(raw))}`)
    if (tag === this.#holdAfter && type === 'OK') this._hold_bytes()
    this.tagged_commands.set(tag, [type, [text]])
    if (this.debug < 4) this._log.keepReceived(`${tag} ${type}`, text)
    this.#keepCode(type, text)
  }

  #keepUntagged(): void {
    const lines = this.#lines
    const { type } = lines
    const last = lines.last as Buffer
    if (this.#idleResponses !== null) this.#idleResponses.push([type, itemsOf(lines)])
    else if (lines.literals !== null || this.debug >= 5) this._append_untagged(type, itemsOf(lines))
    else {
      const kept = this.untagged_responses.get(type)
      if (kept === undefined) this.untagged_responses.set(type, [last])
      else kept.push(last)
    }
    if (this.debug < 4) this._log.keepReceived(`* ${type}`, last)
    this.#keepCode(type, last)
  }

  #keepCode(type: string, text: Buffer): void {
    if (type !== 'OK' && type !== 'NO' && type !== 'BAD') {
      if (type === 'BYE' && this.debug >= 1) this._log.mesg(`BYE response: ${repr(text)}`)
      if (type !== 'PREAUTH') return
    }
    const code = responseCode(text)
    if (code !== null) {
      if (this.#idleResponses === null) this._append_untagged(code.type, [code.data])
      else this.#idleResponses.push([code.type, [code.data]])
    }
    if (this.debug >= 1 && (type === 'NO' || type === 'BAD')) this._log.mesg(`${type} response: ${repr(text)}`)
  }

  #checkBye(): void {
    const bye = this.untagged_responses.get('BYE')
    const last = bye?.[bye.length - 1]
    if (last === undefined) return
    const text = Array.isArray(last) ? last[1].toString() : last.toString()
    throw new IMAP4Abort(text, { code: 'EBYE', serverText: text, retryable: true })
  }

  #isDone(tag: string): boolean {
    return (this.tagged_commands.get(tag) ?? null) !== null
  }

  #nextTag(): string {
    return `${this.tagpre}${this.tagnum}`
  }

  #newTag(): string {
    const tag = this.#nextTag()
    this.tagnum += 1
    this.tagged_commands.set(tag, null)
    return tag
  }

  async #greet(): Promise<void> {
    // Four letters, never to be guessed from a connection before.
    this.tagpre = Int2AP(randomInt(4096, 65536)).toString()
    this.tagre = new RegExp(`^(?<tag>${this.tagpre}\\d+) (?<type>[A-Z]+) (?<data>.*)`)
    this.#lines.tagPrefix = this.tagpre
    if (this.debug >= 1) this._log.mesg(`new IMAP4 connection, tag=${this.tagpre}`)
    await this._receive((raw) => {
      if (raw.start !== raw.end) this.welcome = firstLine(raw)
      return this._accept(raw) !== null
    })
    if (this.untagged_responses.has('PREAUTH')) this.state = 'AUTH'
    else if (this.untagged_responses.has('OK')) this.state = 'NONAUTH'
    else {
      const text = this.welcome?.toString('latin1') ?? ''
      throw new IMAP4Error(`invalid greeting: ${text}`, { code: 'EGREETING', serverText: text })
    }
    this._greeted = true
    const [offered] = this.untagged_responses.get('CAPABILITY') ?? []
    if (offered === undefined) await this._get_capabilities()
    else {
      this.untagged_responses.delete('CAPABILITY')
      this._keep_capabilities(offered)
    }
    const version = AllowedVersions.find((name) => this.capabilities.includes(name))
    if (version === undefined) throw new IMAP4Error('server not IMAP4 compliant', { code: 'EGREETING' })
    this.PROTOCOL_VERSION = version
  }
}

/** A literal up to this size is copied, to share a packet with what follows it. */
const MAX_JOINED = 16 * 1024

/**
 * The line of a command, tag and CRLF not included, and what may be shown of it. This is the one place where NUL, CR and
 * LF are stopped, and what would make the server wait for a literal.
 */
const commandLine = (
  name: string,
  pieces: readonly (Piece | null)[],
  literal: CommandLiteral | null,
): [line: Buffer, shown: string] => {
  const parts: Buffer[] = [Buffer.from(name, 'latin1')]
  let shown = name
  for (const piece of pieces) {
    if (piece === null) continue
    const bytes = piece instanceof SecretPiece ? piece.bytes : piece
    parts.push(SPACE, bytes)
    shown += piece instanceof SecretPiece ? ' [secret]' : ` ${piece.toString('latin1')}`
  }
  if (literal !== null) {
    const header = ` ${literal.before ?? ''}{${literal.bytes.length}}`
    parts.push(Buffer.from(header))
    shown += header
  }
  const line = Buffer.concat(parts)
  for (const byte of [0x00, 0x0d, 0x0a])
    if (line.includes(byte)) throw valueError(`${name}: NUL, CR and LF are not allowed in arguments`)
  // The server would read the next command as the octets of a literal that nobody sends (CVE-2026-47241).
  if (literal === null && endsInLiteralHeader(line, line.length))
    throw valueError(`${name}: a command must not end in what looks like the header of a literal`)
  return [line, shown]
}

const SPACE = Buffer.from(' ')
