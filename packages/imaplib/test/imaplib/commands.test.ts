import type { Handler } from 'imap-test-servers'
import { describe, expect } from 'vitest'
import { Commands, IMAP4 } from 'imaplib'
import { SequenceSet } from '../../src/wire/sequence-set.ts'
import { type Both, bothWays, commandsOf, lastOf, texts } from './both-ways.ts'

/** A handler that sends these lines, then an OK. */
const says = (...lines: string[]): Handler => [...lines, '$tag OK done']

const selected = (handlers: Record<string, Handler>, more: Partial<Both> = {}): Both => ({
  upTo: 'selected',
  handlers,
  ...more,
})
const authenticated = (handlers: Record<string, Handler>): Both => ({ upTo: 'authenticated', handlers })
const done = ['OK', ['done']]

type Try = [what: string, run: (M: IMAP4) => Promise<unknown>, wire: string, result: unknown]

/** Calls, what goes out for them, and what comes back. */
const calls = (title: string, options: Both, tries: Try[]): void =>
  bothWays(title, options, async (M, server) => {
    for (const [what, run, wire, result] of tries) {
      expect(texts(await run(M)), what).toEqual(result)
      expect(lastOf(server), what).toBe(wire)
    }
  })

describe('mailboxes', () => {
  for (const name of ['create', 'delete', 'subscribe', 'unsubscribe'] as const)
    calls(name, authenticated({ [name.toUpperCase()]: says() }), [
      ['an atom', (M) => M[name]('foo/bar'), `${name.toUpperCase()} foo/bar`, done],
      ['a space', (M) => M[name]('New folder'), `${name.toUpperCase()} "New folder"`, done],
      ['quoted', (M) => M[name]('"New folder"'), `${name.toUpperCase()} "New folder"`, done],
      ['not ASCII', (M) => M[name]('Entwürfe'), `${name.toUpperCase()} Entw&APw-rfe`, done],
      ['bytes', (M) => M[name](Buffer.from('Entw&APw-rfe')), `${name.toUpperCase()} Entw&APw-rfe`, done],
      ['#news', (M) => M[name]('#news.comp'), `${name.toUpperCase()} #news.comp`, done],
    ])

  calls('rename', authenticated({ RENAME: says() }), [
    ['atoms', (M) => M.rename('a', 'b'), 'RENAME a b', done],
    ['quoted', (M) => M.rename('Old one', 'New one'), 'RENAME "Old one" "New one"', done],
  ])

  for (const name of ['list', 'lsub'] as const) {
    const word = name.toUpperCase()
    calls(name, authenticated({ [word]: says(`* ${word} (\\Noselect) "/" ""`, `* ${word} () "/" "~/Mail/foo"`) }), [
      ['nothing', (M) => M[name](), `${word} "" *`, ['OK', ['(\\Noselect) "/" ""', '() "/" "~/Mail/foo"']]],
      ['both', (M) => M[name]('~/Mail/', '%'), `${word} ~/Mail/ %`, expect.anything()],
      ['empty', (M) => M[name]('', '*'), `${word} "" *`, expect.anything()],
      ['quoted', (M) => M[name]('New folder', 'My Folder'), `${word} "New folder" "My Folder"`, expect.anything()],
      ['pattern', (M) => M[name]('""', 'Entwürfe/%'), `${word} "" Entw&APw-rfe/%`, expect.anything()],
    ])
  }

  bothWays('list without an answer', authenticated({ LIST: says() }), async (M) => {
    expect(await M.list()).toEqual(['OK', [null]])
  })

  calls('status', authenticated({ STATUS: says('* STATUS blurdybloop (MESSAGES 231)') }), [
    [
      'as is',
      (M) => M.status('a', '(UIDNEXT MESSAGES)'),
      'STATUS a (UIDNEXT MESSAGES)',
      ['OK', ['blurdybloop (MESSAGES 231)']],
    ],
    ['bare', (M) => M.status('a b', 'UIDNEXT'), 'STATUS "a b" (UIDNEXT)', expect.anything()],
    ['list', (M) => M.status('a', ['UIDNEXT', 'UNSEEN']), 'STATUS a (UIDNEXT UNSEEN)', expect.anything()],
  ])

  calls('select', { upTo: 'authenticated', handlers: { SELECT: ['* 3 EXISTS', '$tag OK [READ-WRITE] x'] } }, [
    ['INBOX', (M) => M.select(), 'SELECT INBOX', ['OK', ['3']]],
    ['another', (M) => M.select('New folder'), 'SELECT "New folder"', ['OK', ['3']]],
    ['readonly', (M) => M.select('INBOX', true), 'EXAMINE INBOX', ['OK', ['0']]],
    ['keyword', (M) => M.select('"a b"', false), 'SELECT "a b"', ['OK', ['3']]],
  ])

  bothWays(
    'select leaves EXISTS in the store, and forgets all that was there',
    { upTo: 'authenticated', handlers: { NOOP: says('* 7 EXISTS', '* 1 RECENT') } },
    async (M) => {
      await M.noop()
      expect(texts(await M.select())).toEqual(['OK', ['0']])
      expect(M.state).toBe('SELECTED')
      expect(M.is_readonly).toBe(false)
      expect(await M.response('RECENT')).toEqual(['RECENT', [null]])
      expect(texts(await M.response('EXISTS'))).toEqual(['EXISTS', ['0']])
    },
  )

  bothWays(
    'select that fails is returned, and the state is AUTH',
    selected({ SELECT: ({ args }) => (args === 'INBOX' ? ['* 1 EXISTS', '$tag OK x'] : '$tag NO none such') }),
    async (M) => {
      expect(texts(await M.select('other'))).toEqual(['NO', ['none such']])
      expect(M.state).toBe('AUTH')
    },
  )

  bothWays('select without EXISTS', { upTo: 'authenticated', handlers: { SELECT: says() } }, async (M) => {
    expect(await M.select()).toEqual(['OK', [null]])
  })

  bothWays(
    'a mailbox that turns out to be read-only',
    { upTo: 'authenticated', handlers: { SELECT: ['* 2 EXISTS', '$tag OK [READ-ONLY] x'] } },
    async (M, server) => {
      for (const [mailbox, shown] of [
        ['INBOX', "'INBOX'"],
        [Buffer.from('INBOX'), "b'INBOX'"],
      ] as const) {
        const failure = await M.select(mailbox).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(IMAP4.readonly)
        expect((failure as Error).message).toBe(`${shown} is not writable`)
        expect(M.state).toBe('SELECTED')
      }
      const before = server.lines.length
      for (const again of [M.noop(), M.search(null, 'ALL')])
        await expect(again).rejects.toMatchObject({
          name: 'IMAP4.readonly',
          message: 'mailbox status changed to READ-ONLY',
        })
      expect(server.lines).toHaveLength(before)
      expect(texts(await M.select('INBOX', true))).toEqual(['OK', ['0']])
      expect(texts(await M.noop())).toEqual(['OK', ['NOOP completed']])
    },
  )

  bothWays(
    'close and unselect end in AUTH whatever happens',
    selected({ CLOSE: '$tag NO no', UNSELECT: '$tag BAD no' }),
    async (M) => {
      expect(texts(await M.close())).toEqual(['NO', ['no']])
      expect(M.state).toBe('AUTH')
      await M.select()
      await expect(M.unselect()).rejects.toThrow(IMAP4.error)
      expect(M.state).toBe('AUTH')
    },
  )

  calls('check', selected({ CHECK: says() }), [['', (M) => M.check(), 'CHECK', done]])
})

