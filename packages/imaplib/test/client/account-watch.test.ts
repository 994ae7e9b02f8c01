import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import type { AccountEvent } from '../../src/client/account-events.ts'
import { command } from '../../src/commands/command.ts'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

const namespace = { NAMESPACE: ['* NAMESPACE (("" "/")) (("Other/" "/")) NIL', '$tag OK done'] }

type Events = AsyncIterableIterator<AccountEvent> & AsyncDisposable

/** The events up to the first of which the test says that it is enough. */
const until = async (events: Events, enough: (event: AccountEvent) => boolean): Promise<AccountEvent[]> => {
  const found: AccountEvent[] = []
  for (;;) {
    const { value, done } = await events.next()
    if (done === true) throw new Error('the watch ended')
    found.push(value)
    if (enough(value)) return found
  }
}

const brief = (event: AccountEvent) =>
  `${event.type} ${event.mailbox}${'uids' in event ? ` ${event.uids.toString()}` : ''}${'count' in event ? ` ${event.count}` : ''}${'from' in event ? ` ${event.from}` : ''}`

describe('watch with NOTIFY, by RFC 5465', () => {
  it('tells what the server pushes: counts, mailboxes, subscriptions, annotations (§5)', async () => {
    let pushed = false
    await using scripted = await scriptedClient('NOTIFY LIST-EXTENDED LIST-STATUS CONDSTORE IDLE NAMESPACE METADATA', {
      ...namespace,
      NOTIFY: ['$tag OK done'],
      LIST: [
        '* LIST (\\HasNoChildren) "/" INBOX',
        '* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1 UNSEEN 0 HIGHESTMODSEQ 10)',
        '* LIST () "/" Lists/Lemonade',
        '* STATUS Lists/Lemonade (MESSAGES 500 UIDNEXT 9999 UIDVALIDITY 4 UNSEEN 0 HIGHESTMODSEQ 20)',
        '* LIST () "/" Other/eve/Box',
        '$tag OK done',
      ],
      STATUS: ['* STATUS NewMailbox (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9 UNSEEN 0)', '$tag OK done'],
      IDLE: async function* ({ readLine }) {
        yield '+ idling'
        if (!pushed) {
          pushed = true
          yield '* STATUS Lists/Lemonade (UIDVALIDITY 4 UIDNEXT 10000 MESSAGES 501)'
          yield '* STATUS Lists/Lemonade (UIDVALIDITY 4 HIGHESTMODSEQ 65666665)'
          yield '* STATUS Lists/Lemonade (UIDNEXT 10000 MESSAGES 499)'
          yield '* LIST (\\Subscribed) "/" "Lists/Lemonade"'
          yield '* METADATA "INBOX" /shared/comment'
          yield '* LIST () "/" "Lists/Imapext" ("OLDNAME" ("Lists/Lemonade"))'
          yield '* STATUS Other/eve/Box (MESSAGES 1 UIDNEXT 2)'
          yield '* LIST () "/" "NewMailbox"'
          yield '* LIST (\\NonExistent) "/" "INBOX"'
        }
        await readLine()
        yield '$tag OK done'
      },
    })
    await using events = scripted.client.watch({ mailboxes: 'personal' })
    const found = await until(events, ({ type, mailbox }) => type === 'status' && mailbox === 'NewMailbox')
    expect(found.map(brief)).toEqual([
      'status INBOX',
      'status Lists/Lemonade',
      'arrived Lists/Lemonade 9999',
      'flags Lists/Lemonade',
      'expunged Lists/Lemonade 2',
      'subscribed Lists/Lemonade',
      'metadata INBOX',
      'renamed Lists/Imapext Lists/Lemonade',
      'mailbox-created NewMailbox',
      'mailbox-deleted INBOX',
      'status NewMailbox',
    ])
    expect(scripted.sent().slice(0, 3)).toEqual([
      'NAMESPACE',
      'NOTIFY SET (personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange))',
      'LIST "" * RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))',
    ])
  })

  it('asks for less when the server lacks an event (§3.1 BADEVENT)', async () => {
    await using scripted = await scriptedClient('NOTIFY LIST-EXTENDED LIST-STATUS IDLE METADATA', {
      NOTIFY: ({ args }) =>
        args.includes('MailboxMetadataChange')
          ? ['$tag NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)] no']
          : ['$tag OK done'],
      LIST: ['* LIST () "/" INBOX', '* STATUS INBOX (MESSAGES 1 UIDNEXT 2)', '$tag OK done'],
    })
    await using events = scripted.client.watch({ mailboxes: ['INBOX'] })
    await until(events, ({ type }) => type === 'status')
    expect(
      scripted
        .sent()
        .filter((line) => line.startsWith('NOTIFY'))
        .at(-1),
    ).toBe('NOTIFY SET (mailboxes INBOX (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))')
  })

  it('after NOTIFICATIONOVERFLOW asks anew, and tells what it has missed (§5.8)', async () => {
    let lists = 0
    let idles = 0
    await using scripted = await scriptedClient('NOTIFY LIST-EXTENDED LIST-STATUS IDLE', {
      NOTIFY: ['$tag OK done'],
      LIST: ({ args }) => {
        if (args === '"" ""') return ['* LIST (\\Noselect) "/" ""', '$tag OK done']
        lists += 1
        return ['* LIST () "/" a', `* STATUS a (MESSAGES ${lists} UIDNEXT ${lists + 1} UIDVALIDITY 1)`, '$tag OK done']
      },
      IDLE: async function* ({ readLine }) {
        idles += 1
        yield '+ idling'
        if (idles === 1) yield '* OK [NOTIFICATIONOVERFLOW] too much'
        await readLine()
        yield '$tag OK done'
      },
    })
    await using events = scripted.client.watch({ mailboxes: ['a'] })
    const found = await until(events, ({ type }) => type === 'arrived')
    expect(found.map(brief)).toEqual(['status a', 'arrived a 2'])
    expect(scripted.sent().filter((line) => line.startsWith('NOTIFY'))).toHaveLength(2)
  })

  it('asks now and then when the server will not be asked to tell (§3.1 NO NOTIFICATIONOVERFLOW)', async () => {
    await using scripted = await scriptedClient('NOTIFY LIST-EXTENDED LIST-STATUS', {
      NOTIFY: ['$tag NO [NOTIFICATIONOVERFLOW] too expensive'],
      LIST: ['* LIST () "/" a', '* STATUS a (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)', '$tag OK done'],
    })
    await using events = scripted.client.watch({ mailboxes: ['a'], poll: 1 })
    await until(events, ({ type }) => type === 'status')
    await scripted.server.received('LIST', 4)
    expect(scripted.sent().filter((line) => line.startsWith('NOTIFY'))).toHaveLength(1)
  })

  it('finds out what it has missed each time the connection was lost, however often', async () => {
    let lists = 0
    await using scripted = await scriptedClient(
      'NOTIFY LIST-EXTENDED LIST-STATUS IDLE',
      {
        ...namespace,
        NOTIFY: ['$tag OK done'],
        LIST: ({ args }) => {
          if (args === '"" ""') return ['* LIST (\\Noselect) "/" ""', '$tag OK done']
          lists += 1
          return [
            '* LIST () "/" a',
            `* STATUS a (MESSAGES ${lists} UIDNEXT ${lists + 1} UIDVALIDITY 1)`,
            '$tag OK done',
          ]
        },
        IDLE: async function* ({ readLine, reset }) {
          yield '+ idling'
          if (lists < 9) return reset()
          await readLine()
          yield '$tag OK done'
        },
      },
      { reconnect: { delay: 1 } },
    )
    await using events = scripted.client.watch({ mailboxes: ['a'] })
    const found = await until(events, (event) => event.type === 'arrived' && event.status.messages === 9)
    expect(found.map(brief)).toEqual(['status a', ...[2, 3, 4, 5, 6, 7, 8, 9].map((uid) => `arrived a ${uid}`)])
  })
})

