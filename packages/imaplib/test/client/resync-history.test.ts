import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { type Changes, type ImapClient, type Mailbox, SequenceSet } from 'imaplib'
import { type DovecotServer, startDovecot } from 'imap-test-servers'
import { clientOf, seed } from './seed.ts'

const flags = ['\\Seen', '\\Flagged', '\\Answered', '$Junk', 'keyword'] as const

/** One step of a history; `who` is the session that does it, `which` picks a message among those that are there. */
type Step =
  | { readonly what: 'append'; readonly who: number; readonly flags: readonly string[] }
  | { readonly what: 'flag'; readonly who: number; readonly which: number; readonly flag: string; readonly on: boolean }
  | { readonly what: 'expunge' | 'move' | 'return'; readonly who: number; readonly which: number }
  | { readonly what: 'stop' }

const who = fc.integer({ min: 0, max: 1 })
const which = fc.nat({ max: 1000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('append' as const), who, flags: fc.subarray([...flags]) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('flag' as const),
      who,
      which,
      flag: fc.constantFrom(...flags),
      on: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('expunge' as const, 'move' as const), who, which }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('return' as const), who, which }) },
  { weight: 2, arbitrary: fc.constant({ what: 'stop' as const }) },
)

/** What a client remembers of a mailbox between its visits, kept up by nothing but what a resync tells. */
class Replica {
  uidValidity = 0
  highestModSeq: bigint | undefined
  readonly messages = new Map<number, readonly string[]>()

  get uids(): SequenceSet {
    return SequenceSet.ofNumbers(this.messages.keys())
  }

  async resync(mailbox: Mailbox, withModSeq: boolean): Promise<Changes> {
    const { uidValidity, uids, messages, highestModSeq } = this
    const changes = await mailbox.resync({
      uidValidity,
      uids,
      flags: messages,
      ...(withModSeq && highestModSeq !== undefined ? { highestModSeq } : {}),
    })
    for (const uid of changes.vanished) messages.delete(uid)
    for (const { uid, flags: now } of changes.changed) messages.set(uid, sorted(now))
    if (!changes.arrived.isEmpty)
      for await (const row of mailbox.fetch(changes.arrived, { flags: true })) messages.set(row.uid, sorted(row.flags))
    this.uidValidity = changes.uidValidity ?? 0
    this.highestModSeq = changes.highestModSeq
    return changes
  }
}

const sorted = (some: Iterable<string>): string[] => [...some].filter((flag) => flag !== '\\Recent').sort()

describe('a client that was away', () => {
  let server: DovecotServer
  let user: string
  let sessions: ImapClient[]
  /** Those that resync: with QRESYNC, with CONDSTORE alone, and with neither. */
  let readers: { name: Changes['by']; client: ImapClient }[]

  beforeAll(async () => {
    server = await startDovecot()
    user = server.user()
    const open = (enable: { qresync: boolean }) => clientOf(server, { user, enable })
    sessions = [await open({ qresync: true }), await open({ qresync: false })]
    readers = [
      { name: 'QRESYNC', client: await open({ qresync: true }) },
      { name: 'CONDSTORE', client: await open({ qresync: false }) },
      { name: 'comparison', client: await open({ qresync: false }) },
    ]
    await (sessions[0] as ImapClient).create('elsewhere')
  })
  afterAll(async () => {
    await Promise.all([...sessions, ...readers.map(({ client }) => client)].map((client) => client.close()))
    await server.stop()
  })

  it('knows all again, by whichever way, and told the same', { timeout: 240_000 }, async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const name = `history${(round += 1)}`
        const [first, second] = sessions as [ImapClient, ImapClient]
        await first.create(name)
        await using mailboxOfFirst = await first.open(name)
        await using mailboxOfSecond = await second.open(name)
        await using elsewhere = await first.open('elsewhere')
        const mailboxes = [mailboxOfFirst, mailboxOfSecond]
        const replicas = readers.map(() => new Replica())

        const visit = async () => {
          const told: unknown[] = []
          for (const [index, { name: way, client }] of readers.entries()) {
            await using mailbox = await client.open(name)
            const replica = replicas[index] as Replica
            const known = replica.highestModSeq !== undefined
            const changes = await replica.resync(mailbox, way !== 'comparison')
            if (known && !changes.reset) expect(changes.by).toBe(way)
            told.push({
              arrived: changes.arrived.toString(),
              vanished: changes.vanished.toString(),
              changed: changes.changed
                .map(({ uid, flags: now }) => [uid, ...sorted(now)].join(' '))
                .sort((a, b) => a.localeCompare(b)),
            })
            const truth = new Map<number, readonly string[]>()
            if (mailbox.exists > 0)
              for await (const row of mailbox.fetch('1:*', { flags: true })) truth.set(row.uid, sorted(row.flags))
            expect(new Map([...replica.messages].sort(([a], [b]) => a - b)), way).toEqual(truth)
          }
          const [, condstore, comparison] = told
          // CONDSTORE also tells of flags that were changed and changed back, which no comparison can see.
          expect({ ...(condstore as object), changed: 0 }).toEqual({ ...(comparison as object), changed: 0 })
          expect(told[0]).toEqual(condstore)
        }

        await visit()
        for (const each of steps) {
          if (each.what === 'stop') await visit()
          else await act(mailboxes[each.who] as Mailbox, sessions[each.who] as ImapClient, each, elsewhere)
        }
        await visit()
      }),
      { numRuns: 12 },
    )
  })

  const act = async (
    mailbox: Mailbox,
    client: ImapClient,
    each: Exclude<Step, { what: 'stop' }>,
    elsewhere: Mailbox,
  ) => {
    if (each.what === 'append')
      return seed(client, [{ text: 'Subject: one more\n\nbody\n', flags: each.flags }], mailbox.name)
    const there = [...(await (each.what === 'return' ? elsewhere : mailbox).search({ all: true }))]
    const uid = there[each.which % Math.max(1, there.length)]
    if (uid === undefined) return
    if (each.what === 'flag') await mailbox.store(uid, each.on ? { add: [each.flag] } : { remove: [each.flag] })
    else if (each.what === 'expunge') await mailbox.deleteForever(uid)
    else if (each.what === 'move') await mailbox.move(uid, 'elsewhere')
    else await elsewhere.move(uid, mailbox.name)
  }
})
