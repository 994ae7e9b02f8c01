import { type SaslExchange, type SaslMechanism, saslError } from './mechanism.ts'

/** A mechanism whose whole client side is one response, known beforehand: PLAIN, EXTERNAL, ANONYMOUS. */
export function singleResponse(name: string, response: () => Uint8Array): SaslMechanism {
  return {
    name,
    begin: (): SaslExchange => {
      let given = false
      return {
        initial: () => {
          given = true
          return response()
        },
        respond: () => {
          throw saslError(name, 'the server asks for more than the mechanism has to say')
        },
        succeeded: () => {
          if (!given) throw saslError(name, 'the server said OK before it had seen a response')
        },
      }
    },
  }
}
