import { responseCode } from '../responses/response-code.ts'
import { command } from './command.ts'

export interface CreateOptions {
  /** What the mailbox is for: `\Sent`, `\Trash` … (RFC 6154 §3; needs CREATE-SPECIAL-USE). */
  readonly specialUse?: readonly string[] | undefined
}

/** CREATE: makes a mailbox (RFC 9051 §6.3.4), for a special use if asked. Resolves to its MAILBOXID (RFC 8474) or null. */
export const create = command({
  name: 'CREATE',
  states: ['authenticated', 'selected'],
  needs: ([, { specialUse }]: [mailbox: string, options: CreateOptions]) =>
    specialUse === undefined ? undefined : 'CREATE-SPECIAL-USE',
  write(out, [mailbox, { specialUse }]) {
    out.mailbox(mailbox)
    if (specialUse !== undefined) out.open().atom('USE').flags(specialUse).close()
  },
  result(_replies, { completion }): string | null {
    const code = responseCode(completion)
    return code?.name === 'MAILBOXID' ? code.id : null
  },
})