describe('append', () => {
  const append: Handler = ({ send }) => send('$tag OK [APPENDUID 1 2] done')

  bothWays('line ends, flags, dates', authenticated({ APPEND: append }), async (M, server) => {
    const sent = () => {
      const command = server.commands.at(-1)
      return [command?.line.replace(/^\S+ /, ''), command?.literals[0]?.toString('latin1')]
    }
    expect(texts(await M.append(null, null, null, Buffer.from('a\rb\nc\r\nd')))).toEqual([
      'OK',
      ['[APPENDUID 1 2] done'],
    ])
    expect(sent()).toEqual(['APPEND INBOX {10}', 'a\r\nb\r\nc\r\nd'])
    expect(texts(await M.response('APPENDUID'))).toEqual(['APPENDUID', ['1 2']])
    await M.append('New folder', '\\Seen', '"17-Jul-1996 02:44:25 -0700"', Buffer.from('a\nb'), {
      translate_line_endings: false,
    })
    expect(sent()).toEqual(['APPEND "New folder" (\\Seen) "17-Jul-1996 02:44:25 -0700" {3}', 'a\nb'])
    await M.append('', ['\\Seen', '$Junk'], { date: new Date(0), utcOffset: -300 }, 'é\n')
    expect(sent()).toEqual(['APPEND INBOX (\\Seen $Junk) "31-Dec-1969 19:00:00 -0500" {4}', 'Ã©\r\n'])
    await M.append('x', '(\\Seen)', '', '\r\r\n\n')
    expect(sent()).toEqual(['APPEND x (\\Seen) {6}', '\r\n\r\n\r\n'])
    await M.append('x', '', null, '')
    expect(sent()).toEqual(['APPEND x {0}', ''])
    await expect(M.append('x', null, 'now', 'x')).rejects.toThrow(RangeError)
  })

  bothWays(
    'after UTF8=ACCEPT it is a literal8 of its own item',
    {
      upTo: 'authenticated',
      capabilities: ['IMAP4rev1', 'ENABLE', 'UTF8=ACCEPT'],
      handlers: { APPEND: append, ENABLE: says() },
    },
    async (M, server) => {
      expect(M.utf8_enabled).toBe(false)
      await M.enable('UTF8=ACCEPT')
      expect(M.utf8_enabled).toBe(true)
      await M.append(null, null, null, 'Subject: üñí©öðé\n')
      const command = server.commands.at(-1)
      expect(command?.line.replace(/^\S+ /, '')).toBe('APPEND INBOX UTF8 (~{25})')
      expect(command?.literals[0]?.toString()).toBe('Subject: üñí©öðé\r\n')
      await M.select('Entwürfe')
      expect(lastOf(server)).toBe('SELECT "Entwürfe"')
      await M.select('A&B')
      expect(lastOf(server)).toBe('SELECT A&B')
      await expect(M.search('UTF-8', 'ALL')).rejects.toThrow('Non-None charset not valid in UTF8 mode')
    },
  )
})

