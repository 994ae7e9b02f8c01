import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { ImapClient, Mailbox } from 'imaplib'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { hardToOrder } from './hard-to-order.ts'
import { clientOf, seed } from './seed.ts'

const keys = ['arrival', 'cc', 'date', 'displayFrom', 'displayTo', 'from', 'size', 'subject', 'to'] as const

describe('sorted and threaded here as there', () => {
  let server: DovecotServer
  let bare: DovecotServer
  let users: { there: ImapClient; here: ImapClient }

  beforeAll(async () => {
    server = await startDovecot()
    bare = await startDovecot({ capability: 'IMAP4rev1 UIDPLUS ESEARCH LITERAL+' })
    users = { there: await clientOf(server), here: await clientOf(bare) }
  })
  afterAll(async () => {
    await users.there.close()
    await users.here.close()
    await server.stop()
    await bare.stop()
  })

  it('gives the order that Dovecot gives, by every key, and the same threads', { timeout: 120_000 }, async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(hardToOrder, { minLength: 2, maxLength: 25 }), async (some) => {
        // No two arrive at once: REFS has no rule for threads whose latest messages did.
        const messages = some.map((each, index) => ({
          ...each,
          date: new Date(Date.UTC(2026, 1, 1 + each.arrival, 0, 0, index)),
        }))
        const name = `round${(round += 1)}`
        const open = async (client: ImapClient) => {
          await client.create(name)
          await seed(client, messages, name)
          return client.open(name)
        }
        await using there = await open(users.there)
        await using here = await open(users.here)
        for (const key of keys) {
          expect(await here.sort([key]), key).toEqual(await there.sort([key]))
          expect(await here.sort([`-${key}`, '-date']), key).toEqual(await there.sort([`-${key}`, '-date']))
        }
        for (const algorithm of ['REFERENCES', 'ORDEREDSUBJECT'] as const)
          expect(await here.thread(algorithm), algorithm).toEqual(await there.thread(algorithm))
        // Dovecot puts threads whose first message is missing wherever it likes, so here their order is left open.
        const threads = async (mailbox: Mailbox) =>
          (await mailbox.thread('REFS')).map((each) => JSON.stringify(each)).sort()
        expect(await threads(here)).toEqual(await threads(there))
      }),
      { numRuns: 12 },
    )
  })

  it('heeds the criteria', async () => {
    for (const client of [users.there, users.here]) {
      await client.create('few')
      await seed(
        client,
        [{ text: 'Subject: b\n\n' }, { text: 'Subject: a\n\n' }, { text: 'Subject: c\n\n', flags: ['\\Seen'] }],
        'few',
      )
      await using few = await client.open('few')
      expect(await few.sort(['subject'], { unseen: true })).toEqual([2, 1])
      expect(await few.sort(['subject'], { answered: true })).toEqual([])
      expect(await few.thread('REFERENCES', { seen: true })).toEqual([{ message: 3, replies: [] }])
      expect(await few.thread('REFERENCES', { answered: true })).toEqual([])
      await expect(few.sort([])).rejects.toMatchObject({ code: 'EINVALID' })
      await expect(few.sort(['colour' as 'date'])).rejects.toMatchObject({ code: 'EINVALID' })
    }
  })
})
