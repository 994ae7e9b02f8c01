import { decodeWords } from './encoded-words.ts'
import { decodeEightBit } from './eight-bit-text.ts'

/**
 * The header fields of a message or part, read when they are asked for. The octets stay beside the text: {@link raw}.
 *
 * @example
 * const list = message.headers.get('List-Id')
 */
export class HeaderFields {
  /** The header as it is stored, folded lines and all. */
  readonly raw: Buffer
  private parsed: { name: string; value: string }[] | null = null

  constructor(raw: Buffer) {
    this.raw = raw
  }

  /** The first field of this name, unfolded, encoded words (RFC 2047) decoded; null when there is none. */
  get(name: string): string | null {
    const wanted = name.toLowerCase()
    const field = this.fields.find((each) => each.name.toLowerCase() === wanted)
    return field === undefined ? null : decodeWords(field.value)
  }

  /** All fields of this name, in order. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase()
    return this.fields.filter((each) => each.name.toLowerCase() === wanted).map((each) => decodeWords(each.value))
  }

  /** Names as they are spelt, values unfolded but not decoded, in order. */
  get fields(): readonly { readonly name: string; readonly value: string }[] {
    this.parsed ??= parseFields(this.raw)
    return this.parsed
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const { name, value } of this.fields) yield [name, decodeWords(value)]
  }

  toJSON(): [string, string][] {
    return [...this]
  }
}

/** RFC 5322 §2.2: lines that begin with white space continue the one before. What is no field is passed over. */
const parseFields = (raw: Buffer): { name: string; value: string }[] => {
  const fields: { name: string; value: string }[] = []
  let at = 0
  while (at < raw.length) {
    let end = lineEndAt(raw, at)
    const start = at
    at = end.next
    if (end.end === start) break
    while (at < raw.length && (raw[at] === 0x20 || raw[at] === 0x09)) {
      end = lineEndAt(raw, at)
      at = end.next
    }
    const colon = raw.indexOf(0x3a, start)
    if (colon === -1 || colon >= end.end) continue
    const name = raw.toString('latin1', start, colon).trim()
    const value = decodeEightBit(raw.subarray(colon + 1, end.end)).replaceAll(/\r?\n/g, '')
    if (name !== '') fields.push({ name, value: value.trim() })
  }
  return fields
}

const lineEndAt = (raw: Buffer, from: number): { end: number; next: number } => {
  const lf = raw.indexOf(0x0a, from)
  if (lf === -1) return { end: raw.length, next: raw.length }
  return { end: lf > from && raw[lf - 1] === 0x0d ? lf - 1 : lf, next: lf + 1 }
}
