import { logout } from '../commands/logout.ts'
import type { Session } from '../commands/session.ts'

/** How long a server may take over LOGOUT, in ms: closing must not hang on a dead connection. */
const GOODBYE = 5000

/** LOGOUT (RFC 9051 §6.1.3). Never fails; the connection is the caller's to close. */
export const sayGoodbye = async (session: Session): Promise<void> => {
  session.connection.expectEnd()
  await session.run(logout, [], { timeout: GOODBYE }).catch(() => undefined)
}
