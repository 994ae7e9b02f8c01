import { invalid } from '../../errors/imap-error.ts'
import type { Clause, SearchKey, Scope, SearchText } from './search-key.ts'

/**
 * Text as it may be searched for. Empty text would match whatever has the field at all (RFC 9051 §6.4.4), which nobody
 * means who searches for the contents of a variable.
 */
export const searchText = (value: unknown, path: string, empty = false): SearchText => {
  if (typeof value !== 'string') throw invalid(`${path} must be text`)
  if (value === '' && !empty) throw invalid(`${path} is empty, which would match nearly everything`)
  if (value.includes('\0')) throw invalid(`${path} holds a NUL, which cannot be searched for`)
  if (!value.isWellFormed()) throw invalid(`${path} holds half of a surrogate pair`)
  return { text: value }
}

const textKey = (word: string): SearchKey<string> => ({
  clauses: (value, { path }) => [[word, searchText(value, path)]],
})

export const from = textKey('FROM')
export const to = textKey('TO')
export const cc = textKey('CC')
export const bcc = textKey('BCC')
export const subject = textKey('SUBJECT')
export const body = textKey('BODY')
/** Header or body. */
export const text = textKey('TEXT')

/** Field names are printable ASCII without colon (RFC 5322 §2.2). */
const fieldName = /^[\x21-\x39\x3b-\x7e]+$/

/** What the fields contain: text, or `true` or `''` for fields that must be there, whatever they hold. */
export type HeaderCriteria = { readonly [field: string]: string | true }

export const header: SearchKey<HeaderCriteria> = {
  clauses(fields, scope) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw invalid(`${scope.path} must be an object of header fields: { 'List-Id': 'example' }`)
    const clauses = Object.entries(fields).map(([name, value]) => headerClause(name, value, scope))
    if (clauses.length === 0) throw invalid(`${scope.path} names no header field`)
    return clauses
  },
}

const headerClause = (name: string, value: unknown, { path }: Scope): Clause => {
  if (!fieldName.test(name)) throw invalid(`${path}: ${JSON.stringify(name)} is not the name of a header field`)
  const wanted = value === true ? { text: '' } : searchText(value, `${path}[${JSON.stringify(name)}]`, true)
  return ['HEADER', { text: name }, wanted]
}