describe('messages', () => {
  const fetched = ['* 2 FETCH (FLAGS (\\Seen))', '* 3 FETCH (FLAGS ())']
  const lines = ['OK', ['2 (FLAGS (\\Seen))', '3 (FLAGS ())']]
  calls('fetch', selected({ FETCH: says(...fetched), 'UID FETCH': says(...fetched) }), [
    ['as is', (M) => M.fetch('2:4', '(FLAGS)'), 'FETCH 2:4 (FLAGS)', lines],
    ['bare', (M) => M.fetch('1,3:*', 'FLAGS UID'), 'FETCH 1,3:* (FLAGS UID)', lines],
    ['macro', (M) => M.fetch('1', 'ALL'), 'FETCH 1 ALL', lines],
    ['macro', (M) => M.fetch('1', 'fast'), 'FETCH 1 fast', lines],
    [
      'set',
      (M) => M.fetch([2, [3, 4], [8, '*'], [9, null]], ['UID', 'FLAGS']),
      'FETCH 2,3:4,8:*,9:* (UID FLAGS)',
      lines,
    ],
    ['number', (M) => M.fetch(7, 'UID'), 'FETCH 7 (UID)', lines],
    ['SequenceSet', (M) => M.fetch(SequenceSet.of([3, 1, 2]), 'UID'), 'FETCH 1:3 (UID)', lines],
    [
      'params',
      (M) => M.fetch('1', 'FLAGS BODY[HEADER.FIELDS ?]', { params: [['DATE', 'FROM']] }),
      'FETCH 1 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
      lines,
    ],
    ['uid', (M) => M.fetch('1:9', '(FLAGS)', { uid: true }), 'UID FETCH 1:9 (FLAGS)', lines],
    ['uid()', (M) => M.uid('fetch', '1:9', 'FLAGS'), 'UID FETCH 1:9 (FLAGS)', lines],
    ['uid() of a list', (M) => M.uid('fetch', [1, [2, 3]], ['UID', 'FLAGS']), 'UID FETCH 1,2:3 (UID FLAGS)', lines],
    [
      'uid() and params',
      (M) => M.uid('FETCH', '1', 'BODY[HEADER.FIELDS ?]', { params: [['DATE']] }),
      'UID FETCH 1 (BODY[HEADER.FIELDS (DATE)])',
      lines,
    ],
  ])

  bothWays('fetch of nothing', selected({ FETCH: says() }), async (M) => {
    expect(await M.fetch('9', 'FLAGS')).toEqual(['OK', [null]])
  })

  calls('partial', selected({ PARTIAL: says('* 1 FETCH (RFC822.TEXT<0.10> "0123456789")') }), [
    [
      '',
      (M) => M.partial(1, 'RFC822.TEXT', '0', 10),
      'PARTIAL 1 RFC822.TEXT 0 10',
      ['OK', ['1 (RFC822.TEXT<0.10> "0123456789")']],
    ],
  ])

  calls('store', selected({ STORE: says(...fetched), 'UID STORE': says(...fetched) }), [
    ['as is', (M) => M.store('2:4', '+FLAGS', '(\\Deleted)'), 'STORE 2:4 +FLAGS (\\Deleted)', lines],
    ['bare', (M) => M.store('2:4', '+FLAGS', '\\Deleted \\Seen'), 'STORE 2:4 +FLAGS (\\Deleted \\Seen)', lines],
    ['list', (M) => M.store([2, [3, 4]], 'FLAGS', ['\\Deleted', '[x]']), 'STORE 2,3:4 FLAGS (\\Deleted [x])', lines],
    ['none', (M) => M.store('1', 'FLAGS', ''), 'STORE 1 FLAGS ()', lines],
    ['uid', (M) => M.store('5', '-FLAGS', 'x', { uid: true }), 'UID STORE 5 -FLAGS (x)', lines],
    ['uid()', (M) => M.uid('store', '5', '+FLAGS', '\\Deleted'), 'UID STORE 5 +FLAGS (\\Deleted)', lines],
  ])

  bothWays('store .SILENT', selected({ STORE: says() }), async (M) => {
    expect(await M.store('1', '+FLAGS.SILENT', '\\Seen')).toEqual(['OK', [null]])
  })

  for (const name of ['copy', 'move'] as const) {
    const word = name.toUpperCase()
    calls(name, selected({ [word]: says(), [`UID ${word}`]: says('* OK [COPYUID 1 2 3] x') }), [
      ['atoms', (M) => M[name]('2:4', 'MEETING'), `${word} 2:4 MEETING`, done],
      ['quoted', (M) => M[name]([2, [3, 5]], 'New folder'), `${word} 2,3:5 "New folder"`, done],
      ['uid', (M) => M[name]('4', 'MEETING', { uid: true }), `UID ${word} 4 MEETING`, done],
      ['uid()', (M) => M.uid(name, [1, [3, 5]], 'New folder'), `UID ${word} 1,3:5 "New folder"`, ['OK', [null]]],
      ['its code', (M) => M.response('COPYUID'), `UID ${word} 1,3:5 "New folder"`, ['COPYUID', ['1 2 3', '1 2 3']]],
    ])
  }

  bothWays(
    'expunge',
    selected({ EXPUNGE: says('* 3 EXPUNGE', '* 3 EXPUNGE', '* 5 EXPUNGE'), 'UID EXPUNGE': says('* 8 EXPUNGE') }),
    async (M, server) => {
      expect(texts(await M.expunge())).toEqual(['OK', ['3', '3', '5']])
      expect(texts(await M.expunge('3:8', { uid: true }))).toEqual(['OK', ['8']])
      expect(lastOf(server)).toBe('UID EXPUNGE 3:8')
      await expect(M.expunge('3:8')).rejects.toThrow(IMAP4.error)
      await expect(M.expunge(null, { uid: true })).rejects.toThrow(IMAP4.error)
      expect(await M.uid('EXPUNGE', [4])).toEqual(['OK', [null]])
      expect(texts(await M.response('EXPUNGE'))).toEqual(['EXPUNGE', ['8']])
    },
  )

  calls('search', selected({ SEARCH: says('* SEARCH 2 84'), 'UID SEARCH': says('* SEARCH 2') }), [
    [
      'keys',
      (M) => M.search(null, 'FLAGGED', 'NOT', 'FROM', '"Smith"'),
      'SEARCH FLAGGED NOT FROM "Smith"',
      ['OK', ['2 84']],
    ],
    ['one string', (M) => M.search(null, '(FROM "LDJ" SMALLER 5)'), 'SEARCH (FROM "LDJ" SMALLER 5)', expect.anything()],
    ['charset', (M) => M.search('UTF-8', 'TEXT', 'XX'), 'SEARCH CHARSET UTF-8 TEXT XX', expect.anything()],
    ['encoded', (M) => M.search('UTF-8', 'TEXT', '"Київ"'), 'SEARCH CHARSET UTF-8 TEXT "Київ"', expect.anything()],
    [
      'charset quoted',
      (M) => M.search('NF_Z_62-010_(1973)', 'ALL'),
      'SEARCH CHARSET "NF_Z_62-010_(1973)" ALL',
      expect.anything(),
    ],
    ['numbers and null', (M) => M.search(null, 'LARGER', 5, null), 'SEARCH LARGER 5', expect.anything()],
    [
      'params',
      (M) => M.search(null, 'FROM ? SUBJECT ?', { params: ['me@host', 'trip report'] }),
      'SEARCH FROM me@host SUBJECT "trip report"',
      expect.anything(),
    ],
    ['question mark', (M) => M.search(null, 'SUBJECT', '"what?"'), 'SEARCH SUBJECT "what?"', expect.anything()],
    ['uid', (M) => M.search('UTF-8', 'ALL', { uid: true }), 'UID SEARCH CHARSET UTF-8 ALL', ['OK', ['2']]],
    ['uid()', (M) => M.uid('search', null, 'ALL'), 'UID SEARCH ALL', ['OK', ['2']]],
    ['uid() and params', (M) => M.uid('SEARCH', 'FROM ?', { params: ['a b'] }), 'UID SEARCH FROM "a b"', ['OK', ['2']]],
  ])

  bothWays(
    'search: no hits, no line, two lines',
    selected({
      SEARCH: ({ args }) =>
        args === 'ALL'
          ? ['* SEARCH', '$tag OK x']
          : args === 'NEW'
            ? '$tag OK x'
            : ['* SEARCH 1', '* SEARCH 2', '$tag OK x'],
    }),
    async (M) => {
      expect(texts(await M.search(null, 'ALL'))).toEqual(['OK', ['']])
      expect(await M.search(null, 'NEW')).toEqual(['OK', [null]])
      expect(texts(await M.search(null, 'OLD'))).toEqual(['OK', ['1', '2']])
      await expect(M.search('no-such-charset', '"ü"')).rejects.toThrow(RangeError)
      await expect(M.search(null, '"ü"')).rejects.toThrow("'ascii' codec can't encode character")
    },
  )

  for (const [name, head] of [
    ['sort', '(SUBJECT)'],
    ['thread', 'REFERENCES'],
  ] as const) {
    const word = name.toUpperCase()
    const hits = name === 'sort' ? '2 84 882' : '(166)(167 (168))'
    calls(name, selected({ [word]: says(`* ${word} ${hits}`), [`UID ${word}`]: says(`* ${word} ${hits}`) }), [
      [
        'as is',
        (M) => M[name](head, 'UTF-8', 'SINCE', '1-Feb-1994'),
        `${word} ${head} UTF-8 SINCE 1-Feb-1994`,
        ['OK', [hits]],
      ],
      [
        'params',
        (M) => M[name](head, 'UTF-8', 'SUBJECT ?', { params: ['trip report'] }),
        `${word} ${head} UTF-8 SUBJECT "trip report"`,
        ['OK', [hits]],
      ],
      ['charset', (M) => M[name](head, 'NF_(1)', 'ALL'), `${word} ${head} "NF_(1)" ALL`, ['OK', [hits]]],
      ['uid', (M) => M[name](head, 'UTF-8', 'ALL', { uid: true }), `UID ${word} ${head} UTF-8 ALL`, ['OK', [hits]]],
      ['uid()', (M) => M.uid(name, head, 'UTF-8', 'ALL'), `UID ${word} ${head} UTF-8 ALL`, ['OK', [hits]]],
      [
        'uid() and params',
        (M) => M.uid(name, head, 'UTF-8', 'SUBJECT ?', { params: ['a b'] }),
        `UID ${word} ${head} UTF-8 SUBJECT "a b"`,
        ['OK', [hits]],
      ],
    ])
  }

  calls('sort criteria', selected({ SORT: says('* SORT 1') }), [
    ['bare', (M) => M.sort('REVERSE DATE', 'UTF-8', 'ALL'), 'SORT (REVERSE DATE) UTF-8 ALL', ['OK', ['1']]],
    ['list', (M) => M.sort(['REVERSE', 'DATE'], 'UTF-8', 'ALL'), 'SORT (REVERSE DATE) UTF-8 ALL', ['OK', ['1']]],
  ])

  bothWays('uid of what is no command', selected({}), async (M) => {
    await expect(M.uid('BOGUS', '1')).rejects.toThrow("Unknown IMAP4 UID command: 'BOGUS'")
    await expect(M.uid(Buffer.from('BOGUS'), '1')).rejects.toThrow("Unknown IMAP4 UID command: b'BOGUS'")
    await M.close().catch(() => {})
    await expect(M.uid('FETCH', '1', 'UID')).rejects.toThrow(
      'command FETCH illegal in state AUTH, only allowed in states SELECTED',
    )
    await expect(M.copy('1', 'x', { uid: true })).rejects.toThrow('command COPY illegal in state AUTH')
  })
})

