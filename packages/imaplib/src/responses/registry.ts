import { parseFetch } from './fetch.ts'
import type { ParseContext, ResponseParser, ResponseValue } from './response-parser.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { UnknownResponse, UnparsedResponse } from './unparsed.ts'

/** One line for each response: the name on the wire, and who reads what follows it. */
const table = [['FETCH', parseFetch]] as const satisfies readonly (readonly [string, ResponseParser<ResponseValue>])[]

/** Everything that `parseUntagged` may return. */
export type Response = ReturnType<(typeof table)[number][1]> | UnparsedResponse | UnknownResponse

export const responseParsers: ReadonlyMap<string, (scan: Scanner, context: ParseContext) => Response> = new Map(table)
