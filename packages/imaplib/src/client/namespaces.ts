import { list } from '../commands/list.ts'
import { namespace } from '../commands/namespace.ts'
import type { CallOptions } from '../commands/run.ts'
import { CommandRefused } from '../errors/failures.ts'
import type { NamespaceResponse } from '../responses/namespace.ts'
import type { Connections } from './connections.ts'
import { heeded } from './heeded.ts'

interface Remembered {
  /** Another user has others. */
  readonly account: number
  readonly namespaces: Promise<NamespaceResponse>
}

/** What is needed of {@link Connections}, or of one session in their place. */
export type Askable = Pick<Connections, 'run' | 'has' | 'account'> & { any(options?: CallOptions): Promise<unknown> }

const remembered = new WeakMap<Askable, Remembered>()

/**
 * The namespaces of the account (RFC 2342); asked for once. Where the server has no NAMESPACE, the delimiter is found out
 * by LIST (RFC 9051 §6.3.9: an empty pattern asks for it).
 */
export const namespacesOf = (connections: Askable, call: CallOptions): Promise<NamespaceResponse> => {
  const { account } = connections
  // The question is everybody's: whoever goes away leaves the answer to the others.
  return heeded('NAMESPACE', call, () => {
    const known = remembered.get(connections)
    if (known?.account === account) return known.namespaces
    const asked = ask(connections, {})
    remembered.set(connections, { account, namespaces: asked })
    // An answer that did not come is not remembered.
    asked.catch(() => remembered.delete(connections))
    return asked
  })
}

/** What is known through one is known through the other: they stand for the same account. */
export const shareNamespaces = (from: Askable, to: Askable): void => {
  const known = remembered.get(from)
  if (known !== undefined) remembered.set(to, known)
}

const ask = async (connections: Askable, call: CallOptions): Promise<NamespaceResponse> => {
  await connections.any()
  if (connections.has('NAMESPACE') || connections.has('IMAP4rev2')) {
    try {
      return await connections.run(namespace, [], call)
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error
    }
  }
  const reply = await connections.run(list, [{ patterns: [''] }], call)
  const delimiter = reply.mailboxes[0]?.delimiter ?? null
  const own = { prefix: '', rawPrefix: '' as never, delimiter, extensions: new Map() }
  return { type: 'NAMESPACE', personal: [own], other: null, shared: null }
}

/** What the names of the user's own mailboxes begin with: often `''`, `INBOX.` on some servers. */
export const personalPrefix = async (connections: Askable, call: CallOptions): Promise<string> => {
  const { personal } = await namespacesOf(connections, call)
  return personal?.[0]?.prefix ?? ''
}

/** The delimiter of the user's own mailboxes; null when names have no levels. */
export const personalDelimiter = async (connections: Askable, call: CallOptions): Promise<string | null> => {
  const { personal } = await namespacesOf(connections, call)
  return personal?.[0]?.delimiter ?? null
}
