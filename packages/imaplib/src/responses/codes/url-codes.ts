import type { Scanner } from '../../wire/scanner.ts'
import type { CodeTable } from './code-reader.ts'

/** RFC 2221 §4, RFC 2193 §4: go elsewhere. Never followed by itself: the address is the server's, not the user's. */
export interface ReferralCode {
  readonly name: 'REFERRAL'
  /** Several may be named for one mailbox. */
  readonly urls: readonly string[]
}

/** RFC 4469 §5: the URL in CATENATE or URLFETCH that could not be read. */
export interface BadUrlCode {
  readonly name: 'BADURL'
  readonly url: string
}

/** RFC 4467 §8: mechanisms by which URLs of this mailbox can be authorised, with the public key if it has one. */
export interface UrlMechCode {
  readonly name: 'URLMECH'
  readonly mechanisms: readonly { readonly name: string; readonly key: string | null }[]
}

/** URLs hold brackets, quotes and parentheses: everything up to the next space. */
const readUrls = (scan: Scanner): string[] => {
  if (scan.peek() === QUOTE) return [scan.astring()]
  return scan
    .rest()
    .split(' ')
    .filter((url) => url !== '')
}

const referral = (scan: Scanner): ReferralCode => ({ name: 'REFERRAL', urls: readUrls(scan) })

const badUrl = (scan: Scanner): BadUrlCode => ({ name: 'BADURL', url: readUrls(scan).join(' ') })

const urlMech = (scan: Scanner): UrlMechCode => ({
  name: 'URLMECH',
  mechanisms: readUrls(scan).map((word) => {
    const equals = word.indexOf('=')
    return equals === -1
      ? { name: word.toUpperCase(), key: null }
      : { name: word.slice(0, equals).toUpperCase(), key: word.slice(equals + 1) }
  }),
})

const QUOTE = 0x22

export const urlCodes = [
  ['REFERRAL', referral],
  ['BADURL', badUrl],
  ['URLMECH', urlMech],
] as const satisfies CodeTable
