import { invalid } from '../../errors/imap-error.ts'
import { annotation } from './annotation.ts'
import * as basics from './basics.ts'
import { binarySize } from './binary-size.ts'
import * as gmail from './gmail.ts'
import * as objectId from './object-id.ts'
import { preview, snippet } from './preview.ts'
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
  snippet,
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

/** Items of queries that say no more than `true`, by their keys: programs ask the same things again and again. */
const plainQueries = new Map<string, readonly AskedItem[]>()
const MOST_PLAIN_QUERIES = 256

/**
 * The items that a query asks for, in the order of the table; the same array for queries that are alike.
 * @throws ImapError `EINVALID` for a key that is none
 */
export const askedItems = (query: FetchQuery): readonly AskedItem[] => {
  let plain = ''
  for (const key in query) {
    // Its option is more than a switch, or it is somebody's prototype that has it.
    if (query[key as FetchKey] !== true || !Object.hasOwn(query, key)) return itemsOf(query)
    plain += `${key} `
  }
  let items = plainQueries.get(plain)
  if (items === undefined) {
    items = itemsOf(query)
    if (plainQueries.size === MOST_PLAIN_QUERIES) plainQueries.clear()
    plainQueries.set(plain, items)
  }
  return items
}

const itemsOf = (query: FetchQuery): readonly AskedItem[] => {
  for (const key of Object.keys(query))
    if (!isFetchKey(key)) throw invalid(`fetch: ${JSON.stringify(key)} is nothing that can be asked of a message`)
  const items: AskedItem[] = []
  for (const key of keys) {
    const option = Object.hasOwn(query, key) ? query[key] : undefined
    if (option === undefined || option === false) continue
    items.push({ key, option, item: table[key] as unknown as RequestItem<unknown, unknown> })
  }
  return items
}

const isFetchKey = (key: string): key is FetchKey => Object.hasOwn(table, key)
