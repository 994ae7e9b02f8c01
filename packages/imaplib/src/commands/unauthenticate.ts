import { command } from './command.ts'
import type { Session } from './session.ts'

/**
 * UNAUTHENTICATE: back to the state after the greeting, on the same connection (RFC 8437 §3). What was enabled is not any
 * more, no mailbox is selected, nothing is expunged. A compression layer would end with it: the caller sees to that.
 */
export const unauthenticate = command({
  name: 'UNAUTHENTICATE',
  states: ['authenticated', 'selected'],
  order: 'alone',
  needs: 'UNAUTHENTICATE',
  write: (_out, _args: [session: Session]) => undefined,
  result: () => undefined,
  onCompletion(completion, [session]) {
    if (completion.status === 'OK') session.markUnauthenticated()
  },
})
