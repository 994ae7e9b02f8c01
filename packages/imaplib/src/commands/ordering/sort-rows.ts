import type { Address } from '../../responses/address.ts'
import type { FetchedMessage } from '../../responses/fetched-message.ts'
import type { FetchQuery } from '../fetch-items/index.ts'
import { baseSubject } from './base-subject.ts'
import { sentDate } from './sent-date.ts'
import type { SortField, SortStep } from './sort-keys.ts'
import { casemapKey } from './unicode-casemap.ts'

type SortValue = number | Buffer

/** What must be known of messages to sort them here. */
export const itemsFor = (steps: readonly SortStep[]): FetchQuery => {
  const fields = new Set(steps.map((step) => step.field))
  const envelope = [...fields].some((field) => field !== 'arrival' && field !== 'size')
  const internalDate = fields.has('arrival') || fields.has('date')
  return {
    uid: true,
    ...(envelope && { envelope }),
    ...(internalDate && { internalDate }),
    ...(fields.has('size') && { size: true }),
  }
}

/**
 * UIDs in the order that SORT gives (RFC 5256 §3): by the first key, among equals by the second and so on, and those
 * that are equal in all by their place in the mailbox, which is the order of UIDs, whichever way the keys go.
 */
export const sortRows = (rows: readonly FetchedMessage[], steps: readonly SortStep[]): number[] => {
  const readers = steps.map(({ field }) => values[field])
  const keyed = rows.map((row) => ({ uid: row.uid as number, keys: readers.map((read) => read(row)) }))
  keyed.sort((a, b) => {
    for (const [index, { reverse }] of steps.entries()) {
      const order = compare(a.keys[index] as SortValue, b.keys[index] as SortValue)
      if (order !== 0) return reverse ? -order : order
    }
    return a.uid - b.uid
  })
  return keyed.map(({ uid }) => uid)
}

const compare = (a: SortValue, b: SortValue): number =>
  typeof a === 'number' ? a - (b as number) : Buffer.compare(a, b as Buffer)

/** RFC 5256 §3: addr-mailbox of the first address, the empty string when there is none. */
const mailboxOf = (addresses: readonly Address[] | undefined): Buffer => casemapKey(addresses?.[0]?.mailbox ?? '')

/** RFC 5957 §3: the display name if there is one, otherwise the address. */
const displayOf = (addresses: readonly Address[] | undefined): Buffer => {
  const first = addresses?.[0]
  return casemapKey(first?.name || first?.address || '')
}

const values: { readonly [F in SortField]: (row: FetchedMessage) => SortValue } = {
  arrival: (row) => row.internalDate?.getTime() ?? 0,
  cc: (row) => mailboxOf(row.envelope?.cc),
  date: sentDate,
  displayFrom: (row) => displayOf(row.envelope?.from),
  displayTo: (row) => displayOf(row.envelope?.to),
  from: (row) => mailboxOf(row.envelope?.from),
  size: (row) => row.size ?? 0,
  subject: (row) => casemapKey(baseSubject(row.envelope?.subject ?? '').text),
  to: (row) => mailboxOf(row.envelope?.to),
}
