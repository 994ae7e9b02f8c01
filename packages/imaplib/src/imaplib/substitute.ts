import { typeError, valueError } from './imap4-errors.ts'
import { type SetPart, writeSet } from './message-set.ts'
import { quote } from './quoting.ts'

/** What fills a placeholder: see {@link substitute}. */
export type Param = string | number | readonly Param[] | readonly SetPart[]

/**
 * Fills the placeholders of a search key or a list of fetch items.
 *
 * | placeholder | its value |
 * |---|---|
 * | `?` | a string, quoted if need be; a whole number; or a list of both, put in parentheses |
 * | `?f` | a flag, or a list of flags, sent as they are |
 * | `?s` | a message set, as `fetch()` takes it |
 * | `??` | a question mark |
 *
 * @example
 * substitute('FROM ? LARGER ?', ['Terry Gray', 1000]) // FROM "Terry Gray" LARGER 1000
 * @throws TypeError when there are too few or too many values, or a value is of the wrong type; RangeError for a NUL, CR
 * or LF, and for what is no flag
 */
export const substitute = (template: string, params: readonly Param[]): string => {
  let used = 0
  const text = template.replaceAll(/\?([?fs])?/g, (_match, kind: string | undefined) => {
    if (kind === '?') return '?'
    if (used === params.length) throw typeError('not enough parameters for the placeholders')
    const value = params[used] as Param
    used += 1
    if (kind === 'f') return flags(value)
    return kind === 's' ? messageSet(value) : plain(value)
  })
  if (used < params.length) throw typeError('not all parameters were converted: there are more than placeholders')
  return text
}

const plain = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.map(plain).join(' ')})`
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (typeof value !== 'string')
    throw typeError(`a parameter must be a string, an integer or a list, not a ${typeof value}`)
  if (/[\0\r\n]/.test(value)) throw valueError('a parameter must not contain NUL, CR or LF')
  return /^[^(){ \x00-\x1f\x7f-\uffff%*\\"]+$/.test(value) ? value : quote(value)
}

/** RFC 3501 §9, flag: an atom, with a backslash before it if it is a system flag. `]` is let pass as in all of Python 3. */
const flag = /^\\?[^(){ \x00-\x1f\x7f-\uffff%*\\"]+$/

const flags = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.map(flags).join(' ')})`
  if (typeof value !== 'string') throw typeError(`a flag must be a string, not a ${typeof value}`)
  if (!flag.test(value)) throw valueError(`${JSON.stringify(value)} is not a flag`)
  return value
}

const messageSet = (value: unknown): string => {
  if (typeof value === 'string') {
    if (!/^[\d:,*]+$/.test(value)) throw valueError(`${JSON.stringify(value)} is not a message set`)
    return value
  }
  if (typeof value !== 'number' && !Array.isArray(value))
    throw typeError('a message set is a number, a string or a list')
  return writeSet(value as number | SetPart[])
}
