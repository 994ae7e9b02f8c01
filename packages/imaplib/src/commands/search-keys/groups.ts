import { invalid } from '../../errors/imap-error.ts'
import { asOne, type Clause, type Scope, type SearchKey } from './search-key.ts'

const listOf = (value: unknown, path: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw invalid(`${path} must be a list`)
  if (value.length === 0) throw invalid(`${path} is an empty list, which means nothing`)
  return value
}

/** An object, or a list of objects that must all hold. */
const alternative = (value: unknown, path: string, scope: Scope): Clause[] =>
  Array.isArray(value)
    ? listOf(value, path).flatMap((each, index) => scope.all(each, `${path}[${index}]`))
    : scope.all(value, path)

export const and: SearchKey<unknown> = {
  clauses: (value, scope) => listOf(value, scope.path).flatMap((each, i) => scope.all(each, `${scope.path}[${i}]`)),
}

export const or: SearchKey<unknown> = {
  clauses(value, scope) {
    const { path } = scope
    return [anyOf(listOf(value, path).map((each, i) => asOne(alternative(each, `${path}[${i}]`, scope))))]
  },
}

/** OR takes two keys (RFC 9051 §6.4.4). Halved each time, so that servers, which recurse, go no deeper than they must. */
const anyOf = (alternatives: readonly Clause[]): Clause => {
  if (alternatives.length === 1) return alternatives[0] as Clause
  const middle = alternatives.length >> 1
  return ['OR', ...anyOf(alternatives.slice(0, middle)), ...anyOf(alternatives.slice(middle))]
}

/** Negates all of the object together. */
export const not: SearchKey<unknown> = {
  clauses: (value, scope) => [['NOT', ...asOne(scope.all(value, scope.path))]],
}

/** Leaves it to the server what is near enough (RFC 6203 §3). */
export const fuzzy: SearchKey<unknown> = {
  needs: 'SEARCH=FUZZY',
  clauses: (value, scope) => [['FUZZY', ...asOne(scope.all(value, scope.path))]],
}
