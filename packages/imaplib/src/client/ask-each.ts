import { myRights } from '../commands/acl.ts'
import type { Command } from '../commands/command.ts'
import { getMetadata } from '../commands/metadata.ts'
import type { CallOptions } from '../commands/run.ts'
import { type KnownCounts, status, type StatusItem } from '../commands/status.ts'
import { CommandRefused } from '../errors/failures.ts'
import type { MetadataValue } from '../responses/metadata.ts'
import type { Askable } from './namespaces.ts'

/** What is to be asked of each mailbox by a command of its own, because LIST cannot tell it here. */
export interface Questions {
  readonly items: readonly StatusItem[] | undefined
  readonly rights: boolean
  readonly metadata: readonly string[] | undefined
  readonly call: CallOptions
}

/** The answers, by the mailbox's name; a mailbox that the server lets nobody ask is left out. */
export interface Answers {
  readonly statuses: ReadonlyMap<string, KnownCounts>
  readonly rights: ReadonlyMap<string, string>
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, MetadataValue | null>>
}

/** Asks each mailbox for what LIST could not tell. All commands go out together. */
export const askEach = async (
  connections: Askable,
  mailboxes: readonly { readonly mailbox: string }[],
  { items, rights, metadata, call }: Questions,
): Promise<Answers> => {
  const each = async <Args extends readonly unknown[], Result>(
    command: Command<Args, Result>,
    args: (mailbox: string) => Args,
  ): Promise<Map<string, Result>> => {
    const found = new Map<string, Result>()
    await Promise.all(
      mailboxes.map(async ({ mailbox }) => {
        try {
          found.set(mailbox, await connections.run(command, args(mailbox), call))
        } catch (error) {
          // One mailbox that cannot be looked into must not hide the others.
          if (!(error instanceof CommandRefused && error.code === 'NO')) throw error
        }
      }),
    )
    return found
  }
  const [statuses, allRights, annotations] = await Promise.all([
    items === undefined || items.length === 0
      ? new Map<string, KnownCounts>()
      : each(status, (mailbox): [string, readonly StatusItem[]] => [mailbox, items]),
    rights ? each(myRights, (mailbox): [string] => [mailbox]) : new Map<string, string>(),
    metadata === undefined
      ? []
      : each(getMetadata, (mailbox): [string, readonly string[], object] => [mailbox, metadata, {}]),
  ])
  return {
    statuses,
    rights: allRights,
    metadata: new Map([...annotations].map(([mailbox, { entries }]) => [mailbox, entries])),
  }
}
