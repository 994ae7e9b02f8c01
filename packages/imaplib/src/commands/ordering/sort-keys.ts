import { invalid } from '../../errors/imap-error.ts'

/** By what messages are sorted (RFC 5256 §3, RFC 5957 §3), and the word for it on the wire. */
const words = {
  /** INTERNALDATE */
  arrival: 'ARRIVAL',
  /** Mailbox of the first Cc address. */
  cc: 'CC',
  /** The Date field, or INTERNALDATE where there is none. */
  date: 'DATE',
  /** Name that a program would show for the first From address (RFC 5957). */
  displayFrom: 'DISPLAYFROM',
  displayTo: 'DISPLAYTO',
  /** Mailbox of the first From address: the part before the `@`. */
  from: 'FROM',
  /** Octets. */
  size: 'SIZE',
  /** Base subject: without `Re:`, `Fwd:` and the like. */
  subject: 'SUBJECT',
  to: 'TO',
} as const

export type SortField = keyof typeof words

/** A field, or with a minus in front: the other way round. `['-date', 'subject']` */
export type SortKey = SortField | `-${SortField}`

/** Field and direction of a key, checked. */
export interface SortStep {
  readonly field: SortField
  readonly reverse: boolean
  readonly word: string
}

/** @throws ImapError `EINVALID` for no keys, and for what is none */
export const sortSteps = (keys: readonly SortKey[]): SortStep[] => {
  if (keys.length === 0) throw invalid('sort: name at least one key')
  return keys.map((key) => {
    const reverse = key.startsWith('-')
    const field = (reverse ? key.slice(1) : key) as SortField
    if (!Object.hasOwn(words, field)) throw invalid(`sort: ${JSON.stringify(key)} is no key`)
    return { field, reverse, word: words[field] }
  })
}

export const isDisplayField = (field: SortField): boolean => field === 'displayFrom' || field === 'displayTo'
