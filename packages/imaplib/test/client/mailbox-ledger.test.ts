import { describe, expect, it } from 'vitest'
import { MailboxLedger } from '../../src/client/mailbox-ledger.ts'
import { Flags } from '../../src/responses/flags.ts'
import type { ListResponse } from '../../src/responses/list.ts'

const listed = (mailbox: string, attributes: string[] = [], oldName: string | null = null): ListResponse => ({
  type: 'LIST',
  mailbox,
  rawMailbox: mailbox,
  attributes: new Flags(attributes),
  delimiter: '/',
  childInfo: null,
  oldName,
  otherItems: null,
})

const known = (names: string[], onlySubscribed = false) => {
  const ledger = new MailboxLedger(onlySubscribed)
  const status = { messages: 5, unseen: 1, uidNext: 10, uidValidity: 1, highestModSeq: 100n }
  const events = ledger.snapshot(names.map((name) => ({ name, subscribed: onlySubscribed, status })))
  return { ledger, events, status }
}

describe('MailboxLedger', () => {
  it('begins with the counts, and says nothing when nothing happened', () => {
    const { ledger, events, status } = known(['a', 'b'])
    expect(events.map(({ type, mailbox }) => [type, mailbox])).toEqual([
      ['status', 'a'],
      ['status', 'b'],
    ])
    expect(ledger.status('a', status)).toEqual([])
    expect(ledger.snapshot(['a', 'b'].map((name) => ({ name, subscribed: false, status })))).toEqual([])
  })

  it.each([
    ['arrived', { uidNext: 12, messages: 7 }, [{ type: 'arrived', uids: '10:11' }]],
    ['expunged', { messages: 3, highestModSeq: 101n }, [{ type: 'expunged', count: 2 }]],
    [
      'both at once: how many are gone nobody knows',
      { uidNext: 12, messages: 5 },
      [
        { type: 'arrived', uids: '10:11' },
        { type: 'expunged', count: undefined },
      ],
    ],
    ['flags', { highestModSeq: 101n, uidValidity: 1 }, [{ type: 'flags' }]],
    ['reset', { uidValidity: 2, messages: 0, uidNext: 1 }, [{ type: 'reset' }]],
    ['nothing: the same again', { uidNext: 10, messages: 5 }, []],
    ['nothing: an older mod-sequence', { highestModSeq: 99n }, []],
  ])('%s', (_, told, events) => {
    const found = known(['a']).ledger.status('a', told)
    expect(found.map((event) => ({ ...event, ...('uids' in event ? { uids: event.uids.toString() } : {}) }))).toEqual(
      events.map((event) => expect.objectContaining({ ...event, mailbox: 'a' })),
    )
  })

  it('without mod-sequences takes another number of unseen ones for changed flags', () => {
    const ledger = new MailboxLedger()
    ledger.status('a', { messages: 5, unseen: 1 })
    expect(ledger.status('a', { unseen: 2 })).toEqual([expect.objectContaining({ type: 'flags' })])
    expect(ledger.status('a', { messages: 5 })).toEqual([])
  })

  it('keeps counts that were not told', () => {
    const { ledger } = known(['a'])
    const [event] = ledger.status('a', { highestModSeq: 200n })
    expect(event).toMatchObject({ type: 'flags', status: { messages: 5, uidNext: 10, highestModSeq: 200n } })
  })

  it('reads single LIST responses (RFC 5465 §5.4, §5.5, §5.9)', () => {
    const { ledger } = known(['old', 'seen', 'secret'])
    expect(ledger.listed(listed('NewMailbox'))).toEqual([{ type: 'mailbox-created', mailbox: 'NewMailbox' }])
    expect(ledger.listed(listed('NewMailbox', ['\\HasChildren']))).toEqual([])
    expect(ledger.listed(listed('seen', ['\\Subscribed']))).toEqual([
      { type: 'subscribed', mailbox: 'seen', subscribed: true },
    ])
    expect(ledger.listed(listed('seen'))).toEqual([{ type: 'subscribed', mailbox: 'seen', subscribed: false }])
    expect(ledger.listed(listed('new', [], 'old'))).toEqual([{ type: 'renamed', mailbox: 'new', from: 'old' }])
    expect(ledger.status('new', { uidNext: 11, messages: 6 })[0]).toMatchObject({ type: 'arrived', mailbox: 'new' })
    expect(ledger.listed(listed('secret', ['\\NoAccess']))).toEqual([{ type: 'mailbox-deleted', mailbox: 'secret' }])
    expect(ledger.listed(listed('secret', ['\\NonExistent']))).toEqual([])
  })

  it('compares whole lists: what was created, deleted, renamed, subscribed to meanwhile', () => {
    const ledger = new MailboxLedger()
    const id = (mailboxId: string) => ({ messages: 0, uidNext: 1, uidValidity: 1, mailboxId })
    ledger.snapshot([
      { name: 'a', subscribed: false, status: id('A') },
      { name: 'b', subscribed: false, status: id('B') },
      { name: 'c', subscribed: false, status: null },
    ])
    const events = ledger.snapshot([
      { name: 'a', subscribed: true, status: id('A') },
      { name: 'b2', subscribed: false, status: id('B') },
      { name: 'd', subscribed: false, status: null },
    ])
    expect(events).toEqual([
      { type: 'renamed', mailbox: 'b2', from: 'b' },
      { type: 'mailbox-deleted', mailbox: 'c' },
      { type: 'subscribed', mailbox: 'a', subscribed: true },
      { type: 'mailbox-created', mailbox: 'd' },
    ])
  })

  it('of subscriptions alone, to come and go is to be subscribed to or not', () => {
    const { ledger, status } = known(['a'], true)
    expect(ledger.listed(listed('b', ['\\Subscribed']))).toEqual([
      { type: 'subscribed', mailbox: 'b', subscribed: true },
    ])
    expect(ledger.listed(listed('b'))).toEqual([{ type: 'subscribed', mailbox: 'b', subscribed: false }])
    expect(ledger.listed(listed('c'))).toEqual([])
    expect(ledger.snapshot([{ name: 'd', subscribed: true, status }])).toEqual([
      { type: 'subscribed', mailbox: 'a', subscribed: false },
      { type: 'subscribed', mailbox: 'd', subscribed: true },
      expect.objectContaining({ type: 'status', mailbox: 'd' }),
    ])
  })
})
