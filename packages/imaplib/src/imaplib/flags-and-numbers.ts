import type { DataItem } from './command-table.ts'
import { typeError } from './imap4-errors.ts'
import { Flags } from './patterns.ts'

/**
 * An integer in base 16 with the digits A to P, as tags are made of. The sign is dropped; 0 gives no digits at all.
 *
 * @example
 * Int2AP(255) // Buffer 'PP'
 */
export const Int2AP = (num: number | bigint): Buffer => {
  if (typeof num === 'number' && !Number.isFinite(num)) throw typeError(`cannot convert ${num} to integer`)
  let rest = typeof num === 'bigint' ? num : BigInt(Math.trunc(num))
  if (rest < 0n) rest = -rest
  const digits: string[] = []
  for (; rest > 0n; rest >>= 4n) digits.push('ABCDEFGHIJKLMNOP'[Number(rest & 15n)] as string)
  return Buffer.from(digits.reverse().join(''))
}

/**
 * The flags in a FETCH response, or in anything else with `FLAGS (…)` in it; `[]` if there is none.
 *
 * @example
 * const [, [line]] = await M.fetch('1', '(FLAGS)')
 * ParseFlags(line) // [Buffer '\Seen', Buffer '\Answered']
 */
export const ParseFlags = (resp: Uint8Array | string): Buffer[] => {
  const match = Flags.exec(latin1(resp))
  const inside = match?.groups?.['flags']?.trim() ?? ''
  return inside === '' ? [] : inside.split(/\s+/).map((flag) => Buffer.from(flag, 'latin1'))
}

/**
 * The numbers of a SEARCH or SORT result, or of any data made of numbers.
 *
 * @example
 * for (const num of ParseNumbers((await M.search(null, 'ALL'))[1])) …
 */
export const ParseNumbers = (data: readonly (DataItem | null)[] | Uint8Array | null): number[] => {
  const items = data === null || data instanceof Uint8Array ? [data] : data
  const numbers: number[] = []
  for (const item of items) {
    if (item === null || Array.isArray(item)) continue
    for (const word of latin1(item).split(' ')) if (/^\d+$/.test(word)) numbers.push(Number(word))
  }
  return numbers
}

export const latin1 = (text: Uint8Array | string): string =>
  typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1')
