import * as imaplib from 'imaplib'
import { IMAP4, IMAP4_SSL, IMAP4_stream, ImapClient, type ImapErrorCode } from 'imaplib'
import { describe, expect, it } from 'vitest'
import { clientExtensions, mailboxExtensions } from '../../src/commands/registry.ts'
import { Mailbox } from '../../src/client/mailbox.ts'
import { documents, readDocument } from './blocks.ts'

/** Words that stand in code in a document, inline or in a block. */
const codeOf = (path: string): string => [...readDocument(path).matchAll(/```[^]*?```|`[^`\n]+`/g)].join('\n')

const missing = (path: string, names: readonly string[]): string[] => {
  const words = new Set(codeOf(path).match(/[\w$]+/g))
  return names.filter((name) => !words.has(name))
}

const words = (text: string): string[] => text.trim().split(/\s+/)

const methodsOf = (...classes: readonly { readonly prototype: object }[]): string[] => {
  const found = new Set<string>()
  for (let { prototype } of classes)
    for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object)
      for (const name of Object.getOwnPropertyNames(prototype)) found.add(name)
  return [...found]
}

describe('the guides for those who come from elsewhere name every call', () => {
  it("of Python's imaplib", () => {
    const methods = methodsOf(IMAP4, IMAP4_SSL, IMAP4_stream).filter((name) => /^[a-z][a-z0-9_]*$/.test(name))
    // What Python does not have, and what is an attribute of one class only.
    const besides = new Set(words('constructor attach compress error abort readonly ssl sslobj process utf8_enabled'))
    const attributes = words('state capabilities welcome debug untagged_responses print_log PROTOCOL_VERSION')
    const functions = words(
      'Internaldate2tuple Int2AP ParseFlags Time2Internaldate Commands AllowedVersions Debug _MAXLINE',
    )
    const names = [...methods.filter((name) => !besides.has(name)), ...attributes, ...functions]
    expect(names.length).toBeGreaterThan(60)
    expect(missing('docs/from-python.md', names)).toEqual([])
  })

  it('of imapflow: options, properties, methods, events', () => {
    const options =
      words(`host port secure doSTARTTLS servername tls auth user pass accessToken loginMethod authzid clientInfo
      context id logger logRaw emitLogs verifyOnly includeMailboxes proxy transport qresync disableAutoIdle autoIdleDelay
      maxIdleTime missingIdleCommand disableBinary disableAutoEnable disableIMAP4rev2 disableCompression connectionTimeout
      greetingTimeout socketTimeout maxLineLength maxLiteralSize maxResponseSize maxResponseTokens maxLockHoldTime
      idHashAlgorithm expungeHandler`)
    const properties =
      words(`mailbox capabilities enabled usable authenticated idling idlingAtClose closedByClient isClosed
      state secureConnection tls serverInfo greeting byeReason namespace namespaces connectedAt lastClientWrite`)
    const methods = words(`connect logout close closeAfter noop idle upgradeToSTARTTLS stats unbind asyncDispose
      list listTree status getQuota mailboxCreate mailboxRename mailboxDelete mailboxSubscribe mailboxUnsubscribe mailboxOpen
      mailboxClose getMailboxLock search fetch fetchAll fetchOne download downloadMany append messageCopy messageMove
      messageDelete messageFlagsSet messageFlagsAdd messageFlagsRemove useLabels unchangedSince setFlagColor`)
    const events = words('exists expunge flags highestModseq mailboxOpen mailboxClose alert response log error close')
    // In the guide they stand together: `messageFlagsAdd`, `Remove`, `Set`.
    const whole = methods.filter((name) => name !== 'messageFlagsSet' && name !== 'messageFlagsRemove')
    expect(missing('docs/from-imapflow.md', [...options, ...properties, ...whole, ...events])).toEqual([])
  })

  it('of node-imap: options, methods, events', () => {
    const options =
      words(`user password xoauth xoauth2 host port tls autotls tlsOptions connTimeout authTimeout socketTimeout
      keepalive debug markSeen struct envelope size bodies modifiers extensions`)
    const methods =
      words(`connect end destroy openBox closeBox addBox delBox renameBox subscribeBox unsubscribeBox status getBoxes
      getSubscribedBoxes expunge append search esearch sort thread fetch copy move addFlags delFlags setFlags addKeywords
      delKeywords setKeywords setLabels addLabels delLabels serverSupports id getQuota setQuota getQuotaRoot parseHeader seq`)
    const others = words('state delimiter namespaces ready alert mail update uidvalidity error close body attributes')
    expect(missing('docs/from-node-imap.md', [...options, ...methods, ...others])).toEqual([])
  })
})

describe.each(documents())('%s', (path) => {
  it('speaks of methods of the client and of mailboxes that there are', () => {
    const known = new Map([
      ['client', new Set([...methodsOf(ImapClient), ...Object.keys(clientExtensions)])],
      ['inbox', new Set([...methodsOf(Mailbox), ...Object.keys(mailboxExtensions), 'name', 'readOnly'])],
    ])
    // What stands before "After:" is code of others.
    const own = codeOf(path).replaceAll(/```(?:js|python)\n[^]*?```/g, '')
    const unknown = [...own.matchAll(/\b(client|inbox)\.(\w+)/g)].filter(
      ([, object, member]) => known.get(object as string)?.has(member as string) !== true,
    )
    expect(unknown.map(([found]) => found)).toEqual([])
  })
})

/** Every code: the compiler sees to it that none is left out. */
const codes = {
  NO: 0,
  BAD: 0,
  EAUTH: 0,
  ESASL: 0,
  ECLOSED: 0,
  EBYE: 0,
  EEOF: 0,
  ECONNECT: 0,
  ETIMEDOUT: 0,
  ABORT_ERR: 0,
  EGREETING: 0,
  EPROTOCOL: 0,
  ELIMIT: 0,
  ETLS: 0,
  ETLSREQUIRED: 0,
  ESTARTTLSINJECTION: 0,
  EINVALID: 0,
  ESTATE: 0,
  ECAPABILITY: 0,
  ECHILD: 0,
  EUNKNOWNOUTCOME: 0,
  EBACKLOG: 0,
  ESTALE: 0,
  EMISSING: 0,
  EUNPARSED: 0,
} as const satisfies Record<ImapErrorCode, 0>

it('the guide to errors explains every code, and every class of error that is exported', () => {
  expect(missing('docs/errors.md', Object.keys(codes))).toEqual([])
  const classes = Object.entries(imaplib).filter(
    ([name, value]) => typeof value === 'function' && value.prototype instanceof Error && !name.startsWith('IMAP4'),
  )
  expect(classes.length).toBeGreaterThan(5)
  expect(
    missing(
      'docs/errors.md',
      classes.map(([name]) => name),
    ),
  ).toEqual([])
})
