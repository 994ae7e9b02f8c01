import { invalid } from '../errors/imap-error.ts'
import type { ListName, ListResponse } from '../responses/list.ts'
import type { MetadataValue } from '../responses/metadata.ts'
import type { MailboxStatusResponse } from '../responses/mailbox-status.ts'
import type { CommandWriter } from '../wire/writer.ts'
import { command } from './command.ts'
import { require } from './require.ts'
import { type StatusItem, writeStatusItems } from './status.ts'

/** Which mailboxes to list (RFC 5258 §3.1, RFC 6154 §5). */
export type ListSelection = 'SUBSCRIBED' | 'REMOTE' | 'RECURSIVEMATCH' | 'SPECIAL-USE'

/** What to tell of them besides (RFC 5258 §3.2, RFC 6154 §5, RFC 5819, RFC 8440, RFC 9590). */
export interface ListReturn {
  readonly subscribed?: boolean | undefined
  readonly children?: boolean | undefined
  readonly specialUse?: boolean | undefined
  readonly status?: readonly StatusItem[] | undefined
  readonly myRights?: boolean | undefined
  /** Entries as `/shared/comment`. */
  readonly metadata?: readonly string[] | undefined
}

export interface ListArguments {
  /** Default `''`. */
  readonly reference?: string | undefined
  /** With `*` (any) and `%` (any but the delimiter). Several need LIST-EXTENDED. */
  readonly patterns: readonly string[]
  readonly select?: readonly ListSelection[] | undefined
  readonly return?: ListReturn | undefined
}

/** What came for a LIST: the mailboxes, and what was told of them besides. */
export interface ListReply {
  readonly mailboxes: readonly ListResponse[]
  /** By the mailbox's name. */
  readonly statuses: ReadonlyMap<string, MailboxStatusResponse>
  readonly rights: ReadonlyMap<string, string>
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, MetadataValue | null>>
}

const isExtended = ({ patterns, select = [], return: wanted }: ListArguments): boolean =>
  patterns.length !== 1 || select.length > 0 || (wanted !== undefined && Object.values(wanted).some(Boolean))

/**
 * LIST: the names of mailboxes (RFC 9051 §6.3.9), with selection and return options (RFC 5258) where they are asked for.
 */
export const list = command({
  name: 'LIST',
  states: ['authenticated', 'selected'],
  idempotent: true,
  needs: ([args]: [args: ListArguments]) => {
    const { return: wanted } = args
    if (wanted?.myRights === true) return 'LIST-MYRIGHTS'
    if (wanted?.metadata !== undefined) return 'LIST-METADATA'
    if (wanted?.status !== undefined) return ['LIST-STATUS', 'IMAP4rev2']
    return isExtended(args) ? ['LIST-EXTENDED', 'IMAP4rev2'] : undefined
  },
  write(out, [args], context) {
    const { reference = '', patterns, select = [], return: wanted } = args
    if (wanted?.metadata !== undefined) require(context, 'LIST-METADATA', 'LIST RETURN METADATA')
    if (wanted?.status !== undefined) require(context, ['LIST-STATUS', 'IMAP4rev2'], 'LIST RETURN STATUS')
    if (patterns.length === 0) throw invalid('LIST: no pattern is given')
    if (select.includes('RECURSIVEMATCH') && select.length === 1)
      throw invalid('LIST: RECURSIVEMATCH needs another selection option beside it (RFC 5258 §3.1)')
    if (select.length > 0) out.list(select, (each) => out.atom(each))
    out.reference(reference)
    if (patterns.length === 1) out.listMailbox(patterns[0] as string)
    else out.list(patterns, (each) => out.listMailbox(each))
    if (wanted !== undefined && Object.values(wanted).some(Boolean)) writeReturn(out, wanted)
  },
  claims: {
    LIST: (reply, [args]) => answers(reply, args),
    STATUS: (_reply, [{ return: wanted }]) => wanted?.status !== undefined,
    MYRIGHTS: (_reply, [{ return: wanted }]) => wanted?.myRights === true,
    METADATA: (_reply, [{ return: wanted }]) => wanted?.metadata !== undefined,
  },
  result(replies, { args: [args], context }): ListReply {
    const mailboxes: ListResponse[] = []
    const statuses = new Map<string, MailboxStatusResponse>()
    const rights = new Map<string, string>()
    const metadata = new Map<string, ReadonlyMap<string, MetadataValue | null>>()
    for (const reply of replies) {
      if (reply.type === 'LIST') mailboxes.push(reply)
      else if (reply.type === 'STATUS') statuses.set(reply.mailbox, reply)
      else if (reply.type === 'MYRIGHTS') rights.set(reply.mailbox, reply.rights)
      else metadata.set(reply.mailbox ?? '', reply.entries)
    }
    const asked = args.return?.children === true && context.isEnabled('IMAP4REV2')
    return { mailboxes: asked ? withoutNews(mailboxes) : mailboxes, statuses, rights, metadata }
  },
})

