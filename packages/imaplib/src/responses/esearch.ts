import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type OrderedSet, readOrderedSet } from './ordered-set.ts'
import { namedMailbox } from './read-mailbox.ts'
import type { ParseContext } from './response-parser.ts'
import { readCorrelator } from './search-correlator.ts'

/**
 * `* ESEARCH (TAG "A282") UID MIN 2 COUNT 3 ALL 2,10:11` (RFC 9051 §7.3.4, RFC 4731 §3): what SEARCH or SORT found, told
 * by the return options that were asked for. What was not sent is null.
 */
export class EsearchResponse {
  readonly type = 'ESEARCH'
  /** Of the command that this answers. Null: the server left it out. */
  tag: string | null = null
  /** RFC 7377 §2.1 (MULTISEARCH): the mailbox that was searched; null for the selected one. */
  mailbox: string | null = null
  rawMailbox: RawText | null = null
  uidValidity: number | null = null
  /** The numbers are UIDs; otherwise sequence numbers. */
  uid = false
  min: number | null = null
  max: number | null = null
  count: number | null = null
  /** Null when nothing was found, too: then no ALL is sent. With ESORT in sort order. */
  all: OrderedSet | null = null
  /** RFC 7162 §3.1.5: highest mod-sequence of the messages that this response names. */
  modSeq: bigint | null = null
  /** RFC 9394 §3.1 */
  partial: PartialResult | null = null
  /** RFC 6203 §4: 1 to 100 for each message of {@link all}, in its order. */
  relevancy: readonly number[] | null = null
  /** RFC 5267 §4.3: how the result of a search that is kept up to date changed; to be applied in this order. */
  updates: readonly ResultUpdate[] | null = null
  /** Items that are not known here, by upper-case name, as text. */
  others: Map<string, string> | null = null

  /** Only what was sent. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).filter(([, value]) => value !== null))
  }
}

/** A window of a result. */
export interface PartialResult {
  /** The one asked for, as the server repeats it: `1:500`, `-1:-100`. */
  readonly range: string
  /** Null: nothing lies in it. */
  readonly messages: OrderedSet | null
}

export interface ResultUpdate {
  readonly change: 'ADDTO' | 'REMOVEFROM'
  /** Where in the sorted result the first of the messages goes, or stood: from 1. 0 when the result has no order. */
  readonly position: number
  readonly messages: OrderedSet
}

type ItemReader = (scan: Scanner, response: EsearchResponse) => void

const partial: ItemReader = (scan, response) => {
  if (!scan.openList()) return scan.fail('a list of range and result')
  scan.skipSpaces()
  const range = scan.atom()
  scan.skipSpaces()
  response.partial = { range, messages: scan.takeNil() ? null : readOrderedSet(scan) }
  scan.closeList()
}

const relevancy: ItemReader = (scan, response) => {
  if (!scan.openList()) return scan.fail('a list of scores')
  const scores: number[] = []
  while (!scan.closeList()) scores.push(scan.number())
  response.relevancy = scores
}

const update =
  (change: ResultUpdate['change']): ItemReader =>
  (scan, response) => {
    if (!scan.openList()) return scan.fail('a list of positions and messages')
    const updates = [...(response.updates ?? [])]
    while (!scan.closeList()) {
      const position = scan.number()
      scan.space()
      updates.push({ change, position, messages: readOrderedSet(scan) })
    }
    response.updates = updates
  }

/** RFC 7162 §3.1.5 has no parentheses round it; some servers put them, as in the old SEARCH. */
const modSeq: ItemReader = (scan, response) => {
  const listed = scan.openList()
  response.modSeq = scan.bigint()
  if (listed) scan.closeList()
}

const items: ReadonlyMap<string, ItemReader> = new Map<string, ItemReader>([
  ['MIN', (scan, response) => void (response.min = scan.number())],
  ['MAX', (scan, response) => void (response.max = scan.number())],
  ['COUNT', (scan, response) => void (response.count = scan.number())],
  ['ALL', (scan, response) => void (response.all = readOrderedSet(scan))],
  ['MODSEQ', modSeq],
  ['PARTIAL', partial],
  ['RELEVANCY', relevancy],
  ['ADDTO', update('ADDTO')],
  ['REMOVEFROM', update('REMOVEFROM')],
])

export const parseEsearch = (scan: Scanner, context: ParseContext): EsearchResponse => {
  const response = new EsearchResponse()
  const { tag, rawMailbox, uidValidity } = readCorrelator(scan)
  response.tag = tag
  response.uidValidity = uidValidity
  if (rawMailbox !== null) Object.assign(response, namedMailbox(rawMailbox, context))
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) readItem(scan, response, context)
  return response
}

const readItem = (scan: Scanner, response: EsearchResponse, context: ParseContext): void => {
  // `(MODSEQ 5)`, as the old SEARCH has it.
  if (scan.openList()) {
    context.repaired('esearch-parentheses')
    while (!scan.closeList()) readItem(scan, response, context)
    return
  }
  const name = scan.upperAtom()
  if (name === 'UID') {
    response.uid = true
    return
  }
  scan.skipSpaces()
  const read = items.get(name)
  if (read !== undefined) return read(scan, response)
  const from = scan.pos
  if (scan.atEnd) return scan.fail('a value')
  scan.skipValue()
  response.others ??= new Map()
  response.others.set(name, decodeRaw(scan.rawCopy(from, scan.pos)))
}
