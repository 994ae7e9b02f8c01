import { orSkipped, startDovecot } from 'imap-test-servers'
import { afterAll, describe, expect, it } from 'vitest'
import { exercised } from '../exercised.ts'
import { liveClient } from '../live-client.ts'
import { scriptedClient } from '../scripted-client.ts'

describe('list, by the dialogues of the RFCs', () => {
  it('asks for all in one command with LIST-EXTENDED, LIST-STATUS and SPECIAL-USE (RFC 5258, 5819, 6154)', async () => {
    await using scripted = await scriptedClient('LIST-EXTENDED LIST-STATUS SPECIAL-USE', {
      LIST: ({ args }) =>
        args === '"" ""'
          ? ['* LIST (\\Noselect) "/" ""', '$tag OK delimiter']
          : [
              '* LIST (\\Subscribed \\HasChildren) "/" INBOX',
              '* STATUS INBOX (MESSAGES 17 UNSEEN 16)',
              '* LIST (\\HasNoChildren \\Sent) "/" ToDo/Sent',
              '* STATUS ToDo/Sent (MESSAGES 30 UNSEEN 29)',
              '* LIST (\\NonExistent \\HasChildren) "/" ToDo ("CHILDINFO" ("SUBSCRIBED"))',
              '$tag OK List completed.',
            ],
    })
    const [inbox, sent, todo] = await scripted.client.list({ status: ['messages', 'unseen'] })
    expect(inbox).toMatchObject({ name: 'INBOX', role: 'inbox', subscribed: true, hasChildren: true })
    expect(inbox?.status).toMatchObject({ messages: 17, unseen: 16 })
    expect(sent).toMatchObject({ label: 'Sent', role: 'sent', roleSource: 'attribute', subscribed: false })
    expect(todo).toMatchObject({ selectable: false, hasChildren: true, status: null })
    expect(scripted.sent().at(-1)).toBe('LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UNSEEN))')
  })

  it('falls back to LIST, LSUB and STATUS of each (RFC 3501, CHILDREN of RFC 3348)', async () => {
    await using scripted = await scriptedClient('CHILDREN NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" ".")) NIL NIL', '$tag OK done'],
      LIST: ['* LIST (\\HasChildren) "." INBOX', '* LIST (\\Noselect \\HasNoChildren) "." x', '$tag OK done'],
      LSUB: ['* LSUB () "." INBOX', '$tag OK done'],
      STATUS: ['* STATUS INBOX (MESSAGES 1)', '$tag OK done'],
    })
    const found = await scripted.client.list({ status: ['messages', 'size'] })
    expect(
      found.map(({ name, subscribed, hasChildren, status }) => [name, subscribed, hasChildren, status?.messages]),
    ).toEqual([
      ['INBOX', true, true, 1],
      ['x', false, false, undefined],
    ])
    expect(scripted.sent()).toEqual(['NAMESPACE', 'LIST "" *', 'LSUB "" *', 'STATUS INBOX (MESSAGES)'])
  })

  it('LIST-MYRIGHTS and LIST-METADATA tell rights and annotations at once (RFC 8440 §4, RFC 9590 §4)', async () => {
    await using scripted = await scriptedClient('LIST-EXTENDED LIST-MYRIGHTS LIST-METADATA NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      LIST: [
        '* LIST () "/" "INBOX"',
        '* MYRIGHTS "INBOX" lrswipkxtecda',
        '* METADATA "INBOX" ("/shared/vendor/cmu/cyrus-imapd/color" "#b71c1c")',
        '* LIST () "/" "bar"',
        '* METADATA "bar" ("/shared/vendor/cmu/cyrus-imapd/color" NIL)',
        '* LIST (\\NonExistent) "/" "foo"',
        '$tag OK List completed.',
      ],
    })
    const entry = '/shared/vendor/cmu/cyrus-imapd/color'
    const found = await scripted.client.list({ rights: true, metadata: [entry] })
    expect(found.map(({ rights, metadata }) => [rights, metadata?.get(entry)])).toEqual([
      ['lrswipkxtecda', '#b71c1c'],
      [null, null],
      [null, undefined],
    ])
    expect(scripted.sent().at(-1)).toBe(`LIST "" * RETURN (SUBSCRIBED CHILDREN MYRIGHTS METADATA (${entry}))`)
  })

  it('without these asks each mailbox, and without ACL or METADATA sends nothing', async () => {
    await using scripted = await scriptedClient('LIST-EXTENDED ACL METADATA NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      LIST: ['* LIST () "/" INBOX', '* LIST () "/" closed', '$tag OK done'],
      MYRIGHTS: ({ args }) => (args === 'INBOX' ? ['* MYRIGHTS INBOX lr', '$tag OK done'] : ['$tag NO [NOPERM] no']),
      GETMETADATA: ({ args }) => [`* METADATA ${args.split(' ')[0]} (/shared/comment "x")`, '$tag OK done'],
    })
    const found = await scripted.client.list({ rights: true, metadata: ['/shared/comment'] })
    expect(found.map(({ name, rights, metadata }) => [name, rights, metadata?.get('/shared/comment')])).toEqual([
      ['INBOX', 'lr', 'x'],
      ['closed', null, 'x'],
    ])
    await using without = await scriptedClient('LIST-EXTENDED')
    await expect(without.client.list({ rights: true })).rejects.toMatchObject({
      capabilities: ['LIST-MYRIGHTS', 'ACL'],
    })
    await expect(without.client.list({ metadata: ['/shared/comment'] })).rejects.toMatchObject({
      capabilities: ['LIST-METADATA', 'METADATA'],
    })
    expect(without.sent()).toEqual([])
  })

  it('XLIST tells the roles where SPECIAL-USE is missing', async () => {
    await using scripted = await scriptedClient('XLIST NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      XLIST: [
        '* XLIST (\\HasNoChildren \\Inbox) "/" "Posteingang"',
        '* XLIST (\\HasNoChildren \\AllMail) "/" "[Google Mail]/Alle Nachrichten"',
        '* XLIST (\\HasNoChildren \\Starred) "/" "[Google Mail]/Markiert"',
        '* XLIST (\\HasNoChildren \\Spam) "/" "[Google Mail]/Spam"',
        '$tag OK Success',
      ],
      LSUB: ['$tag OK done'],
    })
    const found = await scripted.client.list()
    expect(found.map(({ name, role, roleSource }) => [name, role, roleSource])).toEqual([
      ['INBOX', 'inbox', 'attribute'],
      ['[Google Mail]/Alle Nachrichten', 'all', 'attribute'],
      ['[Google Mail]/Markiert', 'flagged', 'attribute'],
      ['[Google Mail]/Spam', 'junk', 'attribute'],
    ])
    expect(scripted.sent()).toEqual(['NAMESPACE', 'XLIST "" *', 'LSUB "" *'])
  })

  it('knows the attributes of RFC 8457 and RFC 9979', async () => {
    await using scripted = await scriptedClient('LIST-EXTENDED SPECIAL-USE NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      LIST: [
        '* LIST (\\Important) "/" a',
        '* LIST (\\Snoozed) "/" b',
        '* LIST (\\Scheduled) "/" c',
        '* LIST (\\Memos) "/" d',
        '$tag OK done',
      ],
    })
    expect((await scripted.client.list()).map(({ role }) => role)).toEqual([
      'important',
      'snoozed',
      'scheduled',
      'memos',
    ])
  })

  it('remote mailboxes: REMOTE with LIST-EXTENDED, RLIST and RLSUB with MAILBOX-REFERRALS (RFC 2193 §5)', async () => {
    await using old = await scriptedClient('MAILBOX-REFERRALS NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      RLIST: ['* LIST () "/" INBOX', '* LIST () "/" REMOTE', '$tag OK done'],
      RLSUB: ['* LSUB () "/" REMOTE', '$tag OK done'],
    })
    const found = await old.client.list({ remote: true })
    expect(found.map(({ name, subscribed }) => [name, subscribed])).toEqual([
      ['INBOX', false],
      ['REMOTE', true],
    ])
    expect(old.sent()).toEqual(['NAMESPACE', 'RLIST "" *', 'RLSUB "" *'])
    await using newer = await scriptedClient('LIST-EXTENDED NAMESPACE', {
      NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$tag OK done'],
      LIST: ['* LIST (\\Remote) "/" r', '$tag OK done'],
    })
    await newer.client.list({ remote: true, subscribed: true })
    expect(newer.sent().at(-1)).toBe('LIST (SUBSCRIBED REMOTE) "" * RETURN (SUBSCRIBED CHILDREN)')
    await using without = await scriptedClient('')
    await expect(without.client.list({ remote: true })).rejects.toMatchObject({ code: 'ECAPABILITY' })
    expect(without.sent()).toEqual([])
  })
})

