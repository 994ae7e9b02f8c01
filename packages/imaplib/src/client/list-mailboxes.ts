import { list, type ListReply, type ListReturn, lsub, rlist, rlsub, xlist } from '../commands/list.ts'
import type { CallOptions } from '../commands/run.ts'
import { type KnownCounts, knownItems, type StatusItem } from '../commands/status.ts'
import { CommandRefused, MissingCapability } from '../errors/failures.ts'
import type { Flags } from '../responses/flags.ts'
import type { ListName, ListResponse } from '../responses/list.ts'
import type { MetadataValue } from '../responses/metadata.ts'
import { askEach } from './ask-each.ts'
import { type Askable, personalPrefix } from './namespaces.ts'
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
  /** Also what we may do with each: by LIST-MYRIGHTS (RFC 8440), or MYRIGHTS (RFC 4314) of each. Default false. */
  readonly rights?: boolean | undefined
  /** Also these annotations of each: by LIST-METADATA (RFC 9590), or GETMETADATA (RFC 5464) of each. */
  readonly metadata?: readonly string[] | undefined
  /**
   * Also mailboxes that lie on other servers (RFC 5258 §3.1, RFC 2193 §5); opening one fails with a REFERRAL, see
   * `referralsOf`. Default false.
   */
  readonly remote?: boolean | undefined
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
  /** Whether there are mailboxes below it (RFC 3348, RFC 5258 §4); undefined when the server does not tell. */
  readonly hasChildren: boolean | undefined
  /** False for a level of names that is no mailbox itself. */
  readonly selectable: boolean
  /** Null unless it was asked for, and for what cannot be selected. */
  readonly status: KnownCounts | null
  /** Null unless asked for; see `allows`. */
  readonly rights: string | null
  /** Null unless asked for. */
  readonly metadata: ReadonlyMap<string, MetadataValue | null> | null
}

/** What is asked of the server, with what it cannot do left out. */
interface Request {
  readonly reference: string
  readonly patterns: readonly string[]
  readonly subscribed: boolean
  readonly remote: boolean
  readonly items: readonly StatusItem[] | undefined
  readonly rights: boolean
  readonly metadata: readonly string[] | undefined
  readonly call: CallOptions
}

/**
 * The mailboxes, with all that the server can tell in as few commands as it allows: one with LIST-EXTENDED and
 * LIST-STATUS; otherwise LIST, LSUB and a STATUS each, sent together.
 *
 * @throws MissingCapability before anything is sent, when rights, metadata or remote mailboxes cannot be had at all
 */
export const listMailboxes = async (connections: Askable, options: ListOptions): Promise<ListedMailbox[]> => {
  const { pattern = '*', reference = '', subscribed = false, remote = false, status: asked, rights = false } = options
  const { metadata, signal, timeout } = options
  const call = { signal, timeout }
  const patterns = typeof pattern === 'string' ? [pattern] : pattern
  // A server must be there before it can be asked what it can do.
  await connections.any(call)
  checkOffered(connections, options)
  const items = asked === undefined ? undefined : knownItems(asked, (name) => connections.has(name))
  const prefix = await personalPrefix(connections, call)
  const request: Request = { reference, patterns, subscribed, remote, items, rights, metadata, call }
  if (isExtended(connections)) {
    try {
      return assemble(await listExtended(connections, request), prefix)
    } catch (error) {
      // Some bridges and gateways announce the extension and do not know it (quirks: 31).
      if (!(error instanceof CommandRefused && error.code === 'BAD')) throw error
    }
  }
  return assemble(await listPlainly(connections, request), prefix)
}

const isExtended = (connections: Askable): boolean =>
  connections.has('IMAP4rev2') || (connections.has('LIST-EXTENDED') && !onlyXlistTellsRoles(connections))

/** Where the roles are told by XLIST alone, they are worth more than what LIST-EXTENDED could tell. */
const onlyXlistTellsRoles = (connections: Askable): boolean =>
  connections.has('XLIST') && !connections.has('SPECIAL-USE') && !connections.has('IMAP4rev2')

const checkOffered = (connections: Askable, { rights, metadata, remote }: ListOptions): void => {
  const check = (wanted: boolean, capabilities: readonly string[], what: string) => {
    if (wanted && !capabilities.some((each) => connections.has(each))) throw new MissingCapability(capabilities, what)
  }
  check(rights === true, ['LIST-MYRIGHTS', 'ACL'], 'Rights in a list of mailboxes')
  check(metadata !== undefined, ['LIST-METADATA', 'METADATA'], 'Metadata in a list of mailboxes')
  check(remote === true, ['LIST-EXTENDED', 'IMAP4rev2', 'MAILBOX-REFERRALS'], 'A list of remote mailboxes')
}

