import { invalid } from '../errors/imap-error.ts'
import { isAtom, shown } from './grammar.ts'

/** The flags that every server knows (RFC 9051 §2.3.2). `\Recent` is set by the server alone (RFC 3501 §2.3.2). */
export const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent'] as const

/** Keywords of the IANA registry (RFC 5788 §2): they mean the same at every server and to every client. */
export const keywords = {
  /** A disposition notification has been sent (RFC 3503). */
  mdnSent: '$MDNSent',
  forwarded: '$Forwarded',
  submitPending: '$SubmitPending',
  submitted: '$Submitted',
  junk: '$Junk',
  notJunk: '$NotJunk',
  phishing: '$Phishing',
  /** RFC 8457 §2 */
  important: '$Important',
  // RFC 9979, down to the end
  autoSent: '$autosent',
  canUnsubscribe: '$canunsubscribe',
  followed: '$followed',
  hasAttachment: '$hasattachment',
  hasMemo: '$hasmemo',
  hasNoAttachment: '$hasnoattachment',
  imported: '$imported',
  isTrusted: '$istrusted',
  /** With the two next the colour of a flagged message. */
  mailFlagBit0: '$MailFlagBit0',
  mailFlagBit1: '$MailFlagBit1',
  mailFlagBit2: '$MailFlagBit2',
  maskedEmail: '$maskedemail',
  memo: '$memo',
  muted: '$muted',
  new: '$new',
  notify: '$notify',
  unsubscribed: '$unsubscribed',
} as const

/** The flags and keywords that have a meaning of their own, for completion in an editor; any other keyword will do too. */
export type Flag = (typeof systemFlags)[number] | (typeof keywords)[keyof typeof keywords] | (string & {})

/** `\` and an atom, or a keyword, which is an atom (RFC 9051 §9, flag). */
export const isFlag = (flag: string): boolean => isAtom(flag.startsWith('\\') ? flag.slice(1) : flag)

/** As {@link isFlag}, and `\*`: new keywords may be made. It occurs in PERMANENTFLAGS alone (RFC 9051 §7.1). */
export const isPermanentFlag = (flag: string): boolean => flag === '\\*' || isFlag(flag)

/**
 * Checks a flag that is to be sent.
 *
 * @throws ImapError `EINVALID`; also for `\Recent` and `\*`, which a client cannot set
 */
export const checkFlag = (flag: string): string => {
  if (!isFlag(flag)) throw invalid(`${shown(flag)} is not a flag`)
  if (sameFlag(flag, '\\Recent')) throw invalid('\\Recent is set by the server alone (RFC 3501 §2.3.2)')
  return flag
}

/** As {@link checkFlag}, for a keyword alone, as SEARCH KEYWORD takes it. */
export const checkKeyword = (keyword: string): string => {
  if (!isAtom(keyword)) throw invalid(`${shown(keyword)} is not a keyword`)
  return keyword
}

/** Whether two spellings are one flag: letters of ASCII have no case in flags and keywords (RFC 5788 §3). */
export const sameFlag = (a: string, b: string): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (folded(a.charCodeAt(at)) !== folded(b.charCodeAt(at))) return false
  return true
}

/** The flag as the RFCs spell it, when they do, always the same string: `\SEEN` is `\Seen`. Others come back as they are. */
export const canonicalFlag = (flag: string): string =>
  flag.length > LONGEST ? flag : (canonical.get(flag) ?? canonical.get(flag.toLowerCase()) ?? flag)

const folded = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code)

const known: readonly string[] = [...systemFlags, ...Object.values(keywords)]
const canonical = new Map([
  ...known.map((flag) => [flag.toLowerCase(), flag]),
  ...known.map((flag) => [flag, flag]),
] as [string, string][])
const LONGEST = Math.max(...known.map((flag) => flag.length))
