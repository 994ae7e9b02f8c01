import { invalid } from '../errors/imap-error.ts'
import { isAtom } from './grammar.ts'

/** The system flags (RFC 9051 §2.3.2). `\Recent` belongs to the server (RFC 3501). */
export const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent'] as const

/** Keywords that mean the same everywhere: RFC 5788 and its registry, RFC 8457, RFC 9051 §2.3.2. */
export const keywords = {
  forwarded: '$Forwarded',
  mdnSent: '$MDNSent',
  junk: '$Junk',
  notJunk: '$NotJunk',
  phishing: '$Phishing',
  important: '$Important',
  submitPending: '$SubmitPending',
  submitted: '$Submitted',
} as const

/** What autocompletion offers; any other keyword will do. */
export type Flag = (typeof systemFlags)[number] | (typeof keywords)[keyof typeof keywords] | (string & {})

/**
 * Checks a flag that is to be sent: `\` and an atom, or a keyword, which is an atom (RFC 9051 §9, flag).
 * @throws ImapError `EINVALID`; also for `\Recent` and `\*`, which a client cannot set
 */
export const checkFlag = (flag: string): string => {
  const name = flag.startsWith('\\') ? flag.slice(1) : flag
  if (!isAtom(name) || name.includes(']')) throw invalid(`${JSON.stringify(flag.slice(0, 60))} is not a flag`)
  if (flag.toLowerCase() === '\\recent') throw invalid('\\Recent is set by the server alone (RFC 3501 §2.3.2)')
  return flag
}
