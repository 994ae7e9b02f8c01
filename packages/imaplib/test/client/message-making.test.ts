import { describe, expect, it } from 'vitest'
import { selectInbox, talk } from './talk.ts'

describe('REPLACE (RFC 8508)', () => {
  const text = 'Subject: new\n\nbody'

  it('UID REPLACE, with APPENDUID before the EXPUNGE (§3.5)', async () => {
    await using session = await talk(
      'REPLACE UIDPLUS LITERAL+',
      `${selectInbox(3)}
      C: D005 UID REPLACE 2000 INBOX (\\Seen \\Draft) {20+}
      C: Subject: new
      C:
      C: body
      S: * OK [APPENDUID 1 2001] Replacement Message ready
      S: * 4 EXISTS
      S: * 3 EXPUNGE
      S: D005 OK Replace completed`,
    )
    const inbox = await session.client.open('INBOX')
    const replaced = await inbox.replace(2000, text, { flags: ['\\Seen', '\\Draft'] })
    expect(replaced).toEqual({ uidValidity: 1, uid: 2001 })
    expect(inbox.exists).toBe(3)
  })

  it('without it nothing is sent', async () => {
    await using session = await talk('UIDPLUS', selectInbox())
    const inbox = await session.client.open('INBOX')
    await expect(inbox.replace(7, text)).rejects.toMatchObject({ code: 'ECAPABILITY', capabilities: ['REPLACE'] })
    await expect(inbox.replace(0, text)).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('or, if that is wanted, in two steps: first the new one, then exactly the old one away', async () => {
    await using session = await talk(
      'UIDPLUS LITERAL+',
      `${selectInbox()}
      C: a1 APPEND Drafts {4+}
      C: a: b
      S: a1 OK [APPENDUID 5 8] done
      C: a2 UID STORE 7 +FLAGS.SILENT (\\Deleted)
      S: a2 OK done
      C: a3 UID EXPUNGE 7
      S: * 1 EXPUNGE
      S: a3 OK done`,
    )
    const inbox = await session.client.open('INBOX')
    const replaced = await inbox.replace(7, 'a: b', { mailbox: 'Drafts', withoutReplace: 'append-then-expunge' })
    expect(replaced).toEqual({ uidValidity: 5, uid: 8 })
  })

  it('says what was stored when the second step fails', async () => {
    await using session = await talk(
      'UIDPLUS LITERAL+',
      `${selectInbox()}
      C: a1 APPEND INBOX {4+}
      C: a: b
      S: a1 OK [APPENDUID 5 8] done
      C: a2 UID STORE 7 +FLAGS.SILENT (\\Deleted)
      S: a2 NO read-only`,
    )
    const inbox = await session.client.open('INBOX')
    const failed = inbox.replace(7, 'a: b', { withoutReplace: 'append-then-expunge' })
    await expect(failed).rejects.toMatchObject({ name: 'PartlyAppended', appended: [{ uidValidity: 5, uid: 8 }] })
  })
})

describe('CATENATE (RFC 4469)', () => {
  const part = (section?: string) => ({ part: { mailbox: 'Drafts', uidValidity: 385759045, uid: 20, section } })

  it('a message with an attachment changed (§3, example)', async () => {
    await using session = await talk(
      'CATENATE UIDPLUS LITERAL+',
      `
      C: A003 APPEND Drafts (\\Seen \\Draft $MDNSent) CATENATE (URL /Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER TEXT {4+}
      C: aaaa URL /Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME URL imap://example.com/x TEXT {3+}
      C: bbb)
      S: A003 OK [APPENDUID 385759045 45] CATENATE append Completed`,
    )
    const made = await session.client.catenate(
      'Drafts',
      [part('HEADER'), { text: 'aaaa' }, part('1.mime'), { url: 'imap://example.com/x' }, { text: Buffer.from('bbb') }],
      { flags: ['\\Seen', '\\Draft', '$MDNSent'] },
    )
    expect(made).toEqual({ uidValidity: 385759045, uid: 45 })
  })

  it('BADURL and TOOBIG (§4, §5)', async () => {
    await using session = await talk(
      'CATENATE',
      `
      C: A006 APPEND Drafts CATENATE (URL /Drafts;UIDVALIDITY=385759045/;UID=20)
      S: A006 NO [BADURL "/Drafts;UIDVALIDITY=385759045/;UID=20"] CATENATE append has failed, one message expunged
      C: A007 APPEND Drafts CATENATE (URL /Drafts;UIDVALIDITY=385759045/;UID=20)
      S: A007 NO [TOOBIG] CATENATE append has failed, resulting message is too big`,
    )
    const refused = session.client.catenate('Drafts', [part()])
    await expect(refused).rejects.toMatchObject({ responseCode: 'BADURL' })
    await expect(session.client.catenate('Drafts', [part()])).rejects.toMatchObject({ responseCode: 'TOOBIG' })
  })

  it('what cannot be sent', async () => {
    await using without = await talk('UIDPLUS', '')
    await expect(without.client.catenate('Drafts', [part()])).rejects.toMatchObject({ code: 'ECAPABILITY' })
    await using session = await talk('CATENATE', '')
    await expect(session.client.catenate('Drafts', [])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(session.client.catenate('Drafts', [{ url: 'a b' }])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(session.client.catenate('Drafts', [part('x y')])).rejects.toMatchObject({ code: 'EINVALID' })
  })
})

describe('CONVERT (RFC 5259)', () => {
  it('a part in another charset, a picture smaller, and one that cannot be converted (§6, §9)', async () => {
    await using session = await talk(
      'CONVERT BINARY',
      `${selectInbox()}
      C: b001 UID CONVERT 120 ("text/plain" ("charset" "utf-8")) BINARY[2]
      S: * 2 CONVERTED (TAG "b001") (UID 120 BINARY[2] {3}
      S: abc)
      S: b001 OK CONVERT COMPLETED
      C: b002 UID CONVERT 120:121 ("image/jpeg" ("pix-x" "128" "pix-y" "96")) (BINARY[2] BINARY[3.1])
      S: * 2 CONVERTED (TAG "b002") (UID 120 BINARY[2] ~{2}
      S: xy BINARY[3.1] (ERROR "no such part" BADPARAMETERS "image/gif" "image/jpeg" ("pix-x")))
      S: b002 OK done
      C: b003 UID CONVERT 120 (NIL) BINARY[1]
      S: b003 NO [MAXCONVERTMESSAGES 1] too many`,
    )
    const inbox = await session.client.open('INBOX')
    const text = await inbox.convert(120, { type: 'text/plain', parameters: { charset: 'utf-8' } }, ['2'])
    expect(text).toEqual([{ uid: 120, parts: new Map([['2', Buffer.from('abc')]]) }])
    const target = { type: 'image/jpeg', parameters: { 'pix-x': 128, 'pix-y': 96 } }
    expect(await inbox.convert([120, 121], target, ['2', '3.1'])).toEqual([
      {
        uid: 120,
        parts: new Map([
          ['2', Buffer.from('xy')],
          ['3.1', null],
        ]),
      },
    ])
    const refused = inbox.convert(120, { type: null }, ['1'])
    await expect(refused).rejects.toMatchObject({ responseCode: 'MAXCONVERTMESSAGES' })
    await expect(inbox.convert(120, { type: 'no type' }, ['1'])).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(inbox.convert(120, { type: null }, [])).rejects.toMatchObject({ code: 'EINVALID' })
  })

  it('CONVERSIONS (§5)', async () => {
    await using session = await talk(
      'CONVERT',
      `
      C: a1 CONVERSIONS "image/gif" "*"
      S: * CONVERSION "image/gif" "image/jpeg" ("pix-x" "pix-y")
      S: * CONVERSION "image/gif" "image/png"
      S: a1 OK done`,
    )
    expect(await session.client.conversions('image/gif', '*')).toMatchObject([
      { from: 'image/gif', to: 'image/jpeg', parameters: ['pix-x', 'pix-y'] },
      { from: 'image/gif', to: 'image/png', parameters: [] },
    ])
  })
})

describe('MULTISEARCH (RFC 7377)', () => {
  it('one search in several mailboxes (§2.1)', async () => {
    await using session = await talk(
      'MULTISEARCH ESEARCH',
      `
      C: tag1 ESEARCH IN (mailboxes folder1 subtree (folder2 "folder 3")) RETURN (ALL) UNSEEN
      S: * ESEARCH (TAG "tag1" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 4001,4003,4005,4007,4009
      S: * ESEARCH (TAG "tag1" MAILBOX "folder2/Entw&APw-rfe" UIDVALIDITY 1) UID ALL 3001:3004,3788
      S: tag1 OK done
      C: tag2 ESEARCH IN (personal subscribed) RETURN (ALL) SUBJECT "chad"
      S: tag2 OK done`,
    )
    const filter = { mailboxes: ['folder1'], subtree: ['folder2', 'folder 3'] }
    const found = await session.client.searchMailboxes(filter, { unseen: true })
    expect(found.map(({ mailbox, uidValidity, uids }) => [mailbox, uidValidity, uids.toString()])).toEqual([
      ['folder1', 1, '4001,4003,4005,4007,4009'],
      ['folder2/Entwürfe', 1, '3001:3004,3788'],
    ])
    expect(await session.client.searchMailboxes({ personal: true, subscribed: true }, { subject: 'chad' })).toEqual([])
  })

  it('what cannot be sent', async () => {
    await using session = await talk('MULTISEARCH', '')
    const { client } = session
    await expect(client.searchMailboxes({}, { seen: true })).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(client.searchMailboxes({ mailboxes: [] }, { seen: true })).rejects.toMatchObject({ code: 'EINVALID' })
    await expect(client.searchMailboxes({ inboxes: true }, { seq: 1 })).rejects.toMatchObject({ code: 'EINVALID' })
    await using without = await talk('ESEARCH', '')
    const refused = without.client.searchMailboxes({ inboxes: true }, { seen: true })
    await expect(refused).rejects.toMatchObject({ code: 'ECAPABILITY', capabilities: ['MULTISEARCH'] })
  })
})
