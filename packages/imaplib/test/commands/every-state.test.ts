import { describe, expect, it } from 'vitest'
import { Idle } from '../../src/commands/idle.ts'
import { noop } from '../../src/commands/noop.ts'
import { select } from '../../src/commands/select.ts'
import { Session } from '../../src/commands/session.ts'
import type { SessionListener } from '../../src/commands/session-listener.ts'
import { Connection } from '../../src/connection/connection.ts'
import { memoryPair } from '../../src/transport/memory.ts'

/** Row 46 of the fault matrix: every known untagged response in every state (RFC 9051 §11.3; threat T26). */

const responses = [
  '* OK hello',
  '* OK [ALERT] read this',
  '* OK [UIDVALIDITY 66] x',
  '* OK [UIDNEXT 666] x',
  '* OK [HIGHESTMODSEQ 666] x',
  '* OK [PERMANENTFLAGS (\\Evil)] x',
  '* OK [READ-ONLY] x',
  '* OK [CLOSED] x',
  '* OK [COPYUID 1 1:4294967295 1:4294967295] x',
  '* OK [APPENDUID 1 666] x',
  '* OK [UNKNOWN-CODE (a "b" {1}\r\nc)] x',
  '* NO no',
  '* NO [OVERQUOTA] full',
  '* BAD bad',
  '* CAPABILITY IMAP4rev1 XEVIL',
  '* ENABLED QRESYNC',
  '* LIST () "/" evil',
  '* LSUB () "/" evil',
  '* XLIST (\\Trash) "/" evil',
  '* STATUS evil (MESSAGES 666)',
  '* NAMESPACE (("" "/")) NIL NIL',
  '* FLAGS (\\Evil)',
  '* 666 EXISTS',
  '* 66 RECENT',
  '* 1 EXPUNGE',
  '* 0 EXPUNGE',
  '* 999999 EXPUNGE',
  '* VANISHED 1:4294967295',
  '* VANISHED (EARLIER) 1:4294967295',
  '* SEARCH 1 2 3',
  '* ESEARCH (TAG "x") UID ALL 1:4294967295',
  '* SORT 3 2 1',
  '* THREAD (1 2)(3)',
  '* 1 FETCH (UID 66 FLAGS (\\Evil))',
  '* 0 FETCH (FLAGS ())',
  '* 7 FETCH (BODY[] {3}\r\nabc)',
  '* 5 UIDFETCH (FLAGS ())',
  '* ID ("name" "evil")',
  '* ACL evil me lr',
  '* MYRIGHTS evil lr',
  '* LISTRIGHTS evil me lr',
  '* QUOTA "" (STORAGE 1 2)',
  '* QUOTAROOT evil ""',
  '* METADATA evil (/private/x "y")',
  '* LANGUAGE (EN)',
  '* COMPARATOR x',
  '* GENURLAUTH "imap://x"',
  '* URLFETCH "imap://x" NIL',
  '* UIDBATCHES (TAG "x") 1:5',
  '* JMAPACCESS "https://evil/"',
  '* constructor x',
  '* __proto__ x',
  '* 1 __proto__',
  '* toString',
  '*',
  '* ',
  '* 1',
  '* (',
  '* "',
  '* 1 FETCH (',
  '* 1 FETCH ((((((',
  '* LIST',
  '* STATUS',
  '* 99999999999999999999 EXISTS',
  '* -1 EXISTS',
]

class World {
  readonly session: Session
  private readonly server: ReturnType<typeof memoryPair>[1]
  sent = ''
  closed = 0
  readonly heard: string[] = []

  constructor() {
    const [client, server] = memoryPair()
    this.server = server
    server.start({
      data: (chunk) => (this.sent += chunk.toString('latin1')),
      drain: () => undefined,
      closed: () => undefined,
    })
    this.session = new Session((session) => new Connection(client, session))
    const record = (what: string) => (): void => void this.heard.push(what)
    const listener: SessionListener = {
      exists: record('exists'),
      expunged: record('expunged'),
      vanished: record('vanished'),
      fetched: record('fetched'),
      changed: record('changed'),
      status: record('status'),
      alert: record('alert'),
      closed: () => void (this.closed += 1),
    }
    this.session.listen(listener)
  }

