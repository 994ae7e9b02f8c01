import { rawServer, scriptedServer } from 'imap-test-servers'
import { describe, expect, test } from 'vitest'
import { Commands, IMAP4 } from 'imaplib'
import { bothWays, commandsOf, connectTo, lastOf, texts } from './both-ways.ts'

describe('lines of the server', () => {
  for (const [line, shown] of [
    ['* ok fine', "b'* ok fine'"],
    ['*  OK two spaces', "b'*  OK two spaces'"],
    ['A1 OK a foreign tag', "b'A1 OK a foreign tag'"],
    ['$tag OK', 'OK'],
    ['$tag ok lower case', 'ok lower case'],
    ['*', "b'*'"],
    ['* 5', "b'* 5'"],
    ['* 5 exists', "b'* 5 exists'"],
  ] as const)
    bothWays(`${line} is unexpected`, { handlers: { NOOP: [line, '$tag OK done'] } }, async (M) => {
      const failure = await M.noop().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(IMAP4.abort)
      expect((failure as Error).message).toMatch(/^command: NOOP => unexpected response: b'/)
      expect((failure as Error).message).toContain(shown)
    })

  bothWays('a tag of ours that no command waits for', { handlers: { NOOP: '$tag9 OK done' } }, async (M) => {
    await expect(M.noop()).rejects.toThrow(/unexpected tagged response: b'[A-P]{4}09 OK done'/)
  })

  bothWays(
    'types end at the first character that is no capital, and lose their data',
    {
      handlers: {
        NOOP: ['* X2Y foo', '* X-Y foo', '* EMPTY', '* 7 THING', '* 7 THING ', '* 7 THING and more', '$tag OK '],
      },
    },
    async (M) => {
      expect(texts(await M.noop())).toEqual(['OK', ['']])
      expect(texts([...M.untagged_responses])).toEqual([
        ['X', ['']],
        ['X-Y', ['foo']],
        ['EMPTY', ['']],
        ['THING', ['7', '7', '7 and more']],
      ])
    },
  )

  bothWays(
    'continuations that nobody waits for are passed over',
    { handlers: { NOOP: ['+ go', '+', '$tag OK done'] } },
    async (M) => {
      expect(texts(await M.noop())).toEqual(['OK', ['done']])
      expect(M.continuation_response).toBeNull()
    },
  )
})

describe('literals', () => {
  bothWays(
    'each stands with the bytes that led to it; messages are flattened',
    {
      upTo: 'selected',
      handlers: {
        FETCH: [
          '* 1 FETCH (BODY[1] {5}\r\nhello BODY[2] {2}\r\n\r\n FLAGS ())',
          '* 2 FETCH (FLAGS (\\Seen))',
          '* 3 FETCH (BODY[1] ~{3}\r\na\0b BODY[2] {0}\r\n)',
          '$tag OK done',
        ],
      },
    },
    async (M) => {
      expect(texts(await M.fetch('1:3', 'BODY[1]'))).toEqual([
        'OK',
        [
          ['1 (BODY[1] {5}', 'hello'],
          [' BODY[2] {2}', '\r\n'],
          ' FLAGS ())',
          '2 (FLAGS (\\Seen))',
          ['3 (BODY[1] ~{3}', 'a\0b'],
          [' BODY[2] {0}', ''],
          ')',
        ],
      ])
    },
  )

  const big = Buffer.alloc(300_000, 'line of text\r\n')
  bothWays(
    'a big one',
    {
      upTo: 'selected',
      handlers: {
        FETCH: [`* 1 FETCH (BODY[] {${big.length}}\r\n`, big, ' UID 5)', '* 2 FETCH (UID 6)', '$tag OK done'],
      },
    },
    async (M) => {
      const [, data] = await M.fetch('1', 'BODY[]')
      const [pair, end, second] = data as [[Buffer, Buffer], Buffer, Buffer]
      expect(pair[0].toString()).toBe('1 (BODY[] {300000}')
      expect(pair[1].equals(big)).toBe(true)
      expect(texts([end, second])).toEqual([' UID 5)', '2 (UID 6)'])
    },
  )

  bothWays(
    'one that ends a response has an empty rest',
    {
      upTo: 'authenticated',
      handlers: { LIST: ['* LIST () "/" {9}\r\nMy (box)"', '* LIST () "/" {7}\r\nAnother', '$tag OK done'] },
    },
    async (M) => {
      expect(texts(await M.list())).toEqual(['OK', [['() "/" {9}', 'My (box)"'], '', ['() "/" {7}', 'Another'], '']])
    },
  )

  bothWays(
    'a blank line behind one is passed over',
    {
      upTo: 'selected',
      handlers: { FETCH: ['* 1 FETCH (BODY[HEADER] {13}\r\nSubject: test\r\n', ')', '$tag OK done'] },
    },
    async (M) => {
      expect(texts(await M.fetch('1', 'BODY[HEADER]'))).toEqual([
        'OK',
        [['1 (BODY[HEADER] {13}', 'Subject: test'], ')'],
      ])
    },
  )

  bothWays(
    'blank lines between responses are passed over',
    {
      upTo: 'authenticated',
      handlers: { LIST: ['* LIST () "/" {1}\r\na\r\n', '', '* LIST () "/" b', '', '$tag OK done'] },
    },
    async (M) => {
      expect(texts(await M.list())).toEqual(['OK', [['() "/" {1}', 'a'], '', '() "/" b']])
    },
  )

  bothWays(
    'a response that never closes its parentheses ends at the next one',
    { upTo: 'selected', handlers: { FETCH: ['* 1 FETCH (BODY[] {1}\r\na', '* 2 FETCH (UID 1)', '$tag OK done'] } },
    async (M) => {
      expect(texts(await M.fetch('1', 'BODY[]'))).toEqual(['OK', [['1 (BODY[] {1}', 'a'], '', '2 (UID 1)']])
    },
  )

  bothWays(
    'the text of a status can end in one',
    { handlers: { NOOP: ['* OK text {5}\r\nhello', '$tag OK done'] } },
    async (M) => {
      await M.noop()
      expect(texts(M.untagged_responses.get('OK'))).toEqual([['text {5}', 'hello'], ''])
    },
  )

  bothWays(
    'one above the limit is refused',
    { upTo: 'selected', client: { maxLiteralSize: 100 }, handlers: { FETCH: '* 1 FETCH (BODY[] {101}' } },
    async (M) => {
      await expect(M.fetch('1', 'BODY[]')).rejects.toMatchObject({ name: 'IMAP4.abort', code: 'ELIMIT' })
    },
  )

  bothWays(
    'literal: bytes that follow the next command',
    { upTo: 'selected', handlers: { 'UID SEARCH': ['* SEARCH 4', '$tag OK done'] } },
    async (M, server) => {
      M.literal = Buffer.from('Київ')
      expect(texts(await M.uid('SEARCH', 'CHARSET', 'UTF-8', 'SUBJECT'))).toEqual(['OK', ['4']])
      expect(lastOf(server)).toBe('')
      expect(server.commands.at(-1)?.line).toMatch(/ UID SEARCH CHARSET UTF-8 SUBJECT \{8\}$/)
      expect(server.commands.at(-1)?.literals[0]?.toString()).toBe('Київ')
      expect(M.literal).toBeNull()
    },
  )

  test('a literal that the server refuses', async () => {
    await using server = await scriptedServer({ literal: () => ['$tag NO too big'] })
    const M = await IMAP4.connect(server.host, server.port)
    await M.login('u', 'p')
    expect(texts(await M.append('INBOX', null, null, 'x'))).toEqual(['NO', ['too big']])
    await M.shutdown()
  })
})

describe('response codes', () => {
  bothWays(
    'are kept under their names, up to the last bracket',
    {
      handlers: {
        NOOP: [
          '* OK [UIDVALIDITY 3857529045] valid',
          '* OK [PERMANENTFLAGS (\\Seen [test] \\*)] limited',
          '* OK [ALERT] first ] last',
          '* NO [X-WORD one] text ] more',
          '* BAD [X2 no] digits are no part of a name',
          '* BYE-NOT [CODE x] not a status',
          '$tag OK [READ-WRITE] done',
        ],
      },
    },
    async (M) => {
      await M.noop()
      expect(texts(await M.response('uidvalidity'))).toEqual(['uidvalidity', ['3857529045']])
      expect(texts(await M.response('PERMANENTFLAGS'))).toEqual(['PERMANENTFLAGS', ['(\\Seen [test] \\*)']])
      expect(texts(await M.response('ALERT'))).toEqual(['ALERT', ['']])
      expect(texts(await M.response('X-WORD'))).toEqual(['X-WORD', ['one] text ']])
      expect(texts(await M.response('READ-WRITE'))).toEqual(['READ-WRITE', ['']])
      expect(M.untagged_responses.has('X')).toBe(false)
      expect(M.untagged_responses.has('CODE')).toBe(false)
    },
  )
})

describe('the store', () => {
  bothWays(
    'keeps what was not asked for, until somebody asks',
    {
      upTo: 'selected',
      handlers: {
        NOOP: ['* 2 FETCH (FLAGS (\\Seen))', '* 5 EXISTS', '* OK hello', '$tag OK done'],
        FETCH: ['* 9 FETCH (FLAGS ())', '$tag OK done'],
      },
    },
    async (M) => {
      await M.noop()
      expect(texts(await M.fetch('9', 'FLAGS'))).toEqual(['OK', ['2 (FLAGS (\\Seen))', '9 (FLAGS ())']])
      expect(texts(await M.response('EXISTS'))).toEqual(['EXISTS', ['0', '5']])
      expect(await M.response('EXISTS')).toEqual(['EXISTS', [null]])
    },
  )

  bothWays(
    'forgets OK, NO and BAD at the next command',
    { handlers: { NOOP: ['* NO hm', '$tag OK done'], CHECK: '$tag OK' } },
    async (M) => {
      await M.noop()
      expect(texts(M.untagged_responses.get('NO'))).toEqual(['hm'])
      await M.capability()
      expect(M.untagged_responses.has('NO')).toBe(false)
    },
  )

  bothWays(
    'a NO leaves it alone, and has its text as data',
    { upTo: 'selected', handlers: { SEARCH: ['* SEARCH 1', '$tag NO [BADCHARSET (UTF-8)] what?'] } },
    async (M) => {
      expect(texts(await M.search('X', 'ALL'))).toEqual(['NO', ['[BADCHARSET (UTF-8)] what?']])
      expect(texts(await M.response('SEARCH'))).toEqual(['SEARCH', ['1']])
      expect(texts(await M.response('BADCHARSET'))).toEqual(['BADCHARSET', ['(UTF-8)']])
    },
  )

  bothWays(
    'response of NO is what Python makes of it: nothing, and nothing is taken',
    { handlers: { NOOP: ['* NO hm', '$tag OK done'] } },
    async (M) => {
      await M.noop()
      expect(await M.response('NO')).toEqual(['NO', [null]])
      expect(M.untagged_responses.has('NO')).toBe(true)
    },
  )
})

describe('errors', () => {
  bothWays('BAD', { upTo: 'selected', handlers: { SEARCH: "$tag BAD don't" } }, async (M) => {
    const failure = await M.search(null, 'X').catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: 'IMAP4.error',
      message: 'SEARCH command error: BAD [b"don\'t"]',
      code: 'BAD',
    })
    expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
  })

  bothWays(
    'BYE while a command waits',
    {
      handlers: {
        NOOP: async ({ send, end }) => {
          await send('* BYE too idle')
          end()
        },
      },
    },
    async (M) => {
      const failure = await M.noop().catch((error: unknown) => error)
      expect(failure).toMatchObject({ name: 'IMAP4.abort', message: 'command: NOOP => too idle', code: 'EBYE' })
      await expect(M.noop()).rejects.toThrow('too idle')
    },
  )

  bothWays(
    'BYE between two commands is found by the second',
    {
      handlers: {
        NOOP: async ({ send, end }) => {
          await send('$tag OK done', '* BYE idle for too long')
          end()
        },
      },
    },
    async (M) => {
      expect(texts(await M.noop())).toEqual(['OK', ['done']])
      await expect(M.noop()).rejects.toMatchObject({ message: 'command: NOOP => idle for too long' })
    },
  )

  bothWays('the end of the connection', { handlers: { NOOP: ({ end }) => end() } }, async (M) => {
    const failure = await M.noop().catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'IMAP4.abort', message: 'command: NOOP => socket error: EOF', code: 'EEOF' })
  })

  test('a reset connection', async () => {
    await using server = await scriptedServer({ handlers: { NOOP: ({ reset }) => reset() } })
    const M = await IMAP4.connect(server.host, server.port)
    const failure = await M.noop().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(IMAP4.abort)
    expect((failure as Error).message).toMatch(/^command: NOOP => socket error: .*ECONNRESET/)
  })

  bothWays('a command in the wrong state', {}, async (M, server) => {
    await expect(M.select()).rejects.toMatchObject({
      name: 'IMAP4.error',
      code: 'ESTATE',
      message: 'command SELECT illegal in state NONAUTH, only allowed in states AUTH, SELECTED',
    })
    await M.login('user', 'pass')
    await expect(M.fetch('1', 'FLAGS')).rejects.toThrow(
      'command FETCH illegal in state AUTH, only allowed in states SELECTED',
    )
    await expect(M.login('user', 'pass')).rejects.toThrow(IMAP4.error)
    expect(commandsOf(server)).toEqual(['LOGIN user "pass"'])
  })

  bothWays('the classes are on the class and on instances', {}, async (M) => {
    expect(M.error).toBe(IMAP4.error)
    expect(M.abort).toBe(IMAP4.abort)
    expect(M.readonly).toBe(IMAP4.readonly)
    const readonly = new IMAP4.readonly('x')
    expect(readonly).toBeInstanceOf(IMAP4.abort)
    expect(readonly).toBeInstanceOf(IMAP4.error)
    expect(new IMAP4.error('x')).not.toBeInstanceOf(IMAP4.abort)
    expect(new IMAP4.error('x').message).toBe('x')
  })
})

