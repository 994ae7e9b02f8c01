import type { ListRightsResponse } from '../responses/acl.ts'
import { invalid } from '../errors/imap-error.ts'
import { command, only } from './command.ts'
import { checkRights } from './rights.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'
import { sameMailbox } from './same-mailbox.ts'

/** Rights by identifier; one that begins with `-` names those whom the rights are denied (RFC 4314 §2). */
export type AccessRights = ReadonlyMap<string, string>

/** What can be granted to an identifier on a mailbox (RFC 4314 §3.7). */
export type GrantableRights = Pick<ListRightsResponse, 'required' | 'optional'>

/** An identifier must say somebody: the empty one is nobody's name. */
const named = (identifier: string): string => {
  if (identifier === '') throw invalid('ACL: the identifier is empty')
  return identifier
}

/** GETACL: who may do what with a mailbox (RFC 4314 §3.3). */
export const getAcl = command({
  name: 'GETACL',
  states: ['authenticated', 'selected'],
  needs: 'ACL',
  idempotent: true,
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  claims: { ACL: (reply, [mailbox]) => sameMailbox(reply.mailbox, mailbox) },
  result: (replies): AccessRights => only(replies, 'GETACL').rights,
})

/** SETACL: gives rights, or with `+` and `-` adds and takes some (RFC 4314 §3.1). */
export const setAcl = command({
  name: 'SETACL',
  states: ['authenticated', 'selected'],
  needs: 'ACL',
  write(out, [mailbox, identifier, rights]: [mailbox: string, identifier: string, rights: string]) {
    if (typeof rights !== 'string') throw invalid('SETACL: rights must be text')
    const change = rights.startsWith('+') || rights.startsWith('-') ? rights.slice(0, 1) : ''
    checkRights(rights.slice(change.length))
    if (change !== '' && rights.length === 1) throw invalid(`SETACL: "${rights}" changes nothing`)
    out.mailbox(mailbox).astring(named(identifier)).astring(rights)
  },
  result: () => undefined,
})

/** DELETEACL: takes an identifier's entry away (RFC 4314 §3.2). */
export const deleteAcl = command({
  name: 'DELETEACL',
  states: ['authenticated', 'selected'],
  needs: 'ACL',
  write: (out, [mailbox, identifier]: [mailbox: string, identifier: string]) =>
    void out.mailbox(mailbox).astring(named(identifier)),
  result: () => undefined,
})

/** LISTRIGHTS: what can be granted to an identifier (RFC 4314 §3.4). */
export const listRights = command({
  name: 'LISTRIGHTS',
  states: ['authenticated', 'selected'],
  needs: 'ACL',
  idempotent: true,
  write: (out, [mailbox, identifier]: [mailbox: string, identifier: string]) =>
    void out.mailbox(mailbox).astring(named(identifier)),
  claims: { LISTRIGHTS: (reply, [mailbox]) => sameMailbox(reply.mailbox, mailbox) },
  result(replies): GrantableRights {
    const { required, optional } = only(replies, 'LISTRIGHTS')
    return { required, optional }
  },
})

/** MYRIGHTS: what we may do with a mailbox (RFC 4314 §3.5). */
export const myRights = command({
  name: 'MYRIGHTS',
  states: ['authenticated', 'selected'],
  needs: 'ACL',
  idempotent: true,
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  claims: { MYRIGHTS: (reply, [mailbox]) => sameMailbox(reply.mailbox, mailbox) },
  result: (replies): string => only(replies, 'MYRIGHTS').rights,
})

/**
 * Access control lists (RFC 4314). Rights are letters; `allows(rights, 'expunge')` reads them.
 *
 * @example
 * await client.acl.set('Projects', 'fred', 'lrs')
 * await client.acl.set('Projects', 'fred', '+i')
 */
export const acl = ((runner: Runner) => ({
  /** Who may do what. Needs the right to administer the mailbox. */
  get: (mailbox: string, options?: CallOptions) => runner.run(getAcl, [mailbox], options),
  /** Gives exactly these rights; `+…` adds, `-…` takes away. Identifiers: a user, `anyone`, `-user` to deny … */
  set: (mailbox: string, identifier: string, rights: string, options?: CallOptions) =>
    runner.run(setAcl, [mailbox, identifier, rights], options),
  /** Takes the entry away. */
  delete: (mailbox: string, identifier: string, options?: CallOptions) =>
    runner.run(deleteAcl, [mailbox, identifier], options),
  /** What can be granted to an identifier. */
  grantable: (mailbox: string, identifier: string, options?: CallOptions) =>
    runner.run(listRights, [mailbox, identifier], options),
  /** What we may do ourselves. */
  mine: (mailbox: string, options?: CallOptions) => runner.run(myRights, [mailbox], options),
  /** The letters of rights that the server has beside those of RFC 2086: `kxte` (RFC 4314 §3, `RIGHTS=`). */
  newRights: () => runner.values('RIGHTS').join('').toLowerCase(),
})) satisfies Extension<Runner, unknown>
