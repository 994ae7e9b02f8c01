import type { FetchItemParser } from '../fetch-item-parser.ts'

/** Parsed when it is read. */
export const envelope: FetchItemParser = (scan, row) => row.postpone('envelope', scan)

/** BODYSTRUCTURE, and `BODY (…)`, a body structure without extension data. Parsed when it is read. */
export const bodyStructure: FetchItemParser = (scan, row) => row.postpone('structure', scan)
