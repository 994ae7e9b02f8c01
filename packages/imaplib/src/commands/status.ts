import { invalid } from '../errors/imap-error.ts'
import type { MailboxStatusResponse } from '../responses/mailbox-status.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command, only } from './command.ts'
import { require } from './require.ts'
import { sameMailbox } from './same-mailbox.ts'

/** One line for each item of STATUS: its key here, its name on the wire, and what it needs. */
const items = {
  messages: { wire: 'MESSAGES' },
  recent: { wire: 'RECENT' },
  unseen: { wire: 'UNSEEN' },
  uidNext: { wire: 'UIDNEXT' },
  uidValidity: { wire: 'UIDVALIDITY' },
  deleted: { wire: 'DELETED', needs: ['IMAP4rev2', 'QUOTA=RES-MESSAGE'] },
  size: { wire: 'SIZE', needs: ['STATUS=SIZE', 'IMAP4rev2'] },
  deletedStorage: { wire: 'DELETED-STORAGE', needs: ['QUOTA=RES-STORAGE'] },
  highestModSeq: { wire: 'HIGHESTMODSEQ', needs: ['CONDSTORE', 'QRESYNC'] },
  mailboxId: { wire: 'MAILBOXID', needs: ['OBJECTID'] },
  appendLimit: { wire: 'APPENDLIMIT', needs: ['APPENDLIMIT'] },
} as const satisfies Record<string, { readonly wire: string; readonly needs?: readonly string[] }>

export type StatusItem = keyof typeof items

/** The counts of a mailbox that were asked for. */
export type MailboxStatus<Item extends StatusItem = StatusItem> = {
  /** In Unicode. */
  readonly mailbox: string
} & { readonly [K in Item]: Exclude<MailboxStatusResponse[K], undefined> }

/** What a server told of the counts that were asked for. */
export type KnownCounts = { readonly [K in StatusItem]?: MailboxStatusResponse[K] }

export const writeStatusItems = (out: CommandWriter, wanted: readonly StatusItem[]): void => {
  if (wanted.length === 0) throw invalid('STATUS: nothing is asked for')
  for (const item of wanted)
    if (!Object.hasOwn(items, item)) throw invalid(`STATUS: ${JSON.stringify(item)} is nothing that can be asked`)
  out.list(wanted, (item) => out.atom(items[item].wire))
}

/** The items that this server cannot tell are left out by callers who take what there is. */
export const knownItems = (wanted: readonly StatusItem[], has: (capability: string) => boolean): StatusItem[] =>
  wanted.filter((item) => {
    const { needs } = items[item] as { needs?: readonly string[] }
    return needs === undefined || needs.some(has)
  })

/**
 * STATUS: counts of a mailbox without selecting it (RFC 9051 §6.3.11; SIZE: RFC 8438; HIGHESTMODSEQ: RFC 7162).
 *
 * Not for the mailbox that is selected: there the server may tell old news (RFC 9051 §6.3.11).
 */
export const status = command({
  name: 'STATUS',
  states: ['authenticated', 'selected'],
  idempotent: true,
  write(out, [mailbox, wanted]: [mailbox: string, wanted: readonly StatusItem[]], context) {
    out.mailbox(mailbox)
    writeStatusItems(out, wanted)
    for (const item of wanted) {
      const { needs } = items[item] as { needs?: readonly string[] }
      if (needs !== undefined) require(context, needs, `STATUS ${items[item].wire}`)
    }
  },
  claims: { STATUS: (reply, [mailbox]) => sameMailbox(reply.mailbox, mailbox) },
  result: (replies) => only(replies, 'STATUS'),
})