describe('order', () => {
  bothWays(
    'commands that are not awaited go out one by one',
    { handlers: { SEARCH: ['* SEARCH 1', '$tag OK done'] } },
    async (M, server) => {
      const results = await Promise.all(
        [M.login('u', 'p'), M.select(), M.search(null, 'ALL'), M.response('SEARCH'), M.close()].map((p) =>
          p.catch((e: unknown) => e),
        ),
      )
      expect(texts(results[2])).toEqual(['OK', ['1']])
      expect(commandsOf(server)).toEqual(['LOGIN u "p"', 'SELECT INBOX', 'SEARCH ALL', 'CLOSE'])
    },
  )

  bothWays(
    'a literal belongs to the call that follows it',
    { upTo: 'selected', handlers: { 'UID SEARCH': '$tag OK done', CHECK: '$tag OK done' } },
    async (M, server) => {
      const first = M.check()
      M.literal = Buffer.from('x')
      const second = M.uid('SEARCH', 'TEXT')
      const third = M.noop()
      await Promise.all([first, second, third])
      expect(server.commands.slice(-3).map(({ literals }) => literals.length)).toEqual([0, 1, 0])
    },
  )

  test('a flood between two commands is not lost, and not read ahead', async () => {
    await using server = await scriptedServer({
      handlers: {
        NOOP: async ({ send }) => {
          await send('$tag OK done')
          for (let i = 0; i < 3000; i += 1) await send(`* ${i} FETCH (X ${'y'.repeat(300)})`)
        },
      },
    })
    const M = await IMAP4.connect(server.host, server.port)
    await M.noop()
    expect(M.untagged_responses.has('FETCH')).toBe(false)
    await M.capability()
    expect(M.untagged_responses.get('FETCH')).toHaveLength(3000)
    await M.shutdown()
  })

  for (const splitEvery of [1, 7])
    test(`responses cut into pieces of ${splitEvery}`, async () => {
      await using server = await scriptedServer({
        splitEvery,
        handlers: { LIST: ['* LIST () "/" {4}\r\na\r\nb', '* LIST (\\X) "/" c', '$tag OK [X-Y z] done'] },
      })
      const M = await connectTo(server, false)
      await M.login('u', 'p')
      expect(texts(await M.list())).toEqual(['OK', [['() "/" {4}', 'a\r\nb'], '', '(\\X) "/" c']])
      await M.shutdown()
    })
})

