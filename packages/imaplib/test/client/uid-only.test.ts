import { describe, expect, it } from 'vitest'
import { fetch } from '../../src/commands/fetch.ts'
import { askedItems } from '../../src/commands/fetch-items/index.ts'
import { SequenceSet } from '../../src/wire/sequence-set.ts'
import { talk } from './talk.ts'

const begin = `
  C: e1 ENABLE UIDONLY
  S: * ENABLED UIDONLY
  S: e1 OK enabled
  C: s1 SELECT INBOX
  S: * 3 EXISTS
  S: * OK [UIDVALIDITY 3857529045] valid
  S: * OK [UIDNEXT 100000] next
  S: s1 OK [READ-WRITE] done`

const options = { enable: { uidOnly: true, qresync: false } }

describe('UIDONLY (RFC 9586)', () => {
  it('FETCH, STORE and EXPUNGE by UIDs alone (§3.1, §3.3, §3.5)', async () => {
    await using session = await talk(
      'ENABLE UIDONLY UIDPLUS',
      `${begin}
      C: 10 UID FETCH 25900:26600 (FLAGS)
      S: * 25996 UIDFETCH (FLAGS (\\Seen))
      S: * 25997 UIDFETCH (FLAGS (\\Flagged \\Answered))
      S: * 26600 UIDFETCH (FLAGS ())
      S: 10 OK FETCH completed
      C: a99 UID STORE 25997 +FLAGS (\\Flagged)
      S: * 25997 UIDFETCH (FLAGS (\\Flagged \\Answered))
      S: a99 OK STORE completed
      C: 12 UID EXPUNGE 25996:25997
      S: * VANISHED 25996:25997
      S: 12 OK EXPUNGE completed`,
      options,
    )
    const inbox = await session.client.open('INBOX')
    const rows = await inbox.fetchAll('25900:26600', { flags: true })
    expect(rows.map(({ uid }) => uid)).toEqual([25996, 25997, 26600])
    const { flags } = await inbox.store(25997, { add: ['\\Flagged'] }, { silent: false })
    expect(flags.get(25997)?.names).toEqual(['\\Flagged', '\\Answered'])
    await inbox.expunge([25996, 25997])
    expect(inbox.exists).toBe(1)
  })

  it('rows that come in pieces are told apart by UID', async () => {
    await using session = await talk(
      'ENABLE UIDONLY',
      `${begin}
      C: 10 UID FETCH 7:8 (INTERNALDATE RFC822.SIZE)
      S: * 7 UIDFETCH (RFC822.SIZE 5)
      S: * 8 UIDFETCH (RFC822.SIZE 6)
      S: * 7 UIDFETCH (RFC822.SIZE 5 INTERNALDATE "17-Jul-1996 02:44:25 -0700")
      S: * 8 UIDFETCH (RFC822.SIZE 6 INTERNALDATE "17-Jul-1996 02:44:25 -0700")
      S: 10 OK done`,
      options,
    )
    const inbox = await session.client.open('INBOX')
    const rows = await inbox.fetchAll('7:8', { size: true, internalDate: true })
    expect(rows.map(({ uid, size }) => [uid, size])).toEqual([
      [7, 5],
      [8, 6],
    ])
  })

  it('what needs sequence numbers is refused before a byte is sent ([UIDREQUIRED], §3)', async () => {
    await using session = await talk('ENABLE UIDONLY', begin, options)
    const inbox = await session.client.open('INBOX')
    const refused = { code: 'ESTATE', responseCode: 'UIDREQUIRED' }
    await expect(inbox.search({ seq: '1:3' })).rejects.toMatchObject(refused)
    const items = askedItems({ flags: true })
    await expect(inbox.command(fetch, [SequenceSet.all, items, {}])).rejects.toMatchObject(refused)
    await expect(inbox.sort(['size'], { not: { seq: 1 } })).rejects.toBeInstanceOf(Error)
  })
})
