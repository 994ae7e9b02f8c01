import { decodeRaw, type RawText } from '../wire/raw-text.ts'
import { decodeWords } from './encoded-words.ts'
import { decodeParameters } from './parameters.ts'

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

  /** Nearly all parameters are a name and a value and no more (RFC 2231 writes `*` into the name). Else null. */
  private decodePlain(): ReadonlyMap<string, string> | null {
    const { raw } = this
    const map = new Map<string, string>()
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] as RawText | null
      const value = raw[at + 1] as RawText | null
      if (name === null || value === null || !isPlainName(name) || map.has(name)) return null
      map.set(name, decodeWords(decodeRaw(value)))
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

const isPlainName = (name: RawText): boolean => {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code <= 0x20 || code === 0x2a || (code >= 0x41 && code <= 0x5a) || code > 0x7e) return false
  }
  return true
}

export const noParameters = new PartParameters([])
