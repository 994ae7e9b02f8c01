import { parseStatusLine, type Status } from '../connection/status-line.ts'
import type { Scanner } from '../wire/scanner.ts'
import { type ResponseCode, responseCode } from './response-code.ts'
import type { ParseContext } from './response-parser.ts'

/** An untagged status response (RFC 9051 §7.1): `* OK [UIDNEXT 5] text`. The grammar's name for it is resp-cond. */
export interface ConditionResponse<S extends Status = Status> {
  readonly type: S
  readonly code: ResponseCode | null
  /** For people. Untrusted: never render it as markup. */
  readonly text: string
}

const condition =
  <S extends Status>(status: S) =>
  (scan: Scanner, context: ParseContext): ConditionResponse<S> => {
    const rest = scan.rawCopy(scan.pos, scan.end)
    scan.pos = scan.end
    const line = parseStatusLine(`${status} ${rest}`)
    return line === null
      ? { type: status, code: null, text: rest }
      : { type: status, code: responseCode(line, context), text: line.text }
  }

export const parseOk = condition('OK')
export const parseNo = condition('NO')
export const parseBad = condition('BAD')
export const parseBye = condition('BYE')
export const parsePreauth = condition('PREAUTH')