/**
 * IMAP4rev2 servers tell of mailboxes unasked too (RFC 9051 §7.3.1): Cyrus tells of the one that was created, or subscribed
 * to, when the next command is under way, and what it tells then is already old.
 */
const answers = (reply: ListResponse, { reference = '', patterns, select = [] }: ListArguments): boolean => {
  // RFC 5258 §3.1: what is selected by its subscription says so, but for the parents of RECURSIVEMATCH.
  if (select.includes('SUBSCRIBED') && !select.includes('RECURSIVEMATCH') && !reply.attributes.has('\\Subscribed'))
    return false
  // What a reference does to a pattern is the server's business (RFC 9051 §6.3.9).
  return reference !== '' || patterns.some((pattern) => matches(reply.mailbox ?? '', pattern, reply.delimiter))
}

/** Where the answers say whether there are mailboxes below (RFC 5258 §4), what does not say it was told unasked. */
const withoutNews = (mailboxes: ListResponse[]): ListResponse[] => {
  const saying = ['\\HasChildren', '\\HasNoChildren', '\\Noinferiors', '\\NonExistent', '\\Noselect']
  const says = ({ attributes }: ListResponse) => saying.some((each) => attributes.has(each))
  return mailboxes.some(says) ? mailboxes.filter(says) : mailboxes
}

/** Upper and lower case are the same here: some servers think so, and no answer must be lost. */
const matches = (name: string, pattern: string, delimiter: string | null): boolean => {
  if (pattern === '*' || pattern === '') return true
  const text = name.normalize('NFC').toLowerCase()
  // The places in the pattern that may be reached with what has been read of the name.
  const wild = pattern.normalize('NFC').toLowerCase()
  const skip = (places: Set<number>) => {
    for (const place of places) if (wild[place] === '*' || wild[place] === '%') places.add(place + 1)
    return places
  }
  let places = skip(new Set([0]))
  for (const char of text) {
    const next = new Set<number>()
    for (const place of places) {
      if (wild[place] === '*' || (wild[place] === '%' && char !== delimiter)) next.add(place)
      if (wild.startsWith(char, place)) next.add(place + char.length)
    }
    places = skip(next)
  }
  return places.has(wild.length)
}

const writeReturn = (out: CommandWriter, wanted: ListReturn): void => {
  out.atom('RETURN').open()
  if (wanted.subscribed === true) out.atom('SUBSCRIBED')
  if (wanted.children === true) out.atom('CHILDREN')
  if (wanted.specialUse === true) out.atom('SPECIAL-USE')
  if (wanted.myRights === true) out.atom('MYRIGHTS')
  if (wanted.metadata !== undefined) out.atom('METADATA').list(wanted.metadata, (entry) => out.astring(entry))
  if (wanted.status !== undefined) {
    out.atom('STATUS')
    writeStatusItems(out, wanted.status)
  }
  out.close()
}

type NamesArguments = [reference: string, pattern: string]

const writeNames = (out: CommandWriter, [reference, pattern]: NamesArguments) =>
  void out.reference(reference).listMailbox(pattern)

/** LSUB: the names that are subscribed to (RFC 3501 §6.3.9), for servers without LIST-EXTENDED. Not in IMAP4rev2. */
export const lsub = command({
  name: 'LSUB',
  states: ['authenticated', 'selected'],
  idempotent: true,
  write: writeNames,
  claims: { LSUB: () => true },
  result: (replies): readonly ListResponse<ListName>[] => replies,
})

/** RLIST: LIST with mailboxes that lie on other servers (RFC 2193 §5.1). Opening one of these fails with a REFERRAL. */
export const rlist = command({
  name: 'RLIST',
  states: ['authenticated', 'selected'],
  needs: 'MAILBOX-REFERRALS',
  idempotent: true,
  write: writeNames,
  claims: { LIST: () => true },
  result: (replies): readonly ListResponse<ListName>[] => replies,
})

/** RLSUB: LSUB with mailboxes that lie on other servers (RFC 2193 §5.2). */
export const rlsub = command({
  name: 'RLSUB',
  states: ['authenticated', 'selected'],
  needs: 'MAILBOX-REFERRALS',
  idempotent: true,
  write: writeNames,
  claims: { LSUB: () => true },
  result: (replies): readonly ListResponse<ListName>[] => replies,
})

/** XLIST: what Gmail had before RFC 6154 to tell what mailboxes are for. Not registered. */
export const xlist = command({
  name: 'XLIST',
  states: ['authenticated', 'selected'],
  needs: 'XLIST',
  idempotent: true,
  write: writeNames,
  claims: { XLIST: () => true },
  result: (replies): readonly ListResponse<ListName>[] => replies,
})
