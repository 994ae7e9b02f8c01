/** Response codes that say all by their name. */
const names = [
  // RFC 9051 §7.1
  'ALERT',
  'ALREADYEXISTS',
  'AUTHENTICATIONFAILED',
  'AUTHORIZATIONFAILED',
  'CANNOT',
  'CLIENTBUG',
  'CLOSED',
  'CONTACTADMIN',
  'CORRUPTION',
  'EXPIRED',
  'EXPUNGEISSUED',
  'HASCHILDREN',
  'INUSE',
  'LIMIT',
  'NONEXISTENT',
  'NOPERM',
  'NOTSAVED',
  'OVERQUOTA',
  'PARSE',
  'PRIVACYREQUIRED',
  'READ-ONLY',
  'READ-WRITE',
  'SERVERBUG',
  'TRYCREATE',
  'UIDNOTSTICKY',
  'UNAVAILABLE',
  'UNKNOWN-CTE',
  'BADCOMPARATOR', // RFC 5255 §4.8
  'COMPRESSIONACTIVE', // RFC 4978 §3
  'NOMODSEQ', // RFC 7162 §3.1.2.2
  'NOTIFICATIONOVERFLOW', // RFC 5465 §5.8
  'TEMPFAIL', // RFC 5259 §9
  'TOOBIG', // RFC 4469 §5
  'TOOFEW', // RFC 10022 §3.1.3.2: batches of fewer messages than the server makes them of
  'TOOMANY', // RFC 10022 §3.1.5: batches of more messages in all than the server answers for
  'UIDREQUIRED', // RFC 9586 §3
  'USEATTR', // RFC 6154 §6
  'THROTTLED', // Gmail
] as const

export type PlainCodeName = (typeof names)[number]

export interface PlainCode {
  readonly name: PlainCodeName
}

/** One object for each, made in advance: a server says `[PARSE]` or `[ALERT]` more than once. */
export const plainCodes: ReadonlyMap<string, PlainCode> = new Map(names.map((name) => [name, Object.freeze({ name })]))
