import { SequenceSet } from '../wire/sequence-set.ts'
import { typeError, valueError } from './imap4-errors.ts'

/** One part of a {@link MessageSet}: a number, or a range from … to (both included; `'*'` or null is the last message). */
export type SetPart = number | readonly [from: number | '*', to: number | '*' | null]

/**
 * The messages that a command is about: `'1:3,7'` as it will be sent, one number, or a list of numbers and ranges.
 *
 * @example
 * await M.fetch([1, [3, 5], [8, '*']], 'FLAGS') // FETCH 1,3:5,8:* (FLAGS)
 */
export type MessageSet = string | number | Uint8Array | SequenceSet | readonly SetPart[]

/**
 * Writes a list of numbers and ranges as a sequence set (RFC 3501 §9).
 *
 * @throws TypeError for what is no whole number; RangeError for an empty list, a range of other than two ends, or 0
 */
export const writeSet = (set: number | SequenceSet | readonly SetPart[]): string => {
  if (typeof set === 'number') return number(set)
  const text = set instanceof SequenceSet ? set.toString() : set.map(part).join(',')
  if (text === '') throw valueError('a message set must not be empty')
  return text
}

const part = (value: unknown): string => {
  if (!Array.isArray(value)) return number(value)
  if (value.length !== 2) throw valueError('a range of messages has two ends')
  return `${end(value[0])}:${end(value[1])}`
}

const end = (value: unknown): string => (value === '*' || value === null ? '*' : number(value))

const number = (value: unknown): string => {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw typeError(`a message number must be an integer, not ${String(value)}`)
  if (value < 1 || value > 0xffffffff) throw valueError(`${value} is not a message number (1 to 4294967295)`)
  return String(value)
}