describe('account and server', () => {
  calls(
    'acl',
    authenticated({
      GETACL: says('* ACL INBOX Fred rw'),
      MYRIGHTS: says('* MYRIGHTS INBOX rw'),
      SETACL: says(),
      DELETEACL: says(),
    }),
    [
      ['get', (M) => M.getacl('New folder'), 'GETACL "New folder"', ['OK', ['INBOX Fred rw']]],
      ['my', (M) => M.myrights('INBOX'), 'MYRIGHTS INBOX', ['OK', ['INBOX rw']]],
      ['set', (M) => M.setacl('INBOX', 'John Doe', '+lr'), 'SETACL INBOX "John Doe" +lr', done],
      ['delete', (M) => M.deleteacl('New folder', 'John Doe'), 'DELETEACL "New folder" "John Doe"', done],
    ],
  )

  calls(
    'quota',
    authenticated({
      GETQUOTA: says('* QUOTA "" (STORAGE 10 512)'),
      SETQUOTA: says('* QUOTA "" (STORAGE 512)'),
      GETQUOTAROOT: ({ args }) =>
        args === 'x' ? '$tag NO none' : ['* QUOTAROOT INBOX ""', '* QUOTA "" (STORAGE 10 512)', '$tag OK done'],
    }),
    [
      ['get', (M) => M.getquota(''), 'GETQUOTA ""', ['OK', ['"" (STORAGE 10 512)']]],
      [
        'set',
        (M) => M.setquota('#news', '(STORAGE 512)'),
        'SETQUOTA #news (STORAGE 512)',
        ['OK', ['"" (STORAGE 512)']],
      ],
      ['bare', (M) => M.setquota('', 'STORAGE 512'), 'SETQUOTA "" (STORAGE 512)', ['OK', ['"" (STORAGE 512)']]],
      ['root', (M) => M.getquotaroot('INBOX'), 'GETQUOTAROOT INBOX', ['OK', [['INBOX ""'], ['"" (STORAGE 10 512)']]]],
      ['NO', (M) => M.getquotaroot('x'), 'GETQUOTAROOT x', ['NO', [['none'], ['none']]]],
    ],
  )

  calls(
    'annotations',
    authenticated({
      GETANNOTATION: says('* ANNOTATION INBOX "/comment" ("value.shared" {5}\r\nHello)'),
      SETANNOTATION: says(),
    }),
    [
      [
        'get',
        (M) => M.getannotation('New folder', '/comment', 'value.shared'),
        'GETANNOTATION "New folder" /comment value.shared',
        ['OK', [['INBOX "/comment" ("value.shared" {5}', 'Hello'], ')']],
      ],
      [
        'set',
        (M) => M.setannotation('INBOX', '/comment', '("value.shared" "x y")'),
        'SETANNOTATION INBOX /comment ("value.shared" "x y")',
        ['OK', [null]],
      ],
    ],
  )

  calls('id', { handlers: { ID: says('* ID ("name" "Cyrus")') } }, [
    ['nothing', (M) => M.id(), 'ID NIL', ['OK', ['("name" "Cyrus")']]],
    [
      'fields',
      (M) => M.id({ name: 'my "client"', os: null }),
      'ID ("name" "my \\"client\\"" "os" NIL)',
      expect.anything(),
    ],
    ['map', (M) => M.id(new Map([['a', 'b']])), 'ID ("a" "b")', expect.anything()],
  ])

  calls(
    'namespace, proxyauth',
    authenticated({ NAMESPACE: says('* NAMESPACE (("" "/")) NIL NIL'), PROXYAUTH: says() }),
    [
      ['namespace', (M) => M.namespace(), 'NAMESPACE', ['OK', ['(("" "/")) NIL NIL']]],
      ['proxyauth', (M) => M.proxyauth('us er'), 'PROXYAUTH "us er"', done],
    ],
  )

  bothWays(
    'recent: the first call after select needs no command, the second does',
    { upTo: 'authenticated', handlers: { SELECT: says('* 0 RECENT'), NOOP: says('* 5 RECENT') } },
    async (M, server) => {
      await M.select()
      expect(texts(await M.recent())).toEqual(['OK', ['0']])
      expect(lastOf(server)).toBe('SELECT INBOX')
      expect(texts(await M.recent())).toEqual(['OK', ['5']])
      expect(lastOf(server)).toBe('NOOP')
    },
  )

  bothWays(
    'xatom makes a command known, in the state it was called in',
    authenticated({ MYCOMMAND: says('* MYDATA x') }),
    async (M, server) => {
      expect(texts(await M.xatom('mycommand', 'arg1', null, '(a "b c")', 5))).toEqual(done)
      expect(lastOf(server)).toBe('MYCOMMAND arg1 (a "b c") 5')
      expect(texts(await M.response('MYDATA'))).toEqual(['MYDATA', ['x']])
      expect(Commands['MYCOMMAND']).toEqual(['AUTH'])
      await M.select()
      await expect(M.xatom('MYCOMMAND')).rejects.toThrow(
        'command MYCOMMAND illegal in state SELECTED, only allowed in states AUTH',
      )
      delete Commands['MYCOMMAND']
    },
  )

  bothWays(
    'enable',
    { upTo: 'authenticated', capabilities: ['IMAP4rev1', 'ENABLE'], handlers: { ENABLE: says('* ENABLED CONDSTORE') } },
    async (M, server) => {
      expect(texts(await M.enable('CONDSTORE X-GOOD-IDEA'))).toEqual(done)
      expect(lastOf(server)).toBe('ENABLE CONDSTORE X-GOOD-IDEA')
      expect(M.utf8_enabled).toBe(false)
      await M.select()
      await expect(M.enable('CONDSTORE')).rejects.toThrow(
        'command ENABLE illegal in state SELECTED, only allowed in states AUTH',
      )
    },
  )

  bothWays('enable without the capability, and in the wrong state', {}, async (M) => {
    await expect(M.enable('foo')).rejects.toMatchObject({
      name: 'IMAP4.error',
      message: 'Server does not support ENABLE',
      code: 'ECAPABILITY',
    })
    expect(M.utf8_enabled).toBe(false)
  })

  bothWays('enable before login', { capabilities: ['IMAP4rev1', 'ENABLE'] }, async (M) => {
    await expect(M.enable('foo')).rejects.toThrow(/ENABLE.*NONAUTH/)
  })

  bothWays('logout with BYE', { upTo: 'authenticated' }, async (M) => {
    expect(texts(await M.logout())).toEqual(['BYE', ['logging out']])
    expect(M.state).toBe('LOGOUT')
  })

  bothWays('logout without BYE', { handlers: { LOGOUT: says() } }, async (M) => {
    expect(texts(await M.logout())).toEqual(done)
  })

  bothWays('logout that fails is told', { handlers: { LOGOUT: '$tag BAD no' } }, async (M) => {
    await expect(M.logout()).rejects.toThrow("LOGOUT command error: BAD [b'no']")
    expect(M.state).toBe('LOGOUT')
  })
})

