import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DovecotServer, orSkipped, startDovecot } from 'imap-test-servers'
import { parseStatusLine } from '../../src/connection/status-line.ts'
import { parseUntagged } from '../../src/responses/parse-untagged.ts'
import type { Response } from '../../src/responses/registry.ts'
import { responseCode } from '../../src/responses/response-code.ts'
import { ParseContext } from '../../src/responses/response-parser.ts'
import { Framer } from '../../src/wire/framer.ts'

/** Commands whose untagged answers cover most of the room. Each is sent when the one before it is answered. */
const script = [
  'CAPABILITY',
  'ID ("name" "test")',
  'NAMESPACE',
  'CREATE Entw&APw-rfe',
  'CREATE a/b/c',
  'SUBSCRIBE a/b/c',
  'LIST "" *',
  'LSUB "" *',
  'LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (CHILDREN SPECIAL-USE STATUS (MESSAGES SIZE))',
  'STATUS Entw&APw-rfe (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ RECENT)',
  'APPEND INBOX (\\Seen) {39+}\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nbody',
  'APPEND INBOX {59+}\r\nSubject: two\r\nMessage-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\n\r\nbody',
  'APPEND INBOX {41+}\r\nSubject: three\r\nMessage-ID: <3@x>\r\n\r\nbody',
  'ENABLE QRESYNC',
  'SELECT INBOX',
  'SEARCH ALL',
  'UID SEARCH RETURN (MIN MAX COUNT ALL) MODSEQ 1',
  'SORT (REVERSE SUBJECT) UTF-8 ALL',
  'UID THREAD REFERENCES UTF-8 ALL',
  'COPY 1:2 Entw&APw-rfe',
  'STORE 3 +FLAGS (\\Deleted $later)',
  'EXPUNGE',
  'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)',
  'GETQUOTAROOT INBOX',
  'MYRIGHTS INBOX',
  'GETACL INBOX',
  'LISTRIGHTS INBOX anyone',
  'SETMETADATA INBOX (/private/comment "mine")',
  'GETMETADATA INBOX (/private/comment /private/none)',
  'SEARCH CHARSET x-klingon SUBJECT a',
  'COPY 1 nowhere',
  'NONSENSE',
  'LOGOUT',
]

interface Spoken {
  readonly responses: readonly Response[]
  readonly completions: readonly string[]
  readonly repairs: readonly string[]
}

const converse = (argv: readonly string[]): Promise<Spoken> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = argv
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    const responses: Response[] = []
    const completions: string[] = []
    const repairs: string[] = []
    const context = new ParseContext({ onRepair: (quirk) => repairs.push(quirk), lazy: false })
    let next = 0
    const sendNext = (): void => {
      if (next < script.length) child.stdin.write(`A${next} ${script[next]}\r\n`, 'latin1')
      next += 1
    }
    const framer = new Framer({
      frame: (frame) => {
        const line = frame.text.slice(frame.start, frame.end)
        if (line.startsWith('A')) {
          completions.push(line)
          sendNext()
        } else if (line.startsWith('* ')) {
          responses.push(parseUntagged(frame, context))
          if (responses.length === 1) sendNext()
        }
      },
    })
    child.stdout.on('data', (chunk: Buffer) => void framer.push(chunk))
    child.on('error', reject)
    child.on('close', () => resolve({ responses, completions, repairs }))
  })

let server: DovecotServer | undefined
let spoken: Spoken = { responses: [], completions: [], repairs: [] }

beforeAll(async () => {
  server = await orSkipped(startDovecot())
  if (server !== undefined) spoken = await converse(server.preauthCommand(server.user()))
})
afterAll(() => server?.stop())

const of = <T extends Response['type']>(type: T): Extract<Response, { type: T }>[] =>
  spoken.responses.filter((response): response is Extract<Response, { type: T }> => response.type === type)

