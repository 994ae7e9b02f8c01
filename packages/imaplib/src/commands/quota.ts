import type { QuotaResponse, ResourceUsage } from '../responses/quota.ts'
import { MissingCapability } from '../errors/failures.ts'
import { invalid } from '../errors/imap-error.ts'
import { command, type CommandContext, only } from './command.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'

/** The resources of RFC 9208 §5; servers may have others. STORAGE and ANNOTATION-STORAGE count units of 1024 octets. */
export type QuotaResource = 'STORAGE' | 'MESSAGE' | 'MAILBOX' | 'ANNOTATION-STORAGE' | (string & {})

/** What a quota root has used of its limits, by resource. */
export type Quota = ReadonlyMap<string, ResourceUsage>

/** New limits by resource; a resource that is left out is not limited any more (RFC 9208 §4.1.3). */
export type QuotaLimits = { readonly [resource in QuotaResource]?: number | bigint }

const announced = ['STORAGE', 'MESSAGE', 'MAILBOX', 'ANNOTATION-STORAGE'].map((each) => `QUOTA=RES-${each}`)

/** What the `QUOTA` capability means alone (RFC 2087): a server of RFC 9208 names its resources too (§3.1.1). */
const isOld = (context: CommandContext): boolean => context.has('QUOTA') && !announced.some((each) => context.has(each))

/** Any of them says that quotas can be asked for: RFC 9208 §3 wants QUOTA beside them, and not every server does it. */
const offers = ['QUOTA', 'QUOTASET', ...announced]

/** GETQUOTA: what a quota root has used (RFC 9208 §4.1.1, RFC 2087 §4.2). */
export const getQuota = command({
  name: 'GETQUOTA',
  states: ['authenticated', 'selected'],
  needs: offers,
  idempotent: true,
  write: (out, [root]: [root: string]) => void out.astring(root),
  claims: { QUOTA: (reply, [root]) => reply.root === root },
  result: (replies): Quota => only(replies, 'GETQUOTA').resources,
})

/** GETQUOTAROOT: the quota roots that a mailbox counts for, and what each has used (RFC 9208 §4.1.2, RFC 2087 §4.3). */
export const getQuotaRoot = command({
  name: 'GETQUOTAROOT',
  states: ['authenticated', 'selected'],
  needs: offers,
  idempotent: true,
  write: (out, [mailbox]: [mailbox: string]) => void out.mailbox(mailbox),
  claims: { QUOTAROOT: () => true, QUOTA: () => true },
  result(replies): ReadonlyMap<string, Quota> {
    const usages = new Map(replies.filter(isQuota).map((reply) => [reply.root, reply.resources]))
    const roots = replies.flatMap((reply) => (reply.type === 'QUOTAROOT' ? reply.roots : []))
    // A root whose usage the server may not tell is there all the same, without resources.
    for (const root of roots) if (!usages.has(root)) usages.set(root, new Map())
    return usages
  },
})

const isQuota = (reply: { readonly type: string }): reply is QuotaResponse => reply.type === 'QUOTA'

/** SETQUOTA: other limits for a quota root, all of them at once (RFC 9208 §4.1.3, RFC 2087 §4.1). */
export const setQuota = command({
  name: 'SETQUOTA',
  states: ['authenticated', 'selected'],
  needs: offers,
  write(out, [root, limits]: [root: string, limits: QuotaLimits], context) {
    // RFC 9208 §4.1.3: only with QUOTASET. Servers of RFC 2087 know the command without announcing it.
    if (!context.has('QUOTASET') && !isOld(context)) throw new MissingCapability(['QUOTASET'], 'SETQUOTA')
    const entries = Object.entries(limits).filter((entry): entry is [string, number | bigint] => entry[1] !== undefined)
    for (const [resource, limit] of entries)
      if (BigInt(limit) > MOST) throw invalid(`SETQUOTA: the limit of ${resource} has more than 63 bits`)
    out.astring(root).list(entries, ([resource, limit]) => out.atom(resource.toUpperCase()).number(limit))
  },
  claims: { QUOTA: (reply, [root]) => reply.root === root },
  // RFC 9208 §4.1.3 lets the server tell what it made of the limits; it need not.
  result: ([reply]): Quota | null => reply?.resources ?? null,
})

const MOST = 2n ** 63n - 1n

/**
 * Quotas (RFC 9208, RFC 2087).
 *
 * @example
 * for (const [root, quota] of await client.quota.of('INBOX')) console.log(root, quota.get('STORAGE')?.usage)
 */
export const quota = ((runner: Runner) => ({
  /** What a quota root has used. */
  get: (root: string, options?: CallOptions) => runner.run(getQuota, [root], options),
  /** The quota roots that a mailbox counts for, with what they have used. */
  of: (mailbox: string, options?: CallOptions) => runner.run(getQuotaRoot, [mailbox], options),
  /**
   * Sets all limits of a quota root; administrators may. Resolves to what the server made of them, or null.
   * @throws MissingCapability before anything is sent, on servers of RFC 9208 without QUOTASET
   */
  set: (root: string, limits: QuotaLimits, options?: CallOptions) => runner.run(setQuota, [root, limits], options),
})) satisfies Extension<Runner, unknown>
