import { invalid } from '../errors/imap-error.ts'
import type { MailboxStatusResponse } from '../responses/mailbox-status.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command } from './command.ts'

/** What a server can be asked to tell (RFC 5465 §5). */
export type NotifyEvent =
  | 'MessageNew'
  | 'MessageExpunge'
  | 'FlagChange'
  | 'AnnotationChange'
  | 'MailboxName'
  | 'SubscriptionChange'
  | 'MailboxMetadataChange'
  | 'ServerMetadataChange'

/** Of which mailboxes (RFC 5465 §6). `selected`: whichever is selected at the moment; only events of messages. */
export type NotifyMailboxes =
  | 'selected'
  | 'selected-delayed'
  | 'inboxes'
  | 'personal'
  | 'subscribed'
  | { readonly subtree: readonly string[] }
  | { readonly mailboxes: readonly string[] }

export interface NotifyGroup {
  readonly mailboxes: NotifyMailboxes
  /** None: nothing of these mailboxes is to be told. */
  readonly events: readonly NotifyEvent[]
}

const ofMessages: readonly NotifyEvent[] = ['MessageNew', 'MessageExpunge', 'FlagChange', 'AnnotationChange']

/** The rules whose breach a server answers with BAD (RFC 5465 §5, §6.1). */
const check = (groups: readonly NotifyGroup[]): void => {
  if (groups.length === 0) throw invalid('NOTIFY: nothing is asked for')
  if (groups.filter(({ mailboxes }) => isSelected(mailboxes)).length > 1)
    throw invalid('NOTIFY: the selected mailbox is named twice (RFC 5465 §6.1)')
  for (const { mailboxes, events } of groups) {
    const [arrivals, expunges] = [events.includes('MessageNew'), events.includes('MessageExpunge')]
    if (arrivals !== expunges) throw invalid('NOTIFY: MessageNew and MessageExpunge go together (RFC 5465 §5)')
    if (!arrivals && (events.includes('FlagChange') || events.includes('AnnotationChange')))
      throw invalid('NOTIFY: FlagChange and AnnotationChange need MessageNew and MessageExpunge (RFC 5465 §5)')
    if (isSelected(mailboxes) && events.some((event) => !ofMessages.includes(event)))
      throw invalid('NOTIFY: of the selected mailbox only events of messages can be asked for (RFC 5465 §6.1)')
  }
}

const isSelected = (mailboxes: NotifyMailboxes): boolean => mailboxes === 'selected' || mailboxes === 'selected-delayed'

const writeMailboxes = (out: CommandWriter, mailboxes: NotifyMailboxes): void => {
  if (typeof mailboxes === 'string') {
    out.atom(mailboxes)
    return
  }
  const [word, names] = 'subtree' in mailboxes ? ['subtree', mailboxes.subtree] : ['mailboxes', mailboxes.mailboxes]
  const [first] = names
  if (first === undefined) throw invalid('NOTIFY: no mailbox is named')
  out.atom(word)
  if (names.length === 1) out.mailbox(first)
  else out.list(names, (name) => out.mailbox(name))
}

/**
 * NOTIFY SET: what the server shall tell by itself from now on, also of mailboxes that are not selected (RFC 5465 §3.1).
 * With `status` it sends the counts of each of them first; these are the result.
 */
export const notifySet = command({
  name: 'NOTIFY SET',
  states: ['authenticated', 'selected'],
  needs: 'NOTIFY',
  // What comes after it is told by other rules than what came before.
  order: 'blocks',
  idempotent: true,
  write(out, [groups, { status = false }]: [groups: readonly NotifyGroup[], options: { readonly status?: boolean }]) {
    check(groups)
    if (status) out.atom('STATUS')
    for (const { mailboxes, events } of groups) {
      out.open()
      writeMailboxes(out, mailboxes)
      if (events.length === 0) out.atom('NONE')
      else out.list(events, (event) => out.atom(event))
      out.close()
    }
  },
  claims: { STATUS: (_reply, [, { status = false }]) => status },
  result: (replies): ReadonlyMap<string, MailboxStatusResponse> =>
    new Map(replies.map((reply) => [reply.mailbox, reply])),
})

/** NOTIFY NONE: nothing is told by itself any more, not even of the selected mailbox (RFC 5465 §3.2). */
export const notifyNone = command({
  name: 'NOTIFY NONE',
  states: ['authenticated', 'selected'],
  needs: 'NOTIFY',
  order: 'blocks',
  idempotent: true,
  write: (_out, _args: []) => undefined,
  result: () => undefined,
})
