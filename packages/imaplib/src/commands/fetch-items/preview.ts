import * as response from '../../responses/fetch-items/preview.ts'
import type { RequestItem } from './request-item.ts'

/**
 * PREVIEW: the beginning of the message as plain text, of 200 characters at most; null when the server has none
 * (RFC 8970). With `'lazy'` the server does not make one now: null then also means "not yet", and who wants it asks
 * again without (§3.2).
 */
export const preview: RequestItem<true | 'lazy', string | null> = {
  needs: 'PREVIEW',
  write(out, option) {
    out.atom('PREVIEW')
    if (option === 'lazy') out.list(['LAZY'], (each) => out.atom(each))
  },
  present: (row) => row.get(response.preview) !== undefined,
  read: (row) => row.get(response.preview) ?? null,
}

/** SNIPPET: the same by servers that had it before it was a standard (SNIPPET=FUZZY: Dovecot 2.2 and 2.3). */
export const snippet: RequestItem<true, string | null> = {
  needs: 'SNIPPET=FUZZY',
  write: (out) => void out.atom('SNIPPET').list(['FUZZY'], (each) => out.atom(each)),
  present: (row) => row.get(response.snippet) !== undefined,
  read: (row) => row.get(response.snippet) ?? null,
}
