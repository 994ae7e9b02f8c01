import { annotation } from './annotation.ts'
import * as basics from './basics.ts'
import { binarySize } from './binary-size.ts'
import * as gmail from './gmail.ts'
import * as objectId from './object-id.ts'
import { preview } from './preview.ts'
import type { RequestItem } from './request-item.ts'
import { saveDate } from './save-date.ts'
import * as sections from './sections.ts'

/** One line for each item that a query may ask for. */
const table = {
  uid: basics.uid,
  flags: basics.flags,
  internalDate: basics.internalDate,
  size: basics.size,
  envelope: basics.envelope,
  bodyStructure: basics.bodyStructure,
  modseq: basics.modseq,
  source: sections.source,
  headers: sections.headers,
  parts: sections.parts,
  binary: sections.binary,
  binarySize,
  emailId: objectId.emailId,
  threadId: objectId.threadId,
  saveDate,
  preview,
  annotation,
  gmailMessageId: gmail.gmailMessageId,
  gmailThreadId: gmail.gmailThreadId,
  gmailLabels: gmail.gmailLabels,
} as const

type Table = typeof table
export type FetchKey = keyof Table
type OptionOf<Item> = Item extends RequestItem<infer Option, unknown> ? Option : never
type ValueOf<Item> = Item extends RequestItem<never, infer Value> ? Value : never

/**
 * What is asked of messages. What is asked for is there in the result, and its type says so.
 *
 * @example
 * { envelope: true, flags: true, headers: ['List-Id'], source: { length: 2048 } }
 */
export type FetchQuery = { readonly [K in FetchKey]?: OptionOf<Table[K]> | false | undefined }

/** The keys of a query whose items are asked for. */
type Asked<Query extends FetchQuery> = {
  [K in keyof Query & FetchKey]: Query[K] extends false | undefined ? never : K
}[keyof Query & FetchKey]

/** A message as a query has asked for it. */
export type Message<Query extends FetchQuery = FetchQuery> = {
  /** The sequence number when the answer came: only good until the next expunge. Prefer {@link uid}. */
  readonly seq: number
  readonly uid: number
} & { readonly [K in Asked<Query>]: ValueOf<Table[K]> }

/** An item of a query with its option, ready for the writer. */
export interface AskedItem {
  readonly key: FetchKey
  readonly item: RequestItem<unknown, unknown>
  readonly option: unknown
}

const keys = Object.keys(table) as FetchKey[]

/** The items that a query asks for, in the order of the table. Unknown keys of the query are refused by the caller. */
export const askedItems = (query: FetchQuery): AskedItem[] =>
  keys.flatMap((key) => {
    const option = Object.hasOwn(query, key) ? query[key] : undefined
    return option === undefined || option === false
      ? []
      : [{ key, option, item: table[key] as unknown as RequestItem<unknown, unknown> }]
  })

export const isFetchKey = (key: string): key is FetchKey => Object.hasOwn(table, key)
