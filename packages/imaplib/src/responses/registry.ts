import { parseFetch, parseUidFetch } from './fetch.ts'
import { parseAcl, parseListRights, parseMyRights } from './acl.ts'
import { parseCapability } from './capability.ts'
import { parseComparator } from './comparator.ts'
import { parseBad, parseBye, parseNo, parseOk, parsePreauth } from './condition.ts'
import { parseConversion } from './conversion.ts'
import { parseConverted } from './converted.ts'
import { parseEnabled } from './enabled.ts'
import { parseEsearch } from './esearch.ts'
import { parseId } from './id.ts'
import { parseJmapAccess } from './jmap-access.ts'
import { parseLanguage } from './language.ts'
import { parseList, parseLsub, parseXlist } from './list.ts'
import { parseFlags } from './mailbox-flags.ts'
import { parseMailboxStatus } from './mailbox-status.ts'
import { parseExists, parseExpunge, parseRecent } from './message-count.ts'
import { parseMetadata } from './metadata.ts'
import { parseNamespace } from './namespace.ts'
import { parseQuota, parseQuotaRoot } from './quota.ts'
import { parseSearch } from './search.ts'
import { parseSort } from './sort.ts'
import { parseThread } from './thread.ts'
import { parseUidBatches } from './uid-batches.ts'
import { parseGenUrlAuth, parseUrlFetch } from './url-authorisation.ts'
import { parseVanished } from './vanished.ts'
import type { ParseContext, ResponseParser, ResponseValue } from './response-parser.ts'
import type { Scanner } from '../wire/scanner.ts'
import type { UnknownResponse, UnparsedResponse } from './unparsed.ts'

/** One line for each response: the name on the wire, and who reads what follows it. */
const table = [
  ['ACL', parseAcl],
  ['BAD', parseBad],
  ['BYE', parseBye],
  ['CAPABILITY', parseCapability],
  ['COMPARATOR', parseComparator],
  ['CONVERSION', parseConversion],
  ['CONVERTED', parseConverted],
  ['ENABLED', parseEnabled],
  ['ESEARCH', parseEsearch],
  ['EXISTS', parseExists],
  ['EXPUNGE', parseExpunge],
  ['FETCH', parseFetch],
  ['FLAGS', parseFlags],
  ['GENURLAUTH', parseGenUrlAuth],
  ['ID', parseId],
  ['JMAPACCESS', parseJmapAccess],
  ['LANGUAGE', parseLanguage],
  ['LIST', parseList],
  ['LISTRIGHTS', parseListRights],
  ['LSUB', parseLsub],
  ['METADATA', parseMetadata],
  ['MYRIGHTS', parseMyRights],
  ['NAMESPACE', parseNamespace],
  ['NO', parseNo],
  ['OK', parseOk],
  ['PREAUTH', parsePreauth],
  ['QUOTA', parseQuota],
  ['QUOTAROOT', parseQuotaRoot],
  ['RECENT', parseRecent],
  ['SEARCH', parseSearch],
  ['SORT', parseSort],
  ['STATUS', parseMailboxStatus],
  ['THREAD', parseThread],
  ['UIDBATCHES', parseUidBatches],
  ['UIDFETCH', parseUidFetch],
  ['URLFETCH', parseUrlFetch],
  ['VANISHED', parseVanished],
  ['XLIST', parseXlist],
] as const satisfies readonly (readonly [string, ResponseParser<ResponseValue>])[]

/** Everything that `parseUntagged` may return. */
export type Response = ReturnType<(typeof table)[number][1]> | UnparsedResponse | UnknownResponse

export const responseParsers: ReadonlyMap<string, (scan: Scanner, context: ParseContext) => Response> = new Map<
  string,
  (scan: Scanner, context: ParseContext) => Response
>(table)
