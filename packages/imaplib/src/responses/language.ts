import type { Scanner } from '../wire/scanner.ts'

/** `* LANGUAGE (EN DE i-default)` (RFC 5255 §3.3): the language of the server's texts now, or those it has. */
export interface LanguageResponse {
  readonly type: 'LANGUAGE'
  /** Language tags (BCP 47) as they were sent. One: it is in use from now on. */
  readonly languages: readonly string[]
}

export const parseLanguage = (scan: Scanner): LanguageResponse => {
  const languages: string[] = []
  if (scan.openList()) while (!scan.closeList()) languages.push(scan.astring())
  else for (; !scan.atEnd; scan.skipSpaces()) languages.push(scan.astring())
  return { type: 'LANGUAGE', languages }
}