describe('the surface', () => {
  bothWays('commands in upper case', {}, async (M) => {
    const same = (name: 'capability' | 'select') => M[name.toUpperCase() as 'CAPABILITY' | 'SELECT'] === M[name]
    expect([same('capability'), same('select')]).toEqual([true, true])
    expect(texts(await M.CAPABILITY())).toEqual(['OK', ['IMAP4rev1']])
    expect('NONEXISTENT' in M).toBe(false)
    const without = Object.keys(Commands).filter((name) => !(name in M))
    // Python has no examine() either: select('x', true).
    expect(without).toEqual(['EXAMINE'])
  })

  test('a subclass that replaces a method has it under both names', async () => {
    class Mine extends IMAP4 {
      override async noop(): Promise<[string, Buffer[]]> {
        return ['MINE', []]
      }
    }
    expect(await new Mine().NOOP()).toEqual(['MINE', []])
  })

  bothWays('tags count up behind one prefix', {}, async (M, server) => {
    await M.noop()
    await M.noop()
    expect(server.lines.map((line) => line.split(' ')[0])).toEqual([`${M.tagpre}0`, `${M.tagpre}1`])
    expect(M.tagre.exec(`${M.tagpre}7 OK done`)?.groups).toMatchObject({ type: 'OK', data: 'done' })
    expect(M.tagnum).toBe(2)
    expect(M.mo.groups).toEqual({ tag: `${M.tagpre}1`, type: 'OK', data: Buffer.from('NOOP completed') })
  })

  test('`await using` logs out, unless that is done', async () => {
    await using server = await scriptedServer()
    {
      await using M = await IMAP4.connect(server.host, server.port)
      await M.noop()
    }
    {
      await using M = await IMAP4.connect(server.host, server.port)
      await M.logout()
    }
    expect(commandsOf(server)).toEqual(['NOOP', 'LOGOUT', 'LOGOUT'])
  })

  test('`await using` passes over a connection that is gone, and over no other error', async () => {
    await using reset = await scriptedServer({ handlers: { LOGOUT: ({ reset }) => reset() } })
    {
      await using _M = await IMAP4.connect(reset.host, reset.port)
    }
    await using silent = await rawServer((socket) => void socket.end('* OK [CAPABILITY IMAP4rev1]\r\n'))
    const M = await IMAP4.connect(silent.host, silent.port)
    await expect(M[Symbol.asyncDispose]()).rejects.toThrow('socket error: EOF')
  })
})
