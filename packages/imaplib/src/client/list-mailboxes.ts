import { list, type ListReply, type ListReturn, lsub } from '../commands/list.ts'
import type { CallOptions } from '../commands/run.ts'
import { type KnownCounts, knownItems, type StatusItem, status } from '../commands/status.ts'
import { CommandRefused } from '../errors/failures.ts'
import type { Flags } from '../responses/flags.ts'
import type { ListResponse } from '../responses/list.ts'
import type { Connections } from './connections.ts'
import { personalPrefix } from './namespaces.ts'
import { type Role, type RoleSource, roleByAttribute, roleByName } from './roles.ts'

export interface ListOptions extends CallOptions {
  /** With `*` for anything, `%` for anything but the delimiter. Default `*`. */
  readonly pattern?: string | readonly string[] | undefined
  /** What the pattern is relative to. Default `''`. */
  readonly reference?: string | undefined
  /** Only those that are subscribed to. Default false. */
  readonly subscribed?: boolean | undefined
  /** Also counts of each, in the same round trip where the server can (RFC 5819). Items it cannot tell are left out. */
  readonly status?: readonly StatusItem[] | undefined
}

/** A mailbox as LIST tells of it. */
export interface ListedMailbox {
  /** In Unicode. */
  readonly name: string
  /** The last level of the name. */
  readonly label: string
  /** Between the levels of names; null when there are none. */
  readonly delimiter: string | null
  /** As the server sent them; `has` ignores case. */
  readonly attributes: Flags
  /** What it is for; null when nothing says so. Of several mailboxes that could have a role, only the likeliest has it. */
  readonly role: Role | null
  readonly roleSource: RoleSource | null
  /** Undefined when the server does not tell. */
  readonly subscribed: boolean | undefined
  /** Whether there are mailboxes below it; undefined when the server does not tell. */
  readonly hasChildren: boolean | undefined
  /** False for a level of names that is no mailbox itself. */
  readonly selectable: boolean
  /** Null unless it was asked for, and for what cannot be selected. */
  readonly status: KnownCounts | null
}

/**
 * The mailboxes, with all that the server can tell in as few commands as it allows: one with LIST-EXTENDED and
 * LIST-STATUS; otherwise LIST, LSUB and a STATUS each, sent together.
 */
export const listMailboxes = async (connections: Connections, options: ListOptions): Promise<ListedMailbox[]> => {
  const { pattern = '*', reference = '', subscribed = false, status: asked, signal, timeout } = options
  const call = { signal, timeout }
  const patterns = typeof pattern === 'string' ? [pattern] : pattern
  // A server must be there before it can be asked what it can do.
  await connections.any()
  const items = asked === undefined ? undefined : knownItems(asked, (name) => connections.has(name))
  const prefix = await personalPrefix(connections, call)
  const extended = connections.has('LIST-EXTENDED') || connections.has('IMAP4rev2')
  if (extended) {
    try {
      return assemble(await listExtended(connections, reference, patterns, subscribed, items, call), prefix)
    } catch (error) {
      // Some bridges and gateways announce the extension and do not know it (quirks: 31).
      if (!(error instanceof CommandRefused && error.code === 'BAD')) throw error
    }
  }
  return assemble(await listPlainly(connections, reference, patterns, subscribed, items, call), prefix)
}

interface Found {
  readonly mailboxes: readonly ListResponse[]
  readonly subscribed: ReadonlySet<string> | null
  readonly statuses: ReadonlyMap<string, KnownCounts>
}

const listExtended = async (
  connections: Connections,
  reference: string,
  patterns: readonly string[],
  subscribed: boolean,
  items: readonly StatusItem[] | undefined,
  call: CallOptions,
): Promise<Found> => {
  const inOne =
    items !== undefined && items.length > 0 && (connections.has('LIST-STATUS') || connections.has('IMAP4rev2'))
  const returned: ListReturn = {
    subscribed: true,
    children: true,
    specialUse: connections.has('SPECIAL-USE') || connections.has('IMAP4rev2'),
    status: inOne ? items : undefined,
  }
  const select = subscribed ? (['SUBSCRIBED'] as const) : undefined
  const reply: ListReply = await connections.run(list, [{ reference, patterns, select, return: returned }], call)
  const known = new Set(
    reply.mailboxes.filter((each) => each.attributes.has('\\Subscribed')).map((each) => each.mailbox),
  )
  const statuses =
    inOne || items === undefined ? reply.statuses : await statusOfEach(connections, reply.mailboxes, items, call)
  return { mailboxes: reply.mailboxes, subscribed: known, statuses }
}

