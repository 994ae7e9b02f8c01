import type { Order } from '../connection/exchange.ts'
import type { StatusLine } from '../connection/status-line.ts'
import type { Frame, LiteralConsumer } from '../wire/frame.ts'
import type { Response } from '../responses/registry.ts'
import type { SequenceSet } from '../wire/sequence-set.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { ImapError } from '../errors/imap-error.ts'

/** States of a session (RFC 9051 §3). */
export type SessionState = 'not authenticated' | 'authenticated' | 'selected' | 'logout'

/** What a command may know of the session while it is written and answered. */
export interface CommandContext {
  readonly state: SessionState
  /** Upper or lower case does not matter. False for all while the capabilities are unknown. */
  has(capability: string): boolean
  /** Whether ENABLE was answered with it, as for `CONDSTORE`, `QRESYNC`, `UTF8=ACCEPT`, `IMAP4REV2`, `UIDONLY`. */
  isEnabled(capability: string): boolean
}

export type ResponseType = Response['type']

/** One response of the server with the type `T`. */
export type ResponseOf<T extends ResponseType> = Extract<Response, { type: T }>

/** The tagged answer, and what the command needs besides to make its result. */
export interface Answer<Args extends readonly unknown[]> {
  readonly args: Args
  readonly completion: StatusLine
  readonly context: CommandContext
}

/** How a command goes on when the server has done it for a part of its messages only (RFC 9738 MESSAGELIMIT). */
export interface Division<Args extends readonly unknown[], Result> {
  /** The UIDs that it is about; null when it cannot be done in parts. */
  set(args: Args): SequenceSet | null
  /** The same command for other UIDs. */
  only(args: Args, set: SequenceSet): Args
  merge(first: Result, second: Result): Result
}

/**
 * A command as data: all that there is to know about it. See {@link command}.
 *
 * @typeParam Args what {@link write} takes besides the writer
 * @typeParam Type the types of the untagged responses that may be its own
 */
export interface CommandDefinition<Args extends readonly unknown[], Type extends ResponseType, Result> {
  /** As it is written: `STATUS`, `UID FETCH`. */
  readonly name: string
  /** The states in which RFC 9051 §6 allows it. */
  readonly states: readonly SessionState[]
  /** What may be on the wire beside it. Default `'free'`. */
  readonly order?: Order | ((args: Args) => Order)
  /** The capability without which it cannot be sent: checked before a byte leaves. Several: any of them will do. */
  readonly needs?: string | readonly string[] | ((args: Args) => string | readonly string[] | undefined)
  /** Writes the arguments; the name is written already. A throw means that nothing is sent. */
  write(out: CommandWriter, args: Args, context: CommandContext): void
  /** Which untagged responses belong to this command. True takes the response; it is part of `replies` then. */
  readonly claims?: { readonly [T in Type]: (response: ResponseOf<T>, args: Args, context: CommandContext) => boolean }
  /** Makes the result at the tagged OK. NO and BAD never come here: they reject with the server's words. */
  result(replies: ResponseOf<Type>[], answer: Answer<Args>): Result
  /** Sees the tagged answer as it is delivered, synchronously, before any later byte is understood (STARTTLS, SELECT). */
  readonly onCompletion?: (completion: StatusLine, args: Args) => void
  /** Whether it may be sent again by itself after the connection broke, with no other effect than once. Default false. */
  readonly idempotent?: boolean
  readonly division?: Division<NoInfer<Args>, NoInfer<Result>>
}

/** The same for a command whose replies are taken as they come, instead of being gathered (FETCH). */
export interface Collector<Result> {
  /** True takes the response. */
  claim(response: Response): boolean
  literal?(head: Frame, size: number): LiteralConsumer | null
  result(completion: StatusLine, context: CommandContext): Result
  /** No result will be asked for. */
  failed?(error: Error): void
}

export interface Command<Args extends readonly unknown[], Result> {
  readonly name: string
  readonly states: readonly SessionState[]
  readonly idempotent: boolean
  order(args: Args): Order
  needs(args: Args): readonly string[]
  write(out: CommandWriter, args: Args, context: CommandContext): void
  collect(args: Args, context: CommandContext): Collector<Result>
  readonly onCompletion?: (completion: StatusLine, args: Args) => void
  readonly division?: Division<Args, Result>
}

/**
 * Makes a command from its definition. This is the form of all built-in commands, and of those that you add.
 *
 * @example
 * const xping = command({
 *   name: 'XPING',
 *   states: ['authenticated', 'selected'],
 *   needs: 'XPING',
 *   write: (out, [word]: [string]) => void out.astring(word),
 *   result: (_replies, { completion }) => completion.text,
 * })
 * await client.command(xping, 'hello')
 */
export const command = <Args extends readonly unknown[], Result, Type extends ResponseType = never>(
  definition: CommandDefinition<Args, Type, Result>,
): Command<Args, Result> => ({
  name: definition.name,
  states: definition.states,
  idempotent: definition.idempotent ?? false,
  order: (args) => (typeof definition.order === 'function' ? definition.order(args) : (definition.order ?? 'free')),
  needs: (args) => {
    const needs = typeof definition.needs === 'function' ? definition.needs(args) : definition.needs
    if (needs === undefined) return []
    return typeof needs === 'string' ? [needs] : needs
  },
  write(out, args, context) {
    for (const word of definition.name.split(' ')) out.atom(word)
    definition.write(out, args, context)
  },
  collect: (args, context) => new Gathered(definition, args, context),
  ...(definition.onCompletion === undefined ? {} : { onCompletion: definition.onCompletion }),
  ...(definition.division === undefined ? {} : { division: definition.division }),
})

type Claim = (response: Response, args: readonly unknown[], context: CommandContext) => boolean

/** Keeps the replies of a command until its tagged answer. */
class Gathered<Args extends readonly unknown[], Type extends ResponseType, Result> implements Collector<Result> {
  private readonly definition: CommandDefinition<Args, Type, Result>
  private readonly args: Args
  private readonly context: CommandContext
  private readonly replies: ResponseOf<Type>[] = []

  constructor(definition: CommandDefinition<Args, Type, Result>, args: Args, context: CommandContext) {
    this.definition = definition
    this.args = args
    this.context = context
  }

  claim(response: Response): boolean {
    const claims = this.definition.claims as { readonly [type: string]: Claim | undefined } | undefined
    // Own properties only: a response may be called anything, `constructor` too.
    if (claims === undefined || !Object.hasOwn(claims, response.type)) return false
    const mine = claims[response.type]?.(response, this.args, this.context) === true
    if (mine) this.replies.push(response as ResponseOf<Type>)
    return mine
  }

  result(completion: StatusLine, context: CommandContext): Result {
    return this.definition.result(this.replies, { args: this.args, completion, context })
  }
}

/** For {@link CommandDefinition.result}: the one reply that had to come with the OK. */
export const only = <T>(replies: readonly T[], name: string): T => {
  const reply = replies[0]
  if (reply === undefined)
    throw new ImapError('EUNPARSED', `The server said OK to ${name}, but sent no answer that could be understood.`, {
      command: name,
    })
  return reply
}
