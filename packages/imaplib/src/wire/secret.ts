import { inspect } from 'node:util'

/**
 * A password, a token, or another thing that must not be shown: not by a trace, an error, `console.log` or JSON.
 *
 * @example
 * const password = new Secret(process.env.PASSWORD ?? '')
 */
export class Secret {
  readonly #value: string | Uint8Array

  constructor(value: string | Uint8Array) {
    this.#value = value
  }

  /** The thing itself, for the one place that sends it. */
  reveal(): string | Uint8Array {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