const listPlainly = async (
  connections: Connections,
  reference: string,
  patterns: readonly string[],
  subscribed: boolean,
  items: readonly StatusItem[] | undefined,
  call: CallOptions,
): Promise<Found> => {
  const [replies, subscriptions] = await Promise.all([
    Promise.all(patterns.map((each) => connections.run(list, [{ reference, patterns: [each] }], call))),
    Promise.all(patterns.map((each) => connections.run(lsub, [reference, each], call).catch(noSubscriptions))),
  ])
  const names = new Set(subscriptions.flatMap((each) => each ?? []).map((each) => each.mailbox))
  const known = subscriptions.includes(null) ? null : names
  const all = replies.flatMap((reply) => reply.mailboxes)
  const mailboxes = subscribed ? all.filter((each) => names.has(each.mailbox)) : all
  const statuses = items === undefined ? new Map() : await statusOfEach(connections, mailboxes, items, call)
  return { mailboxes, subscribed: known, statuses }
}

/** LSUB is gone from IMAP4rev2, and some servers refuse it although they speak IMAP4rev1 (Exchange). */
const noSubscriptions = (error: unknown): null => {
  if (error instanceof CommandRefused) return null
  throw error
}

const statusOfEach = async (
  connections: Connections,
  mailboxes: readonly ListResponse[],
  items: readonly StatusItem[],
  call: CallOptions,
): Promise<Map<string, KnownCounts>> => {
  const found = new Map<string, KnownCounts>()
  if (items.length === 0) return found
  await Promise.all(
    mailboxes.filter(isSelectable).map(async ({ mailbox }) => {
      const reply = await connections.run(status, [mailbox, items], call).catch((error: unknown) => {
        // One mailbox that cannot be looked into must not hide the others.
        if (error instanceof CommandRefused && error.code === 'NO') return null
        throw error
      })
      if (reply !== null) found.set(mailbox, reply)
    }),
  )
  return found
}

const isSelectable = ({ attributes }: ListResponse): boolean =>
  !attributes.has('\\Noselect') && !attributes.has('\\NonExistent')

const assemble = ({ mailboxes, subscribed, statuses }: Found, prefix: string): ListedMailbox[] => {
  // A mailbox may be told twice, when several patterns match it.
  const unique = [...new Map(mailboxes.map((each) => [each.mailbox, each])).values()]
  const roles = assignRoles(unique, prefix)
  return unique.map((each) => {
    const { mailbox, attributes, delimiter } = each
    const role = roles.get(mailbox)
    return {
      name: mailbox,
      label: delimiter === null ? mailbox : mailbox.slice(mailbox.lastIndexOf(delimiter) + 1),
      delimiter,
      attributes,
      role: role?.[0] ?? null,
      roleSource: role?.[1] ?? null,
      subscribed: attributes.has('\\Subscribed') ? true : subscribed?.has(mailbox),
      hasChildren: attributes.has('\\HasChildren')
        ? true
        : attributes.has('\\HasNoChildren') || attributes.has('\\Noinferiors')
          ? false
          : undefined,
      selectable: isSelectable(each),
      status: statuses.get(mailbox) ?? null,
    }
  })
}

/** What the server says counts; only where it names none for a role does a well-known name count, the first of them. */
const assignRoles = (mailboxes: readonly ListResponse[], prefix: string): Map<string, [Role, RoleSource]> => {
  const roles = new Map<string, [Role, RoleSource]>()
  const taken = new Set<Role>()
  for (const { mailbox, attributes } of mailboxes) {
    const role = mailbox === 'INBOX' ? 'inbox' : roleByAttribute(attributes)
    if (role === null) continue
    roles.set(mailbox, [role, 'attribute'])
    taken.add(role)
  }
  for (const { mailbox, delimiter } of mailboxes) {
    if (roles.has(mailbox)) continue
    const role = roleByName(mailbox, delimiter, prefix)
    if (role === null || taken.has(role)) continue
    roles.set(mailbox, [role, 'name'])
    taken.add(role)
  }
  return roles
}
