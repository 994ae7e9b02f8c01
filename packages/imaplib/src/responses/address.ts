import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { decodeWords } from './encoded-words.ts'
import type { ParseContext } from './response-parser.ts'

/** A mailbox in an ENVELOPE (RFC 9051 §7.5.2, address). */
export class Address {
  /** The display name as it stood in the header, one character for each octet; null when there was none. */
  readonly rawName: RawText | null
  /** The part before the `@`. */
  readonly mailbox: string | null
  /** The domain; null when the server has none. */
  readonly host: string | null
  /** The obsolete source route (RFC 9051 §7.5.2, at-domain-list). */
  readonly route: string | null
  /** The group that the address is a member of (RFC 5322 §3.4), as in `friends: a@example.org, b@example.org;`. */
  readonly group: AddressGroup | null
  private decodedName: string | null = null

  constructor(
    rawName: RawText | null,
    mailbox: string | null,
    host: string | null,
    route: string | null,
    group: AddressGroup | null,
  ) {
    this.rawName = rawName
    this.mailbox = mailbox
    this.host = host
    this.route = route
    this.group = group
  }

  /** The display name, encoded words (RFC 2047) decoded; null when there was none. Untrusted text. */
  get name(): string | null {
    if (this.decodedName === null && this.rawName !== null) this.decodedName = decodeWords(decodeRaw(this.rawName))
    return this.decodedName
  }

  /** `mailbox@host`; the mailbox alone when there is no host, null when there is neither. */
  get address(): string | null {
    if (this.mailbox === null || this.mailbox === '') return null
    return this.host === null || this.host === '' ? this.mailbox : `${this.mailbox}@${this.host}`
  }

  toJSON(): AddressJSON {
    const { name, mailbox, host, address, route, group } = this
    return {
      name,
      mailbox,
      host,
      address,
      ...(route === null ? undefined : { route }),
      ...(group === null ? undefined : { group: group.name }),
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): AddressJSON {
    return this.toJSON()
  }
}

export interface AddressJSON {
  name: string | null
  mailbox: string | null
  host: string | null
  address: string | null
  route?: string
  /** The group's name. */
  group?: string
}

/** A named group of addresses (RFC 5322 §3.4). It may be empty: `undisclosed-recipients:;`. */
export interface AddressGroup {
  readonly name: string
  readonly members: readonly Address[]
}

export const noAddresses: readonly Address[] = Object.freeze([])

/**
 * An address list of an ENVELOPE. The members of groups are in the list, each naming its group; the groups themselves,
 * the empty ones too, are added to `groups`.
 */
export const readAddresses = (
  scan: Scanner,
  context: ParseContext,
  groups: (group: AddressGroup) => void,
): readonly Address[] => {
  if (!scan.openList()) {
    if (scan.takeNil()) return noAddresses
    scan.skipValue()
    context.repaired('address-list-string')
    return noAddresses
  }
  const found: Address[] = []
  // Members of a group whose end has not come: entries of `found` from here on.
  let opened: RawAddress | null = null
  let members = 0
  const empty = scan.peek() === CLOSE
  for (;;) {
    if (scan.peek() !== OPEN) {
      if (scan.closeList()) break
      if (scan.peek() !== OPEN) {
        scan.skipValue()
        context.repaired('address-nil')
        continue
      }
      context.repaired('address-list-space')
    }
    readAddress(scan, context)
    if (current.host !== null || isSwapped()) {
      found.push(makeAddress(context, null))
      continue
    }
    // Without a host it is no mailbox: a name begins a group, NIL ends it (RFC 9051 §7.5.2).
    if (opened !== null && current.mailbox === null) {
      closeGroup(found, members, opened, groups)
      opened = null
    } else if (current.mailbox !== null) {
      if (opened !== null) unopen(found, members, opened, context)
      opened = { ...current }
      members = found.length
    } else if (current.name !== null) found.push(makeAddress(context, null))
  }
  if (opened !== null) unopen(found, members, opened, context)
  if (empty) context.repaired('address-list-empty')
  return found.length === 0 ? noAddresses : found
}

interface RawAddress {
  name: RawText | null
  route: RawText | null
  mailbox: string | null
  host: string | null
}

/** The address just read; one object, so that reading makes none that is not kept. */
const current: RawAddress = { name: null, route: null, mailbox: null, host: null }

const OPEN = 0x28
const CLOSE = 0x29

/** `(name route mailbox host)`, with fewer or more items tolerated. */
const readAddress = (scan: Scanner, context: ParseContext): void => {
  scan.pos += 1
  current.name = current.route = current.mailbox = current.host = null
  if (!scan.atListEnd()) current.name = scan.rawNstring()
  if (current.name !== null) scan.noteCharset(current.name)
  if (!scan.atListEnd()) current.route = scan.rawNstring()
  if (!scan.atListEnd()) current.mailbox = scan.nstring()
  if (!scan.atListEnd()) current.host = decodedHost(scan)
  else context.repaired('address-short')
  while (!scan.closeList()) {
    scan.skipValue()
    context.repaired('address-surplus')
  }
}

const decodedHost = (scan: Scanner): string | null => {
  const raw = scan.internedNstring()
  return raw === null ? null : scan.decode(raw)
}

/** Gmail: the address, in angle brackets, where the name should be, and the name as the mailbox (MailKit #494). */
const isSwapped = (): boolean => {
  const { name, mailbox } = current
  if (name === null || mailbox === null) return false
  const open = name.lastIndexOf('<')
  return open !== -1 && name.endsWith('>') && name.indexOf('@', open) !== -1
}

const makeAddress = (context: ParseContext, group: AddressGroup | null): Address => {
  let { name, mailbox, host } = current
  if (host === null && isSwapped() && name !== null) {
    context.repaired('address-swapped')
    const address = name.slice(name.lastIndexOf('<') + 1, -1)
    const at = address.lastIndexOf('@')
    name = mailbox
    mailbox = decodeRaw(address.slice(0, at))
    host = decodeRaw(address.slice(at + 1))
  } else if (host !== null && isPlaceholder(host)) {
    context.repaired('address-placeholder')
    host = null
    if (mailbox === 'MISSING_MAILBOX') mailbox = null
  }
  return new Address(name, mailbox, host, current.route === null ? null : decodeRaw(current.route), group)
}

/** What servers write for a host that the header lacks. */
export const isPlaceholder = (host: string): boolean =>
  host.charCodeAt(0) === 0x2e
    ? host === '.MISSING-HOST-NAME.' || host === '.SYNTAX-ERROR.'
    : host.charCodeAt(0) === 0x4d && host === 'MISSING_DOMAIN'

/** Gives the entries from `from` on their group. */
const closeGroup = (found: Address[], from: number, start: RawAddress, groups: (group: AddressGroup) => void): void => {
  const members: Address[] = []
  const group: AddressGroup = { name: decodeWords(start.mailbox ?? ''), members }
  for (let at = from; at < found.length; at++) {
    const { rawName, mailbox, host, route } = found[at] as Address
    const member = new Address(rawName, mailbox, host, route, group)
    found[at] = member
    members.push(member)
  }
  groups(group)
}

/** What began a group that never ends was an address without a host. */
const unopen = (found: Address[], at: number, start: RawAddress, context: ParseContext): void => {
  context.repaired('address-no-host')
  found.splice(at, 0, new Address(start.name, start.mailbox, null, start.route, null))
}
