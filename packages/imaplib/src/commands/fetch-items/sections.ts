import { invalid } from '../../errors/imap-error.ts'
import { canonicalSection } from '../../responses/section.ts'
import type { FetchedMessage } from '../../responses/fetched-message.ts'
import { HeaderFields } from '../../responses/header-fields.ts'
import type { CommandWriter } from '../../wire/writer.ts'
import type { RequestItem } from './request-item.ts'

/** A range of octets: `length` of them from `start` on (RFC 9051 §6.4.5, partial). */
export interface OctetRange {
  /** 0 or more. Default 0. */
  readonly start?: number
  /** 1 or more. */
  readonly length: number
}

/** `true` for all of it. */
export type Extent = true | OctetRange

const writeSection = (out: CommandWriter, name: string, extent: Extent): void => {
  if (extent === true) return void out.verbatim(name)
  const { start = 0, length } = extent
  if (!Number.isSafeInteger(start) || start < 0) throw invalid('start must be a whole number from 0 on')
  if (!Number.isSafeInteger(length) || length < 1) throw invalid('length must be a whole number from 1 on')
  out.verbatim(`${name}<${start}.${length}>`)
}

/**
 * The octets that were asked for. A server that ignores the range answers with the whole section (QQ, some Exchange
 * gateways): then the range is cut out of it here.
 */
const readSection = (row: FetchedMessage, name: string, extent: Extent): Buffer | null => {
  const origin = extent === true ? undefined : (extent.start ?? 0)
  const bytes = row.bytes(name, origin)
  if (bytes === null || extent === true || row.section(name, origin)?.origin !== null) return bytes
  const { start = 0, length } = extent
  return bytes.subarray(start, start + length)
}

const hasSection = (row: FetchedMessage, name: string, extent: Extent): boolean =>
  row.section(name, extent === true ? undefined : (extent.start ?? 0)) !== null

/** The whole message as it is stored, header and all. `\Seen` is not set (BODY.PEEK[]). */
export const source: RequestItem<Extent, Buffer> = {
  write: (out, extent) => writeSection(out, 'BODY.PEEK[]', extent),
  present: (row, extent) => hasSection(row, 'BODY[]', extent),
  read: (row, extent) => readSection(row, 'BODY[]', extent) ?? Buffer.alloc(0),
}

/** Field names are printable ASCII without colon (RFC 5322 §2.2). */
const fieldName = /^[\x21-\x39\x3b-\x7e]+$/

const headerSection = (fields: true | readonly string[]): string => {
  if (fields === true) return 'BODY.PEEK[HEADER]'
  if (fields.length === 0) throw invalid('headers: name at least one field, or ask for all with true')
  for (const name of fields)
    if (!fieldName.test(name) || /["\\(){}\]%*]/.test(name))
      throw invalid(`headers: ${JSON.stringify(name)} is not the name of a header field`)
  return `BODY.PEEK[HEADER.FIELDS (${fields.join(' ')})]`
}

/** The header of the message, or only the fields named. */
export const headers: RequestItem<true | readonly string[], HeaderFields> = {
  write: (out, fields) => void out.verbatim(headerSection(fields)),
  present: (row, fields) => row.section(canonicalSection(headerSection(fields))) !== null,
  read: (row, fields) => new HeaderFields(row.bytes(canonicalSection(headerSection(fields))) ?? Buffer.alloc(0)),
}

/** `1.2`, `1.2.MIME`, `1.HEADER`, `TEXT`, `HEADER` (RFC 9051 §6.4.5, section-spec). */
const sectionSpec = /^(?:[1-9][0-9]{0,9}(?:\.[1-9][0-9]{0,9})*(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT)$/i

/** Checks the number or name of a part, as in `1.2` or `2.MIME`. */
export const checkSection = (spec: string): string => {
  if (!sectionSpec.test(spec)) throw invalid(`${JSON.stringify(spec)} is not a part of a message, as 1.2 or 2.MIME are`)
  return spec.toUpperCase()
}

/** Parts by their number, as they are stored: still in base64, say. Null for one that does not exist. */
export const parts: RequestItem<readonly string[], ReadonlyMap<string, Buffer | null>> = {
  write(out, specs) {
    if (specs.length === 0) throw invalid('parts: name at least one part')
    for (const spec of specs) out.verbatim(`BODY.PEEK[${checkSection(spec)}]`)
  },
  present: (row, specs) => specs.every((spec) => row.section(`BODY[${spec.toUpperCase()}]`) !== null),
  read: (row, specs) => new Map(specs.map((spec) => [spec, row.bytes(`BODY[${spec.toUpperCase()}]`)])),
}

/** BINARY sections name parts by number only (RFC 3516 §4.2). */
export const binarySpec = (spec: string): string => {
  if (!/^[1-9][0-9]{0,9}(?:\.[1-9][0-9]{0,9})*$/.test(spec))
    throw invalid(`binary: ${JSON.stringify(spec)} is not the number of a part`)
  return spec
}

/** Parts by their number, decoded by the server (RFC 3516 BINARY). Null for one that does not exist. */
export const binary: RequestItem<readonly string[], ReadonlyMap<string, Buffer | null>> = {
  needs: ['BINARY', 'IMAP4rev2'],
  write(out, specs) {
    if (specs.length === 0) throw invalid('binary: name at least one part')
    for (const spec of specs) out.verbatim(`BINARY.PEEK[${binarySpec(spec)}]`)
  },
  present: (row, specs) => specs.every((spec) => row.section(`BINARY[${spec}]`) !== null),
  read: (row, specs) => new Map(specs.map((spec) => [spec, row.bytes(`BINARY[${spec}]`)])),
}