describe('watch without NOTIFY', () => {
  it('asks for the counts of all in one command, and looks at once when IDLE tells of the inbox', async () => {
    let messages = 1
    await using scripted = await scriptedClient('LIST-EXTENDED LIST-STATUS IDLE UNSELECT NAMESPACE', {
      ...namespace,
      UNSELECT: ['$tag OK done'],
      LIST: () => [
        '* LIST () "/" INBOX',
        `* STATUS INBOX (MESSAGES ${messages} UIDNEXT ${messages + 1})`,
        '$tag OK done',
      ],
      IDLE: async function* ({ readLine }) {
        yield '+ idling'
        if (messages === 1) {
          messages = 2
          yield '* 2 EXISTS'
        }
        await readLine()
        yield '$tag OK done'
      },
    })
    await using events = scripted.client.watch({ poll: 3_600_000 })
    const found = await until(events, ({ type }) => type === 'arrived')
    expect(found.map(brief)).toEqual(['status INBOX', 'arrived INBOX 2'])
    const list = 'LIST "" * RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY))'
    expect(scripted.sent().slice(0, 6)).toEqual(['NAMESPACE', list, 'EXAMINE INBOX', 'IDLE', 'UNSELECT', list])
  })

  it('ends without an error when the signal says so, and leaves no connection', async () => {
    await using scripted = await scriptedClient('IDLE NAMESPACE', {
      ...namespace,
      LIST: ['* LIST () "/" INBOX', '$tag OK done'],
      LSUB: ['$tag OK done'],
      STATUS: ['* STATUS INBOX (MESSAGES 1)', '$tag OK done'],
    })
    const stop = new AbortController()
    const events = scripted.client.watch({ signal: stop.signal })
    await until(events, ({ type }) => type === 'status')
    stop.abort()
    expect(await events.next()).toEqual({ value: undefined, done: true })
    await scripted.server.connections[1]?.closed
    expect(scripted.server.connections[1]?.commands.at(-1)?.name).toBe('LOGOUT')
  })

  it('refuses to watch nothing', async () => {
    await using scripted = await scriptedClient('NAMESPACE', namespace)
    for (const mailboxes of [[], [''], { subtree: [] }])
      await expect(scripted.client.watch({ mailboxes }).next()).rejects.toMatchObject({ code: 'EINVALID' })
  })
})

