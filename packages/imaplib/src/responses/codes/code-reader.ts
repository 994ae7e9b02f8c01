import type { Scanner } from '../../wire/scanner.ts'
import type { ParseContext } from '../response-parser.ts'

/** Reads the arguments of one response code: what stands between its name and the `]`. */
export type CodeReader = (scan: Scanner, context: ParseContext) => { readonly name: string }

/** A family of response codes: one line for each name. */
export type CodeTable = readonly (readonly [string, CodeReader])[]

/** Words up to the end, each an atom or string. */
export const readWords = (scan: Scanner): string[] => {
  const words: string[] = []
  for (scan.skipSpaces(); !scan.atEnd; scan.skipSpaces()) words.push(scan.astring())
  return words
}

/** `(word word …)`; the same without the parentheses is let pass. */
export const readWordList = (scan: Scanner): string[] => {
  if (!scan.openList()) return readWords(scan)
  const words: string[] = []
  while (!scan.closeList()) words.push(scan.astring())
  return words
}
