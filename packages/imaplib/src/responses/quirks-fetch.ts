import type { Quirk } from './quirk.ts'

/** Deviations in FETCH responses: flags, envelopes, body structures, sections. */
export const fetchQuirks = [] as const satisfies readonly Quirk[]