/** APPEND of a message, for these tests alone. */
const append = command({
  name: 'APPEND',
  states: ['authenticated', 'selected'],
  write: (out, [mailbox]: [string]) => void out.mailbox(mailbox).literal(Buffer.from('Subject: x\r\n\r\nx\r\n')),
  result: () => undefined,
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('watch at Dovecot 2.3', () => {
  it.each(['NOTIFY', 'polling'] as const)('tells of arrivals and mailboxes by %s', async (way) => {
    if (dovecot === undefined) return
    const all = 'IMAP4rev1 LIST-EXTENDED LIST-STATUS IDLE UNSELECT NAMESPACE CONDSTORE ENABLE'
    await using plain = way === 'polling' ? await startDovecot({ capability: all }) : undefined
    const server = plain ?? dovecot
    const user = server.user()
    await using client = await liveClient(server, user)
    await using other = await liveClient(server, user)
    await other.create('Lists')
    await using events = client.watch({ poll: 50 })
    await until(events, ({ type, mailbox }) => type === 'status' && mailbox === 'Lists')
    await other.command(append, ['Lists'])
    const [arrived] = (await until(events, ({ type }) => type === 'arrived')).slice(-1)
    expect(arrived).toMatchObject({ mailbox: 'Lists', status: { messages: 1, uidNext: 2 } })
    await other.command(append, ['INBOX'])
    await until(events, ({ type, mailbox }) => type === 'arrived' && mailbox === 'INBOX')
    await other.create('Neu')
    await until(events, ({ type, mailbox }) => type === 'mailbox-created' && mailbox === 'Neu')
    await other.subscribe('Neu')
    await until(events, ({ type, mailbox }) => type === 'subscribed' && mailbox === 'Neu')
    await other.delete('Neu')
    await until(events, ({ type, mailbox }) => type === 'mailbox-deleted' && mailbox === 'Neu')
    if (way === 'NOTIFY') exercised(server, 'NOTIFY', 'IDLE')
  })
})
