import { invalid } from '../errors/imap-error.ts'
import { SequenceSet } from '../wire/sequence-set.ts'
import { checkSection, type OctetRange } from './fetch-items/sections.ts'

/** One section of one message. */
export interface SectionRequest {
  readonly uid: number
  /** As the answer names it: `BODY[1.2]`, `BINARY[2]`, `BODY[]`. */
  readonly name: string
  readonly range: Required<OctetRange> | null
}

/**
 * @param section `1.2`, `2.MIME`, `TEXT`; empty for the whole message
 * @param binary decoded by the server (RFC 3516)
 * @throws ImapError `EINVALID`
 */
export const sectionRequest = (
  uid: number,
  section: string,
  range: OctetRange | undefined,
  binary: boolean,
): SectionRequest => {
  if (typeof section !== 'string') throw invalid('The part of a message is named by text, such as 1.2')
  const spec = section === '' ? '' : checkSection(section)
  if (binary && !/^[\d.]*$/.test(spec)) throw invalid(`${spec} cannot be decoded by the server (RFC 3516 §4.2)`)
  const { start = 0, length } = range ?? { length: 1 }
  if (!Number.isSafeInteger(start) || start < 0) throw invalid('range.start must be a whole number from 0 on')
  if (!Number.isSafeInteger(length) || length < 1) throw invalid('range.length must be a whole number from 1 on')
  SequenceSet.of(uid)
  return { uid, name: `${binary ? 'BINARY' : 'BODY'}[${spec}]`, range: range === undefined ? null : { start, length } }
}
