import { AuthenticationError } from '../errors/failures.ts'
import { ImapError } from '../errors/imap-error.ts'
import { decodeChallenge, encodeResponse } from '../sasl/base64.ts'
import type { SaslExchange, SaslMechanism } from '../sasl/mechanism.ts'
import { mechanismUnavailable } from '../sasl/mechanism-unavailable.ts'
import { type CommandWriter, line } from '../wire/writer.ts'
import type { Connection } from './connection.ts'
import type { Exchange, Order, Reply } from './exchange.ts'
import type { StatusLine } from './status-line.ts'

/** No mechanism takes more rounds than a handful; a server that goes on asking is not going to stop. */
const MAX_ROUNDS = 20

/** RFC 4959 lets the initial response share the command's line; past this length some servers would cut the line. */
const MAX_INLINE = 4096

/**
 * Runs AUTHENTICATE (RFC 9051 §6.2.2) with one mechanism.
 *
 * The initial response travels with the command where the server announces SASL-IR (RFC 4959). At the tagged OK the
 * mechanism has the last word: a server that must prove itself (SCRAM) and did not, is not believed.
 *
 * @param saslIr false never sends the initial response with the command: some servers announce SASL-IR and then do not
 * understand it
 * @throws AuthenticationError with the server's words when it refuses; ImapError `ESASL` when the exchange went wrong: it
 * has been cancelled with `*` by then. After an `ESASL` on an OK the connection is closed.
 */
export const authenticate = async <E extends Exchange>(
  connection: Connection<E | Exchange>,
  mechanism: SaslMechanism,
  saslIr = true,
): Promise<StatusLine> => {
  const exchange = mechanism.begin()
  const initial = await exchange.initial()
  const announced = saslIr && connection.capabilities?.has('SASL-IR') === true
  const inline = announced && initial !== null && initial.length <= MAX_INLINE
  return new Promise((resolve, reject) => {
    connection.run(new Authentication(connection, mechanism.name, exchange, initial, inline, resolve, reject))
  })
}

class Authentication implements Exchange {
  readonly name = 'AUTHENTICATE'
  readonly order: Order = 'alone'
  private readonly connection: { destroy(error: ImapError): void }
  private readonly mechanism: string
  private readonly exchange: SaslExchange
  private readonly inline: boolean
  /** The initial response, as long as it has not been sent. */
  #initial: Uint8Array | null
  private rounds = 0
  private problem: Error | null = null
  private readonly resolve: (completion: StatusLine) => void
  private readonly reject: (error: Error) => void

  constructor(
    connection: { destroy(error: ImapError): void },
    mechanism: string,
    exchange: SaslExchange,
    initial: Uint8Array | null,
    inline: boolean,
    resolve: (completion: StatusLine) => void,
    reject: (error: Error) => void,
  ) {
    this.connection = connection
    this.mechanism = mechanism
    this.exchange = exchange
    this.#initial = initial
    this.inline = inline
    this.resolve = resolve
    this.reject = reject
  }

  write(out: CommandWriter): void {
    out.atom('AUTHENTICATE').atom(this.mechanism)
    if (!this.inline || this.#initial === null) return
    // The empty initial response is written `=` (RFC 4959 §3).
    if (this.#initial.length === 0) out.verbatim('=')
    else out.base64(this.#initial, { secret: true })
    this.#initial = null
  }

  continuation(text: string, reply: Reply): void {
    void this.answer(text).then(
      (answer) => reply(line(encodeResponse(answer).toString('latin1'), true)),
      (error: Error) => {
        this.problem ??= error
        reply(line('*'))
      },
    )
  }

  completed(completion: StatusLine): void {
    if (completion.status !== 'OK') return this.reject(this.refused(completion))
    try {
      if (this.problem !== null) throw this.problem
      this.exchange.succeeded()
    } catch (error) {
      // Whoever this is believes that we are logged in, but may not be the server: say nothing more to it.
      this.reject(error as Error)
      this.connection.destroy(error as ImapError)
      return
    }
    this.resolve(completion)
  }

  failed(error: Error): void {
    this.reject(this.problem ?? error)
  }

  private async answer(text: string): Promise<Uint8Array> {
    this.rounds += 1
    if (this.rounds > MAX_ROUNDS)
      throw new ImapError('ESASL', `${this.mechanism}: the server still asks after ${MAX_ROUNDS} rounds.`)
    const challenge = decodeChallenge(Buffer.from(text, 'latin1'))
    const initial = this.#initial
    this.#initial = null
    if (initial === null) return this.exchange.respond(challenge)
    // RFC 4422 §3: the server asks for the initial response by an empty challenge. (Some put words there; they are let
    // pass, since mechanisms in which the client speaks first have nothing to learn from them.)
    return initial
  }

  private refused(completion: StatusLine): Error {
    if (this.problem !== null) return this.problem
    const { refusal } = this.exchange
    const said = [refusal?.code, completion.text].filter((words) => words !== undefined && words !== '').join(': ')
    const responseCode = completion.code === '' ? undefined : completion.code
    const status = completion.status === 'NO' ? 'NO' : 'BAD'
    const challenged = this.rounds > 0
    const { mechanism } = this
    const serverText = completion.text
    const sent = { challenged, initialSent: this.inline }
    const unavailable = mechanismUnavailable({ mechanism, status, responseCode, serverText, ...sent, refusal })
    if (status === 'NO') this.exchange.failed?.(responseCode)
    return new AuthenticationError(this.mechanism, unavailable, `${this.mechanism} was refused: ${said}`, {
      responseCode,
      codeArguments: completion.codeArguments === '' ? undefined : completion.codeArguments,
      serverText: completion.text,
      command: 'AUTHENTICATE',
      retryable: responseCode === 'UNAVAILABLE' || responseCode === 'INUSE',
      cause: refusal,
    })
  }
}
