import { invalid } from '../errors/imap-error.ts'
import type { UrlFetchResult } from '../responses/url-authorisation.ts'
import { formatImapUrl, type ImapUrl } from '../wire/imap-url.ts'
import { command } from './command.ts'
import type { CallOptions } from './run.ts'
import type { Extension, Runner } from './runner.ts'

/** An URL to be made good for somebody: its text, or its pieces. It names who may use it (`access`, RFC 4467 §3). */
export interface UrlToAuthorise {
  readonly url: string | ImapUrl
  /** Default `INTERNAL`: by a secret that only the server knows (RFC 4467 §4). */
  readonly mechanism?: string | undefined
}

export interface UrlFetchQuery {
  /** The octets as they are in the message. Default, when nothing else is asked for. */
  readonly body?: boolean | undefined
  /** Without the transfer encoding (RFC 5524; needs URLAUTH=BINARY). Not together with `body`. */
  readonly binary?: boolean | undefined
  /** What kind of part it is (RFC 5524; needs URLAUTH=BINARY). */
  readonly structure?: boolean | undefined
}

/** What an URL names. */
export interface FetchedUrl extends Pick<UrlFetchResult, 'url' | 'bodyPartStructure'> {
  /** Null when it could not be had. */
  readonly data: Buffer | null
}

const textOf = (url: string | ImapUrl): string => (typeof url === 'string' ? url : formatImapUrl(url))

/** An URL for GENURLAUTH says for whom it shall be good, and not yet how (RFC 4467 §7, url-rump). */
const checkRump = (url: string): string => {
  if (!/;URLAUTH=[^:;]+$/i.test(url)) throw invalid('GENURLAUTH: the URL must end with ;URLAUTH= and who may use it')
  return url
}

/** GENURLAUTH: makes URLs good for those they name (RFC 4467 §7). In the order of the request. */
export const genUrlAuth = command({
  name: 'GENURLAUTH',
  states: ['authenticated', 'selected'],
  needs: 'URLAUTH',
  write(out, [urls]: [urls: readonly UrlToAuthorise[]]) {
    if (urls.length === 0) throw invalid('GENURLAUTH: no URL is given')
    for (const { url, mechanism = 'INTERNAL' } of urls) out.astring(checkRump(textOf(url))).atom(mechanism)
  },
  claims: { GENURLAUTH: () => true },
  result: (replies): readonly string[] => replies.flatMap((reply) => [...reply.urls]),
})

const isExtended = ({ body, binary, structure }: UrlFetchQuery): boolean => (body ?? binary ?? structure) !== undefined

/** URLFETCH: what authorised URLs name (RFC 4467 §7, RFC 5524 §3). Several commands may be in flight: URLs tell. */
export const urlFetch = command({
  name: 'URLFETCH',
  states: ['authenticated', 'selected'],
  needs: ([, query]: [urls: readonly string[], query: UrlFetchQuery]) =>
    isExtended(query) ? 'URLAUTH=BINARY' : 'URLAUTH',
  idempotent: true,
  write(out, [urls, query]) {
    const { body, binary, structure } = query
    if (urls.length === 0) throw invalid('URLFETCH: no URL is given')
    if (body === true && binary === true) throw invalid('URLFETCH: body and binary exclude each other (RFC 5524 §3.1)')
    for (const url of urls) {
      if (!isExtended(query)) {
        out.astring(url)
        continue
      }
      out.open().astring(url)
      if (structure === true) out.atom('BODYPARTSTRUCTURE')
      if (body === true) out.atom('BODY')
      if (binary === true) out.atom('BINARY')
      out.close()
    }
  },
  claims: { URLFETCH: (reply, [urls]) => reply.results.some(({ url }) => urls.includes(url)) },
  result: (replies): readonly FetchedUrl[] =>
    replies.flatMap((reply) =>
      reply.results.map(({ url, data, bodyPartStructure }) => ({
        url,
        // Nobody streams literals of URLFETCH: they are octets, or nothing.
        data: Buffer.isBuffer(data) ? data : null,
        bodyPartStructure,
      })),
    ),
})

/** RESETKEY: URLs made for a mailbox, or for all, are good no more (RFC 4467 §7). */
export const resetKey = command({
  name: 'RESETKEY',
  states: ['authenticated', 'selected'],
  needs: 'URLAUTH',
  idempotent: true,
  write(out, [mailbox, mechanisms]: [mailbox: string | null, mechanisms: readonly string[]]) {
    if (mailbox === null) {
      if (mechanisms.length > 0) throw invalid('RESETKEY: mechanisms are named for a mailbox only (RFC 4467 §9)')
      return
    }
    out.mailbox(mailbox)
    for (const mechanism of mechanisms) out.atom(mechanism)
  },
  result: () => undefined,
})

/**
 * URLs that carry the right to read a part of a message (RFC 4467), as a submission server needs it to send what lies on
 * the IMAP server (BURL). With URL-PARTIAL (RFC 5550) they may name a stretch of octets.
 *
 * @example
 * const rump = { user: 'joe', host: 'mail.example', mailbox: 'INBOX', uid: 20, access: 'submit+joe' }
 * const [url] = await client.urls.authorise([{ url: rump }])
 */
export const urls = ((runner: Runner) => ({
  /**
   * Makes URLs good for those they name, until `expire` if they say so. Treat the results as secrets.
   */
  authorise: (wanted: readonly UrlToAuthorise[], options?: CallOptions) => runner.run(genUrlAuth, [wanted], options),
  /** What authorised URLs name; `data` is null for one that could not be had. */
  fetch: (wanted: readonly string[], query: UrlFetchQuery & CallOptions = {}) => {
    const { signal, timeout, ...asked } = query
    return runner.run(urlFetch, [wanted, asked], { signal, timeout })
  },
  /** Makes all URLs of a mailbox void, or, without one, all that the user ever made. */
  revoke: (mailbox: string | null = null, mechanisms: readonly string[] = [], options?: CallOptions) =>
    runner.run(resetKey, [mailbox, mechanisms], options),
})) satisfies Extension<Runner, unknown>
