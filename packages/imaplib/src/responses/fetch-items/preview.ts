import type { FetchItem } from '../fetch-item.ts'

/** PREVIEW (RFC 8970): the beginning of the message as plain text; null when the server has none (yet). */
export const preview: FetchItem<string | null> = {
  name: 'PREVIEW',
  parse: (scan) => {
    if (!scan.openList()) return scan.nstring()
    // Drafts of the extension named the algorithm: `PREVIEW (FUZZY "…")`.
    scan.atom()
    scan.skipSpaces()
    const text = scan.nstring()
    if (!scan.closeList()) scan.fail('the end of a preview')
    return text
  },
}

/** SNIPPET: what PREVIEW was called before it became a standard (SNIPPET=FUZZY; Dovecot 2.2 and 2.3). */
export const snippet: FetchItem<string | null> = { name: 'SNIPPET', parse: preview.parse }
