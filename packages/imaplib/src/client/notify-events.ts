import type { NotifyEvent } from '../commands/notify.ts'
import type { CommandRefused } from '../errors/failures.ts'
import { responseCode } from '../responses/response-code.ts'

const all: readonly NotifyEvent[] = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'MailboxName',
  'SubscriptionChange',
  'MailboxMetadataChange',
]

/** Which events to ask of a server, which may not have all of them. */
export class NotifyEvents {
  private refused: readonly NotifyEvent[] = []

  /** Null when it cannot tell of messages: then it is of no use. */
  forServer(has: (capability: string) => boolean): readonly NotifyEvent[] | null {
    const events = all.filter(
      // RFC 5465 §5.6: required only where there is METADATA.
      (event) => !this.refused.includes(event) && (event !== 'MailboxMetadataChange' || has('METADATA')),
    )
    return events.includes('MessageNew') && events.includes('MessageExpunge') ? events : null
  }

  /** Takes BADEVENT to heart (RFC 5465 §3.1). False when there is nothing to be learnt, and asking again is useless. */
  learnFrom({ responseCode: name = '', codeArguments = '' }: CommandRefused): boolean {
    const code = responseCode({ status: 'NO', code: name, codeArguments, text: '' })
    if (code?.name !== 'BADEVENT') return false
    const known = code.events.map((event) => event.toLowerCase())
    const refused = all.filter((event) => !known.includes(event.toLowerCase()))
    const learnt = refused.some((event) => !this.refused.includes(event))
    this.refused = refused
    return learnt
  }
}