describe('what must not be sent', () => {
  bothWays('NUL, CR and LF in any argument', selected({}), async (M, server) => {
    const before = server.lines.length
    for (const bad of ['a\r\nb', 'a\nb', 'a\rb', 'a\0b'])
      for (const call of [
        () => M.fetch(bad, 'FLAGS'),
        () => M.fetch('1', bad),
        () => M.search(null, bad),
        () => M.search(bad, 'ALL'),
        () => M.store('1', bad, 'x'),
        () => M.store('1', 'FLAGS', bad),
        () => M.uid('FETCH', '1', bad),
        () => M.xatom('NOOP', bad),
        () => M.xatom(bad),
        () => M.setacl('x', bad, 'y'),
        () => M.select(Buffer.from(bad)),
        () => M.status('x', [bad]),
        () => M.append('x', bad, null, 'y'),
        () => M.append('x', null, `"${bad}"`, 'y'),
        () => M.id({ name: bad }),
        () => M.search(null, '?', { params: [bad] }),
      ])
        await expect(call(), `${JSON.stringify(bad)} in ${String(call)}`).rejects.toThrow(RangeError)
    expect(server.lines).toHaveLength(before)
  })

  bothWays('control characters in a mailbox name are encoded', authenticated({ CREATE: says() }), async (M, server) => {
    for (let code = 0; code < 0x20; code += 1) {
      await M.create(`a${String.fromCharCode(code)}b`)
      expect(lastOf(server)).toMatch(/^CREATE a&[A-Za-z0-9+,]{3}-b$/)
    }
  })

  bothWays('a wrong type', authenticated({}), async (M) => {
    // @ts-expect-error: an object is no argument
    await expect(M.create({})).rejects.toThrow(TypeError)
    await expect(M.search(null, Number.NaN)).rejects.toThrow(TypeError)
    await expect(M.fetch(1.5, 'UID')).rejects.toThrow(TypeError)
    await expect(M.fetch([], 'UID')).rejects.toThrow(RangeError)
  })
})

