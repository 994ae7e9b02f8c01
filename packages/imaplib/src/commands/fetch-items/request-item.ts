import type { FetchItem } from '../../responses/fetch-item.ts'
import type { FetchedMessage } from '../../responses/fetched-message.ts'
import type { CommandWriter } from '../../wire/writer.ts'

/**
 * One thing that can be asked of messages: how it is written, how its answer is known, and what the user gets.
 *
 * @typeParam Option what the query holds for it: `true`, or details
 * @typeParam Value what the message then has under the same key
 */
export interface RequestItem<Option, Value> {
  /** The capability without which it cannot be asked; several: any of them. */
  readonly needs?: string | readonly string[]
  /** Writes the item into the list of items. May throw `EINVALID`. */
  write(out: CommandWriter, option: Option): void
  /** Whether a row has the answer. A row without is no answer to the query, but news, or a piece of an answer. */
  present(row: FetchedMessage, option: Option): boolean
  /** The value for the user. Absent: the row has a property of that name itself. */
  readonly read?: (row: FetchedMessage, option: Option) => Value
  /** Servers send it unasked too (FLAGS, MODSEQ, UID): a row with nothing else is no answer to a query for more. */
  readonly alsoNews?: true
  /** @internal never there; carries the type of the value */
  readonly value?: Value
}

/** An item that needs no options and that the row holds under its own key. */
export const plainItem = <Value>(
  wire: string,
  present: (row: FetchedMessage) => boolean,
  more: Omit<RequestItem<true, Value>, 'write' | 'present'> = {},
): RequestItem<true, Value> => ({
  write: (out) => void out.atom(wire),
  present: (row) => present(row),
  ...more,
})

/** An item of an extension that needs no options. */
export const extensionItem = <Value>(
  item: FetchItem<Value>,
  more: Pick<RequestItem<true, Value>, 'needs'>,
): RequestItem<true, Value> => ({
  ...more,
  write: (out) => void out.atom(item.name),
  present: (row) => row.get(item) !== undefined,
  // Only asked of rows that have it.
  read: (row) => row.get(item) as Value,
})
