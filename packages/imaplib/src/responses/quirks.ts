import { bodyQuirks } from './quirks-body.ts'
import { envelopeQuirks } from './quirks-envelope.ts'
import { fetchQuirks } from './quirks-fetch.ts'
import { mailboxQuirks } from './quirks-mailbox.ts'
import { syntaxQuirks } from './quirks-syntax.ts'
import type { Quirk } from './quirk.ts'

const all = [...syntaxQuirks, ...fetchQuirks, ...envelopeQuirks, ...bodyQuirks, ...mailboxQuirks] as const

export type QuirkId = (typeof all)[number]['id']

/** Every known deviation of servers from the grammar that is repaired, by id. */
export const quirks: ReadonlyMap<QuirkId, Quirk> = new Map(all.map((quirk) => [quirk.id, quirk]))
