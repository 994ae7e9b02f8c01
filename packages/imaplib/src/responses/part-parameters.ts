import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import { decodeWords } from './encoded-words.ts'
import { decodeExtended, decodeParameters } from './parameters.ts'

/** Parameters of a part as they came, decoded when somebody reads them. Parts that came in the same words share them. */
export class PartParameters {
  /** Names and values by turns. */
  private readonly raw: readonly (RawText | null)[]
  private map: ReadonlyMap<string, string> | null = null

  constructor(raw: readonly (RawText | null)[]) {
    this.raw = raw
  }

  get decoded(): ReadonlyMap<string, string> {
    this.map ??= this.decode()
    return this.map
  }

  /** The same in strings of their own, which keep no row's text alive. */
  copy(): PartParameters {
    return new PartParameters(
      this.raw.map((text) => (text === null ? null : Buffer.from(text, 'latin1').toString('latin1'))),
    )
  }

  private decode(): ReadonlyMap<string, string> {
    return this.decodePlain() ?? this.decodeAll()
  }

  /** Nearly all parameters are `name` or `name*` and a value, and each name comes once. Else null. */
  private decodePlain(): ReadonlyMap<string, string> | null {
    const { raw } = this
    const map = new Map<string, string>()
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] as RawText | null
      const value = raw[at + 1] as RawText | null
      if (name === null || value === null) return null
      const star = starOf(name)
      if (star === -1) return null
      const base = star === name.length ? name : name.slice(0, star)
      if (map.has(base)) return null
      map.set(base, base === name ? decodeWords(decodeRaw(value)) : decodeExtended(decodeRaw(value)))
    }
    return map
  }

  private decodeAll(): ReadonlyMap<string, string> {
    const { raw } = this
    const pairs: [string, string | null][] = []
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const value = raw[at + 1] as RawText | null
      pairs.push([decodeRaw(raw[at] ?? ''), value === null ? null : decodeRaw(value)])
    }
    return decodeParameters(pairs)
  }
}

/** Where a plain name ends: at its last character if that is a star (RFC 2231 §4), else behind it. -1 for other names. */
const starOf = (name: RawText): number => {
  const last = name.length - 1
  for (let at = 0; at <= last; at++) {
    const code = name.charCodeAt(at)
    if (code === 0x2a) return at === last && at > 0 ? at : -1
    if (code <= 0x20 || (code >= 0x41 && code <= 0x5a) || code > 0x7e) return -1
  }
  return name.length
}

export const noParameters = new PartParameters([])