describe('what Dovecot says', () => {
  it('is all understood, without a repair', (test) => {
    test.skip(server === undefined)
    expect(spoken.completions).toHaveLength(script.length)
    expect(spoken.responses.filter(({ type }) => type === 'unparsed' || type === 'unknown')).toEqual([])
    expect(spoken.repairs).toEqual([])
  })

  it('is understood rightly', (test) => {
    test.skip(server === undefined)
    expect(of('PREAUTH')).toHaveLength(1)
    expect(of('CAPABILITY')[0]?.capabilities).toContain('IMAP4REV1')
    expect(of('ID')[0]?.fields?.get('name')).toBe('Dovecot')
    expect(of('NAMESPACE')[0]?.personal?.[0]?.delimiter).toBe('/')
    expect(of('LIST').map(({ mailbox }) => mailbox)).toContain('Entwürfe')
    expect(of('LIST').some(({ childInfo }) => childInfo?.includes('SUBSCRIBED'))).toBe(true)
    expect(of('LSUB').map(({ mailbox }) => mailbox)).toContain('a/b/c')
    expect(of('STATUS').find(({ mailbox }) => mailbox === 'Entwürfe')).toMatchObject({ messages: 0, uidNext: 1 })
    expect(of('STATUS').some(({ size }) => size === 0)).toBe(true)
    expect(of('ENABLED')[0]?.capabilities).toContain('QRESYNC')
    expect(of('EXISTS').some(({ count }) => count === 3)).toBe(true)
    expect(of('FLAGS')[0]?.flags.has('\\seen')).toBe(true)
    expect(of('SEARCH')[0]?.messages.toString()).toBe('1:3')
    expect(of('ESEARCH')[0]).toMatchObject({ uid: true, min: 1, max: 3, count: 3 })
    expect(of('ESEARCH')[0]?.modSeq).toBeGreaterThan(0n)
    expect(of('SORT')[0]?.messages).toEqual([2, 3, 1])
    expect(of('THREAD')[0]?.threads).toEqual([
      { message: 1, replies: [{ message: 2, replies: [] }] },
      { message: 3, replies: [] },
    ])
    expect(of('VANISHED').map(({ earlier, uids }) => [earlier, uids.toString()])).toContainEqual([false, '3'])
    expect(of('QUOTAROOT')[0]?.roots).toHaveLength(1)
    expect(of('QUOTA')[0]?.resources.get('STORAGE')?.limit).toBeGreaterThan(0n)
    expect(of('MYRIGHTS')[0]?.rights).toContain('l')
    expect(of('ACL')[0]?.mailbox).toBe('INBOX')
    expect(of('LISTRIGHTS')[0]?.optional).toContain('l')
    expect(of('METADATA').at(-1)?.entries.get('/private/comment')).toBe('mine')
    expect(of('METADATA').at(-1)?.entries.get('/private/none')).toBeNull()
    expect(of('BYE')).toHaveLength(1)
  })

  it('has the codes that it should', (test) => {
    test.skip(server === undefined)
    const untagged = of('OK').flatMap(({ code }) => (code === null ? [] : [code.name]))
    for (const name of ['PERMANENTFLAGS', 'UIDVALIDITY', 'UIDNEXT', 'HIGHESTMODSEQ']) expect(untagged).toContain(name)
    const tagged = spoken.completions.map((line) => {
      const status = parseStatusLine(line.slice(line.indexOf(' ') + 1))
      return status === null ? null : responseCode(status)
    })
    expect(tagged.filter((code) => code?.name === 'unknown')).toEqual([])
    expect(tagged).toContainEqual({ name: 'READ-WRITE' })
    expect(tagged).toContainEqual({ name: 'TRYCREATE' })
    expect(tagged.find((code) => code?.name === 'BADCHARSET')).toBeDefined()
    expect(tagged.filter((code) => code?.name === 'APPENDUID')).toHaveLength(3)
    expect(tagged.find((code) => code?.name === 'COPYUID')).toMatchObject({
      source: [{ first: 1, last: 2 }],
      destination: [{ first: 1, last: 2 }],
    })
  })
})
