import { ImapError } from '../errors/imap-error.ts'
import { responseCode } from '../responses/response-code.ts'
import { type ImapUrl, parseImapUrl } from '../wire/imap-url.ts'

/**
 * Where the server says that the user, or the mailbox, is to be found: from an error with the response code REFERRAL
 * (RFC 2221 of logins and greetings, RFC 2193 of mailboxes), the preferred first. Empty for any other error.
 *
 * Referrals are never followed by themselves: the host is the server's word, and not yours. Ask before a password is sent
 * there, and go no further than ten of them (RFC 2221 §3).
 *
 * @example
 * catch (error) { const [there] = referralsOf(error); if (there !== undefined) … }
 */
export const referralsOf = (error: unknown): ImapUrl[] => {
  if (!(error instanceof ImapError) || error.responseCode !== 'REFERRAL') return []
  const { codeArguments = '' } = error
  const code = responseCode({ status: 'NO', code: 'REFERRAL', codeArguments, text: '' })
  return code?.name === 'REFERRAL' ? readReferrals(code.urls) : []
}

/** Those of the URLs that can be understood. */
export const readReferrals = (urls: readonly string[]): ImapUrl[] =>
  urls.map(parseImapUrl).filter((url) => url !== null)
