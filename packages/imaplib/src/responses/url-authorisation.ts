import type { RawText } from '../wire/raw-text.ts'
import type { Scanner, StreamedLiteral } from '../wire/scanner.ts'

/** `* GENURLAUTH "imap://…:internal:91354a473744909de610943775f92038"` (RFC 4467 §8). */
export interface GenUrlAuthResponse {
  readonly type: 'GENURLAUTH'
  /** Whoever has such a URL can read what it names. */
  readonly urls: readonly string[]
}

/** `* URLFETCH "imap://…" {28}…` (RFC 4467 §8), with its extended form (RFC 5524 §3). */
export interface UrlFetchResponse {
  readonly type: 'URLFETCH'
  readonly results: readonly UrlFetchResult[]
}

export interface UrlFetchResult {
  readonly url: string
  /** What the URL names; null when it could not be had. With BINARY, without its transfer encoding. */
  readonly data: Buffer | StreamedLiteral | null
  /** RFC 5524 §3.1: the part's body structure as it was sent; null when it was not asked for. */
  readonly bodyPartStructure: RawText | null
}

export const parseGenUrlAuth = (scan: Scanner): GenUrlAuthResponse => {
  const urls: string[] = []
  for (; !scan.atEnd; scan.skipSpaces()) urls.push(scan.astring())
  return { type: 'GENURLAUTH', urls }
}

export const parseUrlFetch = (scan: Scanner): UrlFetchResponse => {
  const results: UrlFetchResult[] = []
  for (; !scan.atEnd; scan.skipSpaces()) {
    const url = scan.astring()
    scan.skipSpaces()
    results.push(scan.peek() === OPEN ? readExtended(scan, url) : readSimple(scan, url))
  }
  return { type: 'URLFETCH', results }
}

const readSimple = (scan: Scanner, url: string): UrlFetchResult => ({
  url,
  data: scan.atEnd ? null : scan.nstringBytes(),
  bodyPartStructure: null,
})

/** `(BODYPARTSTRUCTURE (…)) (BINARY ~{12}…)`, in one list or in several. */
const readExtended = (scan: Scanner, url: string): UrlFetchResult => {
  let data: UrlFetchResult['data'] = null
  let bodyPartStructure: RawText | null = null
  while (scan.openList()) {
    while (!scan.closeList()) {
      const name = scan.upperAtom()
      scan.skipSpaces()
      if (name === 'BODYPARTSTRUCTURE') {
        const from = scan.pos
        scan.skipValue()
        bodyPartStructure = scan.rawCopy(from, scan.pos)
      } else if (name === 'BINARY' || name === 'BODY') data = scan.nstringBytes()
      else scan.skipValue()
    }
    scan.skipSpaces()
  }
  return { url, data, bodyPartStructure }
}

const OPEN = 0x28