interface Found {
  readonly mailboxes: readonly ListResponse<ListName>[]
  readonly subscribed: ReadonlySet<string> | null
  readonly statuses: ReadonlyMap<string, KnownCounts>
  readonly rights: ReadonlyMap<string, string>
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, MetadataValue | null>>
}

const listExtended = async (connections: Askable, request: Request): Promise<Found> => {
  const { reference, patterns, subscribed, remote, items, rights, metadata, call } = request
  const rev2 = connections.has('IMAP4rev2')
  const returned: ListReturn = {
    subscribed: true,
    children: true,
    specialUse: connections.has('SPECIAL-USE') || rev2,
    status: items !== undefined && items.length > 0 && (connections.has('LIST-STATUS') || rev2) ? items : undefined,
    myRights: rights && connections.has('LIST-MYRIGHTS'),
    metadata: connections.has('LIST-METADATA') ? metadata : undefined,
  }
  const select = [...(subscribed ? (['SUBSCRIBED'] as const) : []), ...(remote ? (['REMOTE'] as const) : [])]
  const reply: ListReply = await connections.run(list, [{ reference, patterns, select, return: returned }], call)
  const { mailboxes } = reply
  const known = new Set(mailboxes.filter((each) => each.attributes.has('\\Subscribed')).map((each) => each.mailbox))
  const rest = await askEach(connections, mailboxes.filter(isSelectable), {
    items: returned.status === undefined ? items : undefined,
    rights: rights && returned.myRights !== true,
    metadata: returned.metadata === undefined ? metadata : undefined,
    call,
  })
  return {
    mailboxes,
    subscribed: known,
    statuses: returned.status === undefined ? rest.statuses : reply.statuses,
    rights: returned.myRights === true ? reply.rights : rest.rights,
    metadata: returned.metadata === undefined ? rest.metadata : reply.metadata,
  }
}

const listPlainly = async (connections: Askable, request: Request): Promise<Found> => {
  const { reference, patterns, subscribed, remote } = request
  const { call } = request
  const names = remote ? rlist : onlyXlistTellsRoles(connections) ? xlist : null
  const [replies, subscriptions] = await Promise.all([
    Promise.all(
      patterns.map(async (each) =>
        names === null
          ? (await connections.run(list, [{ reference, patterns: [each] }], call)).mailboxes
          : connections.run(names, [reference, each], call),
      ),
    ),
    Promise.all(
      patterns.map((each) => connections.run(remote ? rlsub : lsub, [reference, each], call).catch(noSubscriptions)),
    ),
  ])
  const wanted = new Set(subscriptions.flatMap((each) => each ?? []).map((each) => each.mailbox))
  const known = subscriptions.includes(null) ? null : wanted
  const all = replies.flat().map(inboxByName)
  const mailboxes = subscribed ? all.filter((each) => wanted.has(each.mailbox)) : all
  return { mailboxes, subscribed: known, ...(await askEach(connections, mailboxes.filter(isSelectable), request)) }
}

/** XLIST names the inbox in the user's language; it is opened as INBOX all the same. */
const inboxByName = (listed: ListResponse<ListName>): ListResponse<ListName> =>
  listed.type === 'XLIST' && listed.attributes.has('\\Inbox') ? { ...listed, mailbox: 'INBOX' } : listed

/** LSUB is gone from IMAP4rev2, and some servers refuse it although they speak IMAP4rev1 (Exchange). */
const noSubscriptions = (error: unknown): null => {
  if (error instanceof CommandRefused) return null
  throw error
}

const isSelectable = ({ attributes }: ListResponse<ListName>): boolean =>
  !attributes.has('\\Noselect') && !attributes.has('\\NonExistent')

const assemble = ({ mailboxes, subscribed, statuses, rights, metadata }: Found, prefix: string): ListedMailbox[] => {
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
      rights: rights.get(mailbox) ?? null,
      metadata: metadata.get(mailbox) ?? null,
    }
  })
}

/** What the server says counts; only where it names none for a role does a well-known name count, the first of them. */
const assignRoles = (mailboxes: readonly ListResponse<ListName>[], prefix: string): Map<string, [Role, RoleSource]> => {
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