describe('create, by RFC 6154 §3', () => {
  it('makes a mailbox for a special use with CREATE-SPECIAL-USE, and sends nothing without', async () => {
    await using scripted = await scriptedClient('CREATE-SPECIAL-USE', {
      CREATE: ({ args }) =>
        args.includes('\\All') ? ['$tag NO [USEATTR] An \\All mailbox already exists'] : ['$tag OK MySpecial created'],
    })
    await scripted.client.create('MySpecial', { specialUse: ['\\Drafts', '\\Sent'] })
    await expect(scripted.client.create('Everything', { specialUse: ['\\All'] })).rejects.toMatchObject({
      responseCode: 'USEATTR',
    })
    expect(scripted.sent()).toEqual(['CREATE MySpecial (USE (\\Drafts \\Sent))', 'CREATE Everything (USE (\\All))'])
    await using without = await scriptedClient('SPECIAL-USE')
    await expect(without.client.create('x', { specialUse: ['\\Sent'] })).rejects.toMatchObject({
      capabilities: ['CREATE-SPECIAL-USE'],
    })
    expect(without.sent()).toEqual([])
  })
})

const dovecot = await orSkipped(startDovecot())
afterAll(() => dovecot?.stop())

describe.skipIf(dovecot === undefined)('the mailboxes of Dovecot 2.3', () => {
  it('with LIST-EXTENDED and without tells the same', async () => {
    if (dovecot === undefined) return
    await using plain = await startDovecot({ capability: 'IMAP4rev1 NAMESPACE STATUS=SIZE CHILDREN' })
    const told = await Promise.all(
      [dovecot, plain].map(async (server) => {
        const user = server.user()
        await using client = await liveClient(server, user)
        await client.create('Ärger/Sub & Co')
        await client.subscribe('Ärger/Sub & Co')
        const found = await client.list({ status: ['messages', 'uidNext', 'size'] })
        return found
          .map(({ name, label, subscribed, hasChildren, selectable, role, status }) => ({
            name,
            label,
            subscribed,
            hasChildren,
            selectable,
            role,
            counts: status && [status.messages, status.uidNext, status.size],
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
      }),
    )
    const [one, other] = told
    expect(one?.map(({ name }) => name)).toEqual(expect.arrayContaining(['INBOX', 'Ärger/Sub & Co', 'Sent']))
    expect(one?.find(({ name }) => name === 'Ärger/Sub & Co')).toEqual({
      name: 'Ärger/Sub & Co',
      label: 'Sub & Co',
      subscribed: true,
      hasChildren: false,
      selectable: true,
      role: null,
      counts: [0, 1, 0],
    })
    const own = (list: typeof one) => list?.filter(({ name }) => !name.startsWith('Virtual'))
    expect(own(other)).toEqual(own(one))
    exercised(dovecot, 'LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE', 'CHILDREN', 'STATUS=SIZE')
  })

  it('NAMESPACE, ID and the roles', async () => {
    if (dovecot === undefined) return
    await using client = await liveClient(dovecot)
    const { personal, other, shared } = await client.namespaces()
    expect(personal?.map(({ prefix, delimiter }) => prefix + delimiter)).toContain('/')
    expect([other?.[0]?.prefix, shared?.[0]?.prefix]).toEqual(['Other/', 'Public/'])
    expect(client.serverId?.get('name')).toBe('Dovecot')
    expect((await client.findRole('sent'))?.name).toBe('Sent')
    expect((await client.findRole('trash'))?.roleSource).toBe('attribute')
    exercised(dovecot, 'NAMESPACE', 'ID', 'SPECIAL-USE')
  })

  it('rights and annotations of all mailboxes, by asking each', async () => {
    if (dovecot === undefined) return
    await using client = await liveClient(dovecot)
    await client.metadata.set('Sent', { '/private/comment': 'gone' })
    const found = await client.list({ rights: true, metadata: ['/private/comment'] })
    const sent = found.find(({ name }) => name === 'Sent')
    expect(sent?.rights).toContain('l')
    expect(sent?.metadata?.get('/private/comment')).toBe('gone')
    exercised(dovecot, 'ACL', 'METADATA')
  })
})
