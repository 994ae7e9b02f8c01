import { invalid } from '../errors/imap-error.ts'
import type { MetadataValue } from '../responses/metadata.ts'
import { responseCode } from '../responses/response-code.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'
import { sameMailbox } from './same-mailbox.ts'

export interface MetadataOptions {
  /** Values of more octets are left out; {@link Metadata.longest} tells of them then (RFC 5464 §4.2.1). */
  readonly maxSize?: number | undefined
  /** Also the entries below those named: directly below, or all (RFC 5464 §4.2.2). Default 0: none. */
  readonly depth?: 0 | 1 | 'infinity' | undefined
}

/** Annotations of a mailbox, or of the server. */
export interface Metadata {
  /** By entry name, in lower case; null where the server says that there is none, and it may leave it out as well. */
  readonly entries: ReadonlyMap<string, MetadataValue | null>
  /** With `maxSize`: octets of the longest value that was left out; null when none was. */
  readonly longest: number | null
}

/** New values by entry name; null takes the entry away. */
export type MetadataChanges = Readonly<Record<string, string | Uint8Array | null>>

/** RFC 5464 §3.1, §5: below /private or /shared, no wild cards, no empty component, ASCII without controls. */
export const checkEntry = (entry: string): string => {
  if (!/^\/(?:private|shared)(?:\/[^/*%]+)+$/i.test(entry) || !/^[\x20-\x7e]+$/.test(entry))
    throw invalid(`${JSON.stringify(entry)} is not the name of an annotation (RFC 5464 §3.1)`)
  return entry
}

/** A whole branch can be asked for by its top: `/private` with a depth. */
const checkBranch = (entry: string): string => (/^\/(?:private|shared)$/i.test(entry) ? entry : checkEntry(entry))

/** Annotations of the server need METADATA-SERVER at the least, those of mailboxes METADATA (RFC 5464 §1). */
const capabilityFor = (mailbox: string): readonly string[] =>
  mailbox === '' ? ['METADATA', 'METADATA-SERVER'] : ['METADATA']

/** GETMETADATA: annotations (RFC 5464 §4.2). The options stand before the mailbox, as erratum 2785 has it. */
export const getMetadata = command({
  name: 'GETMETADATA',
  states: ['authenticated', 'selected'],
  needs: ([mailbox]: [mailbox: string, entries: readonly string[], options: MetadataOptions]) => capabilityFor(mailbox),
  idempotent: true,
  write(out, [mailbox, entries, { maxSize, depth }]) {
    if (entries.length === 0) throw invalid('GETMETADATA: no entry is named')
    if (depth !== undefined && ![0, 1, 'infinity'].includes(depth))
      throw invalid(`GETMETADATA: the depth must be 0, 1 or 'infinity', not ${JSON.stringify(depth)}`)
    if (maxSize !== undefined || depth !== undefined) {
      out.open()
      if (maxSize !== undefined) out.atom('MAXSIZE').number(maxSize)
      if (depth !== undefined) out.atom('DEPTH').atom(String(depth))
      out.close()
    }
    out.reference(mailbox).list(entries, (entry) => out.astring(checkBranch(entry)))
  },
  // A response without values is news of a change, and not an answer (RFC 5464 §4.4).
  claims: { METADATA: (reply, [mailbox]) => sameMailbox(reply.mailbox, mailbox) && reply.entries.size > 0 },
  result(replies, { completion }): Metadata {
    const code = responseCode(completion)
    return {
      entries: new Map(replies.flatMap((reply) => [...reply.entries])),
      longest: code?.name === 'METADATA' && code.problem === 'LONGENTRIES' ? code.size : null,
    }
  },
})

/** SETMETADATA: sets annotations, or takes them away; all of them or none (RFC 5464 §4.3). */
export const setMetadata = command({
  name: 'SETMETADATA',
  states: ['authenticated', 'selected'],
  needs: ([mailbox]: [mailbox: string, changes: MetadataChanges]) => capabilityFor(mailbox),
  // The same values set twice are the same values.
  idempotent: true,
  write(out, [mailbox, changes]) {
    const entries = Object.entries(changes)
    if (entries.length === 0) throw invalid('SETMETADATA: nothing is to be changed')
    out.reference(mailbox).list(entries, ([entry, value]) => out.astring(checkEntry(entry)).nstring(value))
  },
  result: () => undefined,
})

/**
 * Annotations of mailboxes and of the server (RFC 5464). The mailbox `''` is the server itself. Values are text where
 * their octets are UTF-8, otherwise a Buffer.
 *
 * @example
 * await client.metadata.set('INBOX', { '/private/comment': 'mine' })
 * const { entries } = await client.metadata.get('INBOX', ['/private/comment', '/shared/comment'])
 */
export const metadata = ((runner: Runner) => ({
  get: (mailbox: string, entries: readonly string[], options: MetadataOptions & CallOptions = {}) => {
    const { maxSize, depth, ...call } = options
    return runner.run(getMetadata, [mailbox, entries, { maxSize, depth }], call)
  },
  /** Sets values; null takes an entry away. All or nothing. A NUL within a value needs BINARY. */
  set: (mailbox: string, changes: MetadataChanges, options?: CallOptions) =>
    runner.run(setMetadata, [mailbox, changes], options),
})) satisfies Extension<Runner, unknown>