bothWays(
  'old quoting: nothing is quoted but the password',
  { upTo: 'selected', client: { quoting: 'legacy3' }, handlers: { '*': says() } },
  async (M, server) => {
    await M.create('New folder')
    await M.create('"New folder"')
    await M.fetch('1', 'FLAGS')
    await M.store('1', '+FLAGS', '\\Seen')
    await M.uid('STORE', '1', '+FLAGS', '\\Seen')
    await M.search('', 'ALL')
    await M.status('x', 'MESSAGES')
    await M.list('', 'a b')
    expect(commandsOf(server).slice(2)).toEqual([
      'CREATE New folder',
      'CREATE "New folder"',
      'FETCH 1 FLAGS',
      'STORE 1 +FLAGS (\\Seen)',
      'UID STORE 1 +FLAGS \\Seen',
      'SEARCH ALL',
      'STATUS x MESSAGES',
      'LIST  a b',
    ])
    await expect(M.create('a\r\nb')).rejects.toThrow(RangeError)
    await expect(M.create('ü')).rejects.toThrow("'ascii' codec can't encode character '\\xfc' in position 0")
  },
)

bothWays(
  'quoting of Python 2: every string with an unsafe character',
  { upTo: 'selected', client: { quoting: 'python2' }, handlers: { '*': says() } },
  async (M, server) => {
    await M.create('New folder')
    await M.create('"New folder"')
    await M.create('a/b')
    await M.create('')
    await M.search(null, '(FROM "x")', 'SINCE', '1-Jan-2020')
    await M.search(null, 'FROM', 'John Doe', 5)
    await M.store('1:*', '+FLAGS', '\\Seen')
    await M.uid('STORE', '1', '+FLAGS', '\\Seen')
    expect(commandsOf(server).slice(2)).toEqual([
      'CREATE "New folder"',
      'CREATE "New folder"',
      'CREATE "a/b"',
      'CREATE ""',
      'SEARCH (FROM "x") SINCE 1-Jan-2020',
      'SEARCH FROM "John Doe" 5',
      'STORE 1:* +FLAGS (\\Seen)',
      'UID STORE 1 +FLAGS "\\\\Seen"',
    ])
  },
)
