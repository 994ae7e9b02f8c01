import type { Command } from './command.ts'
import type { CallOptions } from './run.ts'

/** What the methods of an extension stand on: a way to send commands, and to know what the server can do. */
export interface Runner {
  /** Whether the server offers the capability. */
  has(capability: string): boolean
  /** The values of a capability that has them: `values('RIGHTS')` → `['KXTE']`. */
  values(capability: string): string[]
  /** Whether it has been enabled (RFC 5161). */
  isEnabled(capability: string): boolean
  run<Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options?: CallOptions,
  ): Promise<Result>
}

/** The same for the whole client. */
export interface ClientRunner extends Runner {
  /**
   * Runs a command that sets how a connection behaves, on each connection that there is and on each that is opened later.
   * Another one under the same key takes its place. Resolves to the result of the first.
   */
  everywhere<Args extends readonly unknown[], Result>(
    key: string,
    command: Command<Args, Result>,
    args: NoInfer<Args>,
    options?: CallOptions,
  ): Promise<Result>
}

/** The same with a mailbox selected whenever a command of it is sent. */
export interface MailboxRunner extends Runner {
  /** In Unicode. */
  readonly name: string
}

/** An extension: makes its methods, which stand under its key in the registry on the client or the mailbox handle. */
export type Extension<R extends Runner, Methods> = (runner: R) => Methods

/** What a table of extensions adds to its owner. */
export type Methods<Table extends { readonly [key: string]: Extension<never, unknown> }> = {
  readonly [K in keyof Table]: ReturnType<Table[K]>
}

/**
 * Gives all objects of a class a property for each extension of the table, made when it is first used: thousands of
 * clients in one process do not pay for what they leave alone.
 */
export const extend = <Owner extends object, R extends Runner>(
  prototype: Owner,
  table: { readonly [key: string]: Extension<R, unknown> },
  runnerOf: (owner: Owner) => R,
): void => {
  const runners = new WeakMap<Owner, R>()
  for (const [key, make] of Object.entries(table))
    Object.defineProperty(prototype, key, {
      configurable: true,
      enumerable: false,
      get(this: Owner) {
        const runner = runners.get(this) ?? runnerOf(this)
        runners.set(this, runner)
        const value = make(runner)
        Object.defineProperty(this, key, { value })
        return value
      },
    })
}
