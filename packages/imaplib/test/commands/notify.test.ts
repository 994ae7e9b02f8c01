import { describe, expect, it } from 'vitest'
import { notifyNone, notifySet } from '../../src/commands/notify.ts'
import { scriptedClient } from '../scripted-client.ts'

describe('NOTIFY, by RFC 5465', () => {
  it('SET asks for events of groups of mailboxes, and with STATUS tells their counts (§3.1, §6)', async () => {
    await using scripted = await scriptedClient('NOTIFY', {
      NOTIFY: ({ args }) =>
        args.includes('STATUS')
          ? [
              '* STATUS Lists/Lemonade (UIDVALIDITY 4 UIDNEXT 9999 MESSAGES 500)',
              '* STATUS Lists/Im2000 (UIDVALIDITY 901 UIDNEXT 1 MESSAGES 0)',
              '$tag OK done',
            ]
          : ['$tag OK done'],
    })
    const { client } = scripted
    const counts = await client.command(notifySet, [
      [
        { mailboxes: 'selected', events: ['MessageNew', 'MessageExpunge'] },
        { mailboxes: { subtree: ['Lists'] }, events: ['MessageNew', 'MessageExpunge'] },
      ],
      { status: true },
    ])
    expect(counts.get('Lists/Lemonade')).toMatchObject({ uidNext: 9999, messages: 500 })
    expect(counts.get('Lists/Im2000')?.uidValidity).toBe(901)
    await client.command(notifySet, [
      [
        { mailboxes: { mailboxes: ['INBOX', 'Entwürfe'] }, events: [] },
        { mailboxes: 'personal', events: ['SubscriptionChange'] },
      ],
      {},
    ])
    await client.command(notifyNone, [])
    expect(scripted.sent()).toEqual([
      'NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) (subtree Lists (MessageNew MessageExpunge))',
      'NOTIFY SET (mailboxes (INBOX Entw&APw-rfe) NONE) (personal (SubscriptionChange))',
      'NOTIFY NONE',
    ])
  })

  it('refuses what the server would have to answer with BAD (§5, §6.1)', async () => {
    await using scripted = await scriptedClient('NOTIFY')
    const refused = [
      [],
      [{ mailboxes: 'personal', events: ['MessageNew'] }],
      [{ mailboxes: 'personal', events: ['FlagChange'] }],
      [{ mailboxes: 'selected', events: ['MailboxName'] }],
      [
        { mailboxes: 'selected', events: [] },
        { mailboxes: 'selected-delayed', events: [] },
      ],
      [{ mailboxes: { mailboxes: [] }, events: [] }],
    ] as const
    for (const groups of refused)
      await expect(scripted.client.command(notifySet, [groups, {}])).rejects.toMatchObject({ code: 'EINVALID' })
    await using without = await scriptedClient('')
    await expect(without.client.command(notifyNone, [])).rejects.toMatchObject({ capabilities: ['NOTIFY'] })
    expect([...scripted.sent(), ...without.sent()]).toEqual([])
  })
})