  async say(text: string): Promise<void> {
    this.server.write(Buffer.from(text, 'latin1'))
    for (let i = 0; i < 6; i += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  get lastTag(): string {
    return this.sent.trimEnd().split('\r\n').at(-1)?.split(' ')[0] ?? ''
  }

  async logIn(): Promise<void> {
    await this.say('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] in\r\n')
    this.session.markAuthenticated()
  }

  async select(): Promise<void> {
    const selecting = this.session.run(select, ['INBOX', {}, this.session])
    await this.say('')
    await this.say(
      `* 5 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\n${this.lastTag} OK [READ-WRITE] in\r\n`,
    )
    await selecting
  }
}

const states: [string, (world: World) => Promise<void>][] = [
  ['not authenticated', (world) => world.say('* OK [CAPABILITY IMAP4rev1] ready\r\n')],
  ['authenticated', (world) => world.logIn()],
  ['selected', async (world) => (await world.logIn(), world.select())],
  [
    'idle',
    async (world) => {
      await world.logIn()
      await world.select()
      const idle = new Idle(world.session)
      idle.done.catch(() => undefined)
      idle.start()
      await world.say('')
      await world.say('+ idling\r\n')
    },
  ],
  [
    'a command under way',
    async (world) => {
      await world.logIn()
      world.session.run(noop, []).catch(() => undefined)
      await world.say('')
    },
  ],
]

describe.each(states)('in the state: %s', (state, enter) => {
  it('every response is borne, and changes only what it may', async () => {
    for (const response of responses) {
      const world = new World()
      await enter(world)
      await world.say(`${response}\r\n`)
      await world.say('* OK still there\r\n')
      expect([response, world.session.connection.closed, world.closed]).toEqual([response, false, 0])
      if (state === 'selected' || state === 'idle') {
        expect(world.session.mailbox).not.toBeNull()
        const exists = world.session.mailbox?.exists ?? -1
        if (response === '* 999999 EXPUNGE' || response === '* 0 EXPUNGE') expect(exists).toBe(5)
        if (response === '* 1 EXPUNGE') expect(exists).toBe(4)
        if (response === '* 666 EXISTS') expect(exists).toBe(666)
        if (response.startsWith('* VANISHED 1')) expect(exists).toBe(0)
        if (response.startsWith('* VANISHED (EARLIER)')) expect(exists).toBe(5)
      } else {
        expect(world.session.mailbox).toBeNull()
        expect(world.heard.filter((what) => !['alert', 'status'].includes(what))).toEqual([])
      }
      if (state === 'not authenticated') {
        // Nothing from a stranger is heard, and alerts are not shown in the clear.
        expect(world.heard).toEqual([])
        expect(world.session.isEnabled('QRESYNC')).toBe(false)
      }
      world.session.connection.destroy()
      await world.say('')
      expect(world.closed).toBe(1)
    }
  })
})

describe('a mailbox that is selected', () => {
  it('is left when the server refuses the next one (faults: 70)', async () => {
    const world = new World()
    await world.logIn()
    await world.select()
    const refused = expect(world.session.run(select, ['Other', {}, world.session])).rejects.toMatchObject({
      name: 'NotFound',
      responseCode: 'NONEXISTENT',
      serverText: 'none',
    })
    await world.say('')
    await world.say(`* OK [CLOSED] bye\r\n${world.lastTag} NO [NONEXISTENT] none\r\n`)
    await refused
    expect([world.session.mailbox, world.session.state]).toEqual([null, 'authenticated'])
  })

  it('tells of READ-ONLY, NOMODSEQ, and what is missing (faults: 71)', async () => {
    const world = new World()
    await world.logIn()
    const selecting = world.session.run(select, ['INBOX', {}, world.session])
    await world.say('')
    await world.say(`* 2 EXISTS\r\n* OK [NOMODSEQ] none\r\n${world.lastTag} OK [READ-ONLY] in\r\n`)
    const { state } = await selecting
    expect(state).toMatchObject({
      readOnly: true,
      noModSeq: true,
      uidValidity: undefined,
      uidNext: undefined,
      exists: 2,
    })
  })

  it('takes nothing over from the one before that the server still spoke of', async () => {
    const world = new World()
    await world.logIn()
    await world.select()
    const selecting = world.session.run(select, ['Other', {}, world.session])
    await world.say('')
    await world.say(
      `* 99 EXISTS\r\n* OK [CLOSED] bye\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n${world.lastTag} OK in\r\n`,
    )
    const { state } = await selecting
    expect(state).toMatchObject({ exists: 2, uidValidity: 8 })
  })
})
